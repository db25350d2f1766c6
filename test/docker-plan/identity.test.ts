import assert from "node:assert/strict";
import { revealed, type Recorded } from "../../cli/recording";
import type { App } from "../../components/compose/app";
import type { RouteSetting, Settings } from "../../components/settings/settings";
import { objectsOf } from "../kubernetes-plan/make";
import { type Loose, planOf } from "../plan/make";
import { deploy } from "./deploy";

interface Stack {
  readonly services: Record<string, Loose>;
  readonly settings: Partial<Settings>;
}

const route = (host: string, service: string, port = 3000): RouteSetting => ({
  host,
  path: "/",
  service,
  port,
});
const base: Stack = {
  services: {
    api: {
      restart: "always",
      environment: { A: "1", B: "2" },
      volumes: [{ type: "volume", source: "files", target: "/files" }],
      scale: 2,
    },
    web: {
      restart: "always",
      depends_on: { api: { condition: "service_started", required: true } },
    },
    worker: { restart: "always", configs: [{ source: "one", target: "/one" }] },
    store: { image: "postgres:17", restart: "always", environment: { POSTGRES_PASSWORD: "x" } },
  },
  settings: { routes: [route("a.example.com", "api"), route("w.example.com", "web")] },
};
const more: Partial<App> = { configs: { one: { name: "one", content: "1" } } };

/** The same entries in another order. */
const reversed = <T>(all: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(all).reverse());

const api = base.services.api!;
const changes: Readonly<Record<string, { stack: Partial<Stack>; own: RegExp }>> = {
  "a service first": {
    stack: { services: { aaa: { restart: "always" }, ...base.services } },
    own: /aaa/,
  },
  "a service with a route first": {
    stack: {
      services: { aaa: { restart: "always" }, ...base.services },
      settings: { routes: [route("0.example.com", "aaa"), ...base.settings.routes!] },
    },
    own: /aaa|edge-certificate-0\.example|edge-deployment/,
  },
  "the services in another order": { stack: { services: reversed(base.services) }, own: /^$/ },
  "the routes in another order": {
    stack: { settings: { routes: [...base.settings.routes!].reverse() } },
    own: /^$/,
  },
  "one route less": {
    stack: { settings: { routes: base.settings.routes!.slice(1) } },
    // A service without a route is not on the edge's network; the edge mounts each certificate.
    own: /-api|certificate-a\.example|edge-deployment/,
  },
  "one replica more": {
    stack: { services: { ...base.services, api: { ...api, scale: 3 } } },
    own: /-api/,
  },
  "one key more": {
    stack: {
      services: { ...base.services, api: { ...api, environment: { ...api.environment, C: "3" } } },
    },
    own: /-api/,
  },
  "the keys in another order": {
    stack: {
      services: {
        ...base.services,
        api: {
          ...reversed(api as Record<string, unknown>),
          environment: reversed(api.environment!),
        },
      },
    },
    own: /^$/,
  },
};

/** What belongs to all routes together: the edge's files, its pods that mount them, and policies by network. */
const shared = /-routes$|edge-routes|-edge$|-policy-/;

const shapes: Readonly<Record<string, (stack: Stack) => Promise<readonly Recorded[]>>> = {
  "a machine": async ({ services, settings }) =>
    (await deploy(planOf(services, settings, more))).resources,
  "a cluster": async ({ services, settings }) =>
    (await objectsOf(services, settings, more)).resources,
};

for (const [shape, resourcesOf] of Object.entries(shapes))
  describe(`a change on ${shape}`, () => {
    const facts = (resources: readonly Recorded[]): Map<string, string> =>
      new Map(
        resources
          .filter(({ custom }) => custom)
          .map(({ type, name, inputs }) => [`${type} ${name}`, JSON.stringify(revealed(inputs))]),
      );
    let known: Map<string, string>;

    before(async () => {
      known = facts(await resourcesOf(base));
    });

    for (const [what, { stack, own }] of Object.entries(changes))
      it(`changes only its own resources: ${what}`, async () => {
        const after = facts(await resourcesOf({ ...base, ...stack }));
        const changed = [...new Set([...known.keys(), ...after.keys()])].filter(
          (key) => known.get(key) !== after.get(key) && !shared.test(key),
        );
        assert.deepEqual(
          changed.filter((key) => !own.test(key)),
          [],
        );
      });
  });
