import type { Context } from "../context";
import type { Route, Service } from "../plan";
import { upstreamsOf, type Upstream } from "../services/upstreams";
import { configuredGuards } from "./configured-guards";
import { edgesOf } from "./own-edge";
import { webPort } from "./published-ports";

/**
 * On a cluster Berth's edge takes the place of the application's own. Labels are read; what such a proxy has
 * in its own configuration is not, so each service that it leads to and no route does is a loss, with the
 * route to write. So is what keeps callers out there, as the routes in its place would be open.
 */
export function checkReplacedEdges(
  { app, settings, notices }: Context,
  services: readonly Service[],
  routes: readonly Route[],
): void {
  if (settings.shape !== "cluster") return;
  const routed = new Set(routes.map(({ service }) => service));
  for (const name of edgesOf(app)) {
    const compose = app.services[name]!;
    const named = [...upstreamsOf(app, name, compose), ...byVariables(services)].filter(
      ({ service }) => services.some((one) => one.name === service),
    );
    const guards = configuredGuards(app, compose);
    const guarded =
      guards.length === 0
        ? ""
        : `; it lets only some callers in (${guards.join(", ")}): give the routes auth, allow or forwardAuth`;
    const lost = named.filter(({ service }) => !routed.has(service));
    if (lost.length > 0)
      notices.loss(
        name,
        "image",
        `the cluster's own edge takes its place and does not read its configuration: nothing leads to ${[...new Set(lost.map(({ service }) => service))].join(", ")}; write ${example(services, lost)}${guarded}`,
      );
    else if (named.length === 0 && routed.size === 0 && !settings.stated.has("routes"))
      notices.loss(
        name,
        "image",
        `the cluster's own edge takes its place and does not read its configuration: no route leads to the application; write ${example(services, [])}${guarded}`,
      );
    else if (guards.length > 0 && !settings.stated.has("routes") && routed.size > 0)
      notices.loss(
        name,
        "image",
        `the cluster's own edge takes the place of this one, and does not read its configuration${guarded} in berth:routes`,
      );
    else
      notices.info(
        name,
        "image",
        "the cluster's own edge takes the place of this one; its routes come from labels or berth:routes",
      );
  }
}

/** The services that nginx-proxy leads to: https://github.com/nginx-proxy/nginx-proxy/tree/main/docs. */
function byVariables(services: readonly Service[]): Upstream[] {
  return services.flatMap(({ name, environment }) => {
    const { VIRTUAL_HOST, VIRTUAL_PORT, VIRTUAL_HOST_MULTIPORTS } = environment;
    const port = /^\d+$/.test(VIRTUAL_PORT ?? "") ? { port: Number(VIRTUAL_PORT) } : {};
    const several = /^[ \t]*["']?([\w*.-]+\.[a-z]{2,})["']?:/im.exec(VIRTUAL_HOST_MULTIPORTS ?? "");
    const hosts = VIRTUAL_HOST?.split(",").map((host) => host.trim()) ?? several?.slice(1) ?? [];
    return hosts.filter((host) => host !== "").map((host) => ({ service: name, host, ...port }));
  });
}

/** The routes to write: a second service of one host has a path there. */
function example(services: readonly Service[], lost: readonly Upstream[]): string {
  const others = services.filter((one) => one.engine === undefined);
  const first = others.find((one) => webPort(one) !== undefined) ?? others[0];
  const found: readonly Upstream[] =
    lost.length > 0 ? lost : first === undefined ? [] : [{ service: first.name }];
  const taken = new Set<string>();
  const lines = found.map(({ service, port, host = "<host>" }) => {
    const planned = services.find((one) => one.name === service);
    const to = port ?? (planned === undefined ? undefined : webPort(planned));
    const at = taken.has(host) ? `${host}/<path>` : host;
    taken.add(host);
    return `"${at}": "${service}:${to ?? "PORT"}"`;
  });
  return `berth:routes: { ${lines.join(", ")} }`;
}
