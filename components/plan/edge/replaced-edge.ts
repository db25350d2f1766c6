import type { Context } from "../context";
import type { Route, Service } from "../plan";
import { serverNames, upstreamsOf, type Upstream } from "../services/upstreams";
import { edgesOf } from "./own-edge";
import { webPort } from "./published-ports";

/**
 * On a cluster Berth's edge takes the place of the application's own. Labels are read; what such a proxy has
 * in its own configuration is not, so each service that it leads to and no route does is a loss, with the
 * route to write.
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
    const [host] = serverNames(app, compose);
    const named = [
      ...upstreamsOf(app, name, compose).map((one) => ({ ...one, host })),
      ...byVariables(services),
    ].filter(({ service }) => services.some((one) => one.name === service));
    const lost = named.filter(({ service }) => !routed.has(service));
    if (lost.length > 0)
      notices.loss(
        name,
        "image",
        `the cluster's own edge takes its place and does not read its configuration: nothing leads to ${lost.map(({ service }) => service).join(", ")}; write ${example(services, lost)}`,
      );
    else if (named.length === 0 && routed.size === 0 && !settings.stated.has("routes"))
      notices.loss(
        name,
        "image",
        `the cluster's own edge takes its place and does not read its configuration: no route leads to the application; write ${example(services, [])}`,
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
function byVariables(services: readonly Service[]): (Upstream & { host?: string })[] {
  return services.flatMap(({ name, environment }) => {
    const { VIRTUAL_HOST, VIRTUAL_PORT } = environment;
    if (VIRTUAL_HOST === undefined) return [];
    return [
      {
        service: name,
        host: VIRTUAL_HOST.split(",")[0]!,
        ...(/^\d+$/.test(VIRTUAL_PORT ?? "") && { port: Number(VIRTUAL_PORT) }),
      },
    ];
  });
}

function example(
  services: readonly Service[],
  lost: readonly (Upstream & { readonly host?: string | undefined })[],
): string {
  const first = services.find((one) => one.engine === undefined);
  const found = lost.length > 0 ? lost : first === undefined ? [] : [{ service: first.name }];
  const lines = found.map(({ service, port, host = "<host>" }) => {
    const planned = services.find((one) => one.name === service);
    const to = port ?? (planned === undefined ? undefined : webPort(planned));
    return `"${host}": "${service}:${to ?? "PORT"}"`;
  });
  return `berth:routes: { ${lines.join(", ")} }`;
}
