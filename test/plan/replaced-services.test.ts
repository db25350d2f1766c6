import assert from "node:assert/strict";
import { catalogs } from "../../components/clouds";
import { plan } from "../../components/plan";
import { formatProblem } from "../../components/model/problem";
import { refer } from "../../components/model/reference";
import type { App } from "../../components/compose/app";
import type { DatabaseSetting } from "../../components/settings/settings";
import { app, settings, snapshot, type Loose } from "./make";

interface Case {
  readonly service?: Loose;
  readonly others?: Record<string, Loose>;
  readonly more?: Partial<App>;
  readonly setting?: DatabaseSetting;
}

const base: Loose = {
  image: "postgres:16",
  environment: { POSTGRES_PASSWORD: "hush" },
};

/** `level key: message` of the notices on a database that a cluster's cloud manages. */
function told({ service = {}, others = {}, more = {}, setting = {} }: Case): string[] {
  const { plan: planned, problems } = plan(
    app({ db: { ...base, ...service }, ...others }, more),
    settings({ cloud: "aws", shape: "cluster", domain: "example.com", databases: { db: setting } }),
    catalogs.aws(),
  );
  if (planned === undefined) throw new Error(problems.map(formatProblem).join("\n"));
  assert.equal(planned.databases[0]!.managed, true);
  return planned.notices
    .filter((notice) => notice.service === "db")
    .map(({ level, key, message }) => `${level} ${key}: ${message}`);
}

const file = (target: string, content = "x"): Pick<Case, "service" | "more"> => {
  const source = "/project/mounted";
  return {
    service: { volumes: [{ type: "bind", source, target }] },
    more: {
      files: {
        [source]: snapshot({
          kind: "file",
          count: 1,
          bytes: 1,
          files: [{ path: "", content, binary: false, executable: false }],
        }),
      },
    },
  };
};

