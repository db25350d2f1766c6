import assert from "node:assert/strict";
import { resources } from "../../components/compose/schema/schema";
import { serviceType } from "../../components/compose/schema/service";
import type { Type } from "../../components/compose/schema/types";
import { leaves } from "../../components/plan/accounting/account";
import { configKeys } from "../../components/plan/accounting/config-keys";
import { fileKeys, networkKeys, volumeKeys } from "../../components/plan/accounting/resource-keys";
import { loadedKeys, serviceKeys } from "../../components/plan/accounting/service-keys";
import { keyNames } from "../../components/settings/schema";
import { type Loose, planOf, told } from "./make";

const always = { restart: "always" };
const published = (target: number) => ({
  target,
  published: String(target),
  protocol: "tcp",
  mode: "ingress",
});

/** Every path of a schema that has nothing below it; `*` is any name or index. */
function paths({ below }: Type, path: readonly string[] = []): string[][] {
  if (below === undefined || below.size === 0) return [[...path]];
  return [...below].flatMap(([key, { type }]) => paths(type, [...path, key]));
}

/** Whether a table has a row for a path. */
function hasRow(table: object, [key, ...rest]: readonly string[]): boolean {
  if ("vm" in table || "whole" in table) return true;
  if (key === undefined) return false;
  if (key === "*") return hasRow("each" in table ? (table.each as object) : table, rest);
  const next = (table as Readonly<Record<string, object>>)[key];
  return next !== undefined && hasRow(next, rest);
}

describe("the accounting of Compose keys", () => {
  for (const [what, type, table] of [
    ["services", serviceType, serviceKeys],
    ["networks", resources.networks, networkKeys],
    ["volumes", resources.volumes, volumeKeys],
    ["secrets", resources.secrets, fileKeys],
    ["configs", resources.configs, fileKeys],
  ] as [string, Type, object][])
    it(`has a row for every key of the schema: ${what}`, () => {
      const all = paths(type);
      assert.ok(all.length > 4);
      const missing = all.filter(
        (path) => !hasRow(table, path) && !(what === "services" && path[0]! in loadedKeys),
      );
      assert.deepEqual(
        missing.map((path) => path.join(".")),
        [],
      );
    });

  it("reports a key without a row, at any depth, in both shapes", () => {
    const planted = {
      ...always,
      planted: "x",
      deploy: { placement: {}, planted: { below: 1 }, resources: { limits: { planted: 1 } } },
      networks: { default: { planted: true } },
      volumes: [{ type: "volume", source: "v", target: "/v", volume: { planted: "x" } }],
    } as unknown as Loose;
    const more = { volumes: { v: { name: "v", planted: "x" } as never } };
    for (const shape of ["vm", "cluster"] as const)
      assert.deepEqual(
        told(planOf({ web: planted }, { shape, domain: "a.b" }, more))
          .filter((line) => line.includes("planted"))
          .sort(),
        [
          "loss volumes.v.planted",
          "loss web.deploy.planted",
          "loss web.deploy.resources.limits.planted",
          "loss web.networks.default.planted",
          "loss web.planted",
          "loss web.volumes[0].volume.planted",
        ],
        shape,
      );
  });

  it("reports a key without a row of a service that is replaced", () => {
    const services = {
      db: { ...always, image: "postgres:17", environment: { POSTGRES_PASSWORD: "x" }, planted: 1 },
      proxy: { ...always, image: "caddy:2", ports: [published(80)], planted: 1 },
      web: always,
    } as Record<string, Loose>;
    const made = planOf(services, { shape: "cluster", domain: "a.b" });
    assert.deepEqual(
      told(made).filter((line) => line.includes("planted")),
      ["loss db.planted", "loss proxy.planted"],
    );
  });

  it("finds what a table lacks", () => {
    const { cap_add: _taken, ...less } = serviceKeys;
    const [leaf] = leaves(less, { cap_add: ["NET_ADMIN"] });
    assert.deepEqual(leaf, { path: "cap_add", value: ["NET_ADMIN"] });
  });

  it("reports a key with keys below it by its own path", () => {
    const made = planOf({
      web: {
        ...always,
        depends_on: { api: { condition: "service_started", required: true, restart: true } },
        ports: [
          { target: 80, published: "80", protocol: "tcp", mode: "ingress", app_protocol: "grpc" },
        ],
        deploy: {
          resources: { limits: { pids: 9 } },
          placement: {},
          update_config: { delay: "1s" },
        },
      },
      api: always,
    });
    assert.deepEqual(told(made).sort(), [
      "info web.depends_on.api.restart",
      "info web.deploy.update_config.delay",
      "info web.ports[0].app_protocol",
      "loss web.deploy.resources.limits.pids",
    ]);
  });

  it("reports values where only some are not honoured", () => {
    const parallel = (parallelism: number): string[] =>
      told(
        planOf({
          web: {
            ...always,
            deploy: { placement: {}, resources: {}, update_config: { parallelism } },
          },
        }),
      );
    assert.deepEqual(parallel(1), []);
    assert.deepEqual(parallel(3), ["info web.deploy.update_config.parallelism"]);
  });

  it("reports networks, volumes and files", () => {
    const set = { shape: "cluster" as const, domain: "a.b" };
    const made = planOf(
      {
        web: {
          ...always,
          networks: { front: null },
          volumes: [{ type: "volume", source: "data", target: "/d" }],
        },
      },
      set,
      {
        networks: { front: { name: "front", driver: "macvlan", enable_ipv6: true } },
        volumes: { data: { name: "data", driver: "rexray" }, unused: { name: "u", driver: "x" } },
        secrets: { key: { name: "key", content: "x", template_driver: "golang" } },
      },
    );
    assert.deepEqual(told(made).sort(), [
      "loss backups",
      "loss networks.front.driver",
      "loss networks.front.enable_ipv6",
      "loss secrets.key.template_driver",
      "loss volumes.data.driver",
    ]);
  });
});

