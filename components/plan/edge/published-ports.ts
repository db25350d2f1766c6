import { address } from "../../model/reference";
import { slug } from "../../model/units";
import { complain, type Context } from "../context";
import type { Route, Service } from "../plan";
import { apart, closed } from "./closed-ports";
import { operatorsOnly, speaksHttp, speaksTls } from "./operators-only";
import { routeDefaults } from "./route-defaults";
import { domainOf, urlOf } from "./urls";

/** A route to a service that the edge cannot reach is a problem. */
export function refuseApart(context: Context, service: Service): void {
  if (apart(context, service))
    complain(
      context,
      `services.${service.name}.network_mode`,
      `a route leads to ${service.name}, and the edge cannot reach it with network_mode: ${service.compose.network_mode!}; remove network_mode, or the route`,
    );
}

/**
 * A route for each published port that speaks HTTP, at a name of the service. Those of development
 * tools and data stores are for the operators (decisions.md: operators-only).
 */
export function publishedRoutes(context: Context, service: Service): Route[] {
  const { settings } = context;
  const { name, compose } = service;
  const web = (compose.ports ?? []).filter((port) => closed(context, service, port) === undefined);
  return [...new Set(web.map(({ target }) => target))].flatMap((port, index) => {
    const host = `${slug(name)}${index === 0 ? "" : `-${port}`}.${domainOf(settings)}`;
    const allow = allowed(context, service, host, port);
    if (allow === undefined) return [];
    const url = urlOf(settings, host, "/");
    return [{ ...routeDefaults, name, host, path: "/", service: name, port, url, allow }];
  });
}

/** Who may use the route of a published port, where not everybody may; undefined: there is none. */
function allowed(
  { settings, notices }: Context,
  { name, engine, compose }: Service,
  host: string,
  port: number,
): readonly string[] | undefined {
  const kind = engine === undefined ? operatorsOnly(compose) : "a database's console";
  if (kind === undefined || settings.cloud === "local") return [];
  const named = host.split(address).join("<address>");
  const route = `berth:routes: { "${named}": { to: "${name}:${port}", auth: "user:password" } }`;
  const key = compose.ports === undefined ? "image" : "ports";
  if (settings.operators === "anywhere" || settings.operators.length === 0) {
    notices.loss(
      name,
      key,
      `${name} is ${kind}, and berth:operators names no addresses to open it for: no route leads to ${port}; to open it write ${route}`,
    );
    return undefined;
  }
  notices.info(
    name,
    key,
    `${name} is ${kind}: its route answers the addresses of berth:operators only; to open it for others write ${route}`,
  );
  return settings.operators;
}

/** The one port a route without a port leads to: the first published one, else the first exposed. */
export function webPort({ compose, ports }: Service): number | undefined {
  const web = (compose.ports ?? []).filter(
    ({ target, protocol }) => protocol !== "udp" && speaksHttp(compose, target),
  );
  const plain = web.find(({ target }) => !speaksTls(target)) ?? web[0];
  return plain?.target ?? ports.find(({ protocol }) => protocol === "tcp")?.port;
}