describe("the service of a managed database", () => {
  it("says nothing of what is its container's own", () => {
    const service: Loose = {
      user: "70:70",
      restart: "no",
      healthcheck: { test: ["CMD", "pg_isready"] },
      shm_size: "268435456",
      ulimits: { nofile: 65536 },
      init: true,
      cap_add: ["SYS_NICE"],
      security_opt: ["no-new-privileges:true"],
      mem_swappiness: "0",
      oom_score_adj: -500,
      stop_signal: "SIGINT",
      logging: { driver: "json-file" },
      labels: { team: "shop" },
      tmpfs: ["/tmp:mode=1777"],
      cpuset: "0",
      volumes: [{ type: "volume", source: "rows", target: "/var/lib/postgresql/data" }],
      environment: { POSTGRES_PASSWORD: "hush", POSTGRES_DB: "shop", PGDATA: "/x", TZ: "UTC" },
      deploy: { resources: { limits: { memory: "536870912", pids: 100 } } },
    };
    assert.deepEqual(told({ service, more: { volumes: { rows: { name: "rows" } } } }), []);
  });

  it("keeps the notice of a variable without a value", () => {
    const [only, ...rest] = told({ service: { environment: { POSTGRES_PASSWORD: null } } });
    assert.match(only!, /^info environment\.POSTGRES_PASSWORD: has no value here/);
    assert.deepEqual(rest, []);
  });

  it("tells of variables that a managed server has nothing for", () => {
    const variable = (name: string, value = "1"): string[] =>
      told({ service: { environment: { POSTGRES_PASSWORD: "hush", [name]: value } } });
    assert.match(
      variable("POSTGRES_SOMETHING")[0]!,
      /^loss environment\.POSTGRES_SOMETHING: is of/,
    );
    assert.match(
      variable("POSTGRES_HOST_AUTH_METHOD", "trust")[0]!,
      /^loss environment\.POSTGRES_HOST_AUTH_METHOD: trust: a managed PostgreSQL asks for/,
    );
    assert.deepEqual(variable("POSTGRES_HOST_AUTH_METHOD", "scram-sha-256"), []);
    assert.match(variable("APP_MODE")[0]!, /^info environment: APP_MODE: nothing reads them/);
    const trusting = { environment: { POSTGRES_HOST_AUTH_METHOD: "trust" } };
    assert.deepEqual(told({ service: trusting }), []);
    const mysql = (environment: Record<string, string>): string[] =>
      told({ service: { image: "mysql:8.4", environment } });
    assert.match(mysql({ MYSQL_ALLOW_EMPTY_PASSWORD: "yes" })[0]!, /^loss .*every user; set one/);
    assert.deepEqual(mysql({ MYSQL_ALLOW_EMPTY_PASSWORD: "yes", MYSQL_ROOT_PASSWORD: "x" }), []);
    assert.deepEqual(mysql({ MYSQL_ROOT_HOST: "%", MYSQL_ROOT_PASSWORD: "x" }), []);
  });

  it("leaves variables to first-start scripts", () => {
    const { service, more } = file("/docker-entrypoint-initdb.d/10-users.sh", "#!/bin/sh\n");
    const environment = { POSTGRES_PASSWORD: "hush", REPORT_USER: "me" };
    assert.deepEqual(told({ service: { ...service, environment }, more: more! }), []);
  });

  it("leaves a variable of the image's own kind to a script that reads it", () => {
    const script = 'psql -c "create user $' + '{POSTGRES_APP_USER}"\n';
    const { service, more } = file("/docker-entrypoint-initdb.d/10-users.sh", script);
    const environment = { POSTGRES_PASSWORD: "hush", POSTGRES_APP_USER: "me", POSTGRES_OTHER: "x" };
    const said = told({ service: { ...service, environment }, more: more! });
    assert.equal(said.length, 1);
    assert.match(said[0]!, /^loss environment\.POSTGRES_OTHER/);
  });

  it("tells of files that nothing reads", () => {
    assert.match(
      told(file("/etc/ssl/ours.pem"))[0]!,
      /^loss volumes\[0\]: \/etc\/ssl\/ours\.pem is not read/,
    );
    assert.deepEqual(told(file("/etc/postgresql/pg_hba.conf")), []);
    const { service, more } = file("/check.sh");
    const checked = { ...service, healthcheck: { test: ["CMD", "/check.sh"] } };
    assert.deepEqual(told({ service: checked, more: more! }), []);
  });

  it("tells of a volume that another service looks into, or that is not the data's", () => {
    const volume = (target: string): Loose => ({
      volumes: [{ type: "volume", source: "rows", target }],
    });
    const more = { volumes: { rows: { name: "rows" } } };
    const others = { dump: { restart: "always", ...volume("/from") } };
    assert.match(
      told({ service: volume("/var/lib/postgresql/data"), others, more })[0]!,
      /^loss volumes\[0\]: dump will find nothing of the database in rows/,
    );
    assert.match(
      told({ service: volume("/archive"), more })[0]!,
      /^info volumes\[0\]: \/archive is not there/,
    );
  });

  it("tells of published ports, labels of routes and hooks", () => {
    const port = (more: object): string[] =>
      told({
        service: {
          ports: [{ target: 5432, published: "5432", protocol: "tcp", mode: "ingress", ...more }],
        },
      });
    assert.match(port({})[0]!, /^loss ports\[0\]: 5432 is not published/);
    assert.deepEqual(port({ host_ip: "127.0.0.1" }), []);
    const labels = { "traefik.tcp.routers.db.rule": "HostSNI(`*`)" };
    assert.match(
      told({ service: { labels } })[0]!,
      /^loss labels: traefik\.tcp\.routers\.db\.rule/,
    );
    const hooks = { post_start: [{ command: ["true"] }] };
    assert.match(told({ service: hooks })[0]!, /^loss post_start: is not run/);
  });

  it("has the settings of the server where that is elsewhere already", () => {
    const url = refer("config", "databases.db.url");
    const service = { command: ["postgres", "-c", "max_connections=300", "-c", "jit=off"] };
    assert.deepEqual(told({ service, setting: { mode: "url", url, readUrls: [] } }), [
      "info command: the PostgreSQL of the url has its own settings: max_connections, jit",
    ]);
  });
});