describe("the accounting of dependencies", () => {
  it("reports what the file says, and not what the loader makes of links", () => {
    const on = { condition: "service_started" as const, restart: true, required: true };
    const made = planOf({
      web: {
        ...always,
        depends_on: { cache: on, queue: on, store: on },
        links: ["cache", "queue:jobs"],
      },
      cache: always,
      queue: always,
      store: always,
    });
    assert.deepEqual(told(made), ["info web.depends_on.store.restart"]);
  });
});

describe("IPv6", () => {
  const networks = { back: { name: "back", enable_ipv6: true } };
  const lost = (set: object) =>
    told(planOf({ web: { ...always, networks: { back: null } } }, set, { networks }));

  it("is a loss on a cloud's machine, and there on this computer's", () => {
    assert.deepEqual(lost({}), ["loss networks.back.enable_ipv6"]);
    assert.deepEqual(lost({ cloud: "local", operators: [] }), ["info operators"]);
  });
});

describe("the accounting of labels", () => {
  it("reports labels of Berth's own that do not exist", () => {
    const labels = { "berth.crom": "* * * * *", "berth.job": "true", team: "a" };
    const made = planOf({ web: { ...always, labels } });
    assert.deepEqual(told(made), ["loss web.labels.berth.crom"]);
    assert.match(made.notices[0]!.message, /did you mean berth.cron\?/);
  });

  it("reports what nothing reads on a cluster", () => {
    const labels = { caddy: "a.example", "caddy.reverse_proxy": "{{upstreams 80}}" };
    const set = { shape: "cluster" as const, domain: "a.b" };
    assert.deepEqual(told(planOf({ web: { ...always, labels } }, set)), [
      "loss web.labels.caddy",
      "loss web.labels.caddy.reverse_proxy",
    ]);
    assert.deepEqual(told(planOf({ web: { ...always, labels } })), []);
  });
});

describe("the accounting of config keys", () => {
  it("has a row for every key", () => {
    assert.deepEqual(Object.keys(configKeys).sort(), [...keyNames].sort());
  });

  const edge = {
    proxy: {
      ...always,
      image: "caddy:2",
      ports: [{ target: 80, published: "80", protocol: "tcp", mode: "ingress" }],
    },
  };
  const local = { cloud: "local" as const, operators: [], stated: new Set<string>() };
  for (const [where, key, level, set, services] of [
    ["a cluster", "machine", "info", { shape: "cluster", domain: "a.b" }],
    ["a cluster", "disk", "info", { shape: "cluster", domain: "a.b" }],
    ["a cluster", "updates", "info", { shape: "cluster", domain: "a.b" }],
    ["a cluster", "listen", "info", { shape: "cluster", domain: "a.b" }],
    [
      "a cluster",
      "monitoring",
      "loss",
      { shape: "cluster", domain: "a.b", monitoring: { alerts: "a@b.c" } },
    ],
    ["a machine", "nodes", "info", {}],
    ["a machine", "admins", "info", {}],
    ["local", "admins", "info", { ...local, shape: "cluster" }],
    ["a machine", "volumes", "info", {}],
    ["local", "machine", "info", local],
    ["local", "location", "info", local],
    ["local", "tags", "info", local],
    ["an own edge", "tls", "loss", {}, edge],
    ["an own edge", "domain", "info", { domain: "a.b" }, edge],
    ["an own edge", "maintenancePage", "loss", { maintenancePage: "x" }, edge],
  ] as [string, string, string, object, Record<string, Loose>?][])
    it(`reports ${key} where it has no effect: ${where}`, () => {
      const made = planOf(services ?? { web: always }, { ...set, stated: new Set([key]) });
      const shown = key === "monitoring" ? "monitoring.alerts" : key;
      assert.ok(told(made).includes(`${level} ${shown}`), told(made).join());
    });
});
