import type { Port } from "../../compose/app";
import { engines } from "../../databases";
import { address } from "../../model/reference";
import { slug } from "../../model/units";
import { complain, type Context } from "../context";
import type { Route, Service } from "../plan";
import { isDebugger, operatorsOnly, speaksHttp, speaksTls } from "./operators-only";
import { routeDefaults } from "./route-defaults";
import { domainOf, urlOf } from "./urls";

/** Whether a machine's edge cannot join the network that a service is on. */
const apart = ({ settings }: Context, { compose, sharesNetworkOf }: Service): boolean =>
  settings.shape === "vm" && compose.network_mode !== undefined && sharesNetworkOf === undefined;

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

/**
 * A notice for each published port that no route leads to: beside Berth's edge no service is published on
 * the host (decisions.md: start-first-or-stop-first).
 */
export function checkPublishedPorts(
  context: Context,
  services: readonly Service[],
  routes: readonly Route[],
): void {
  const { settings, notices } = context;
  for (const service of services) {
    const { name, compose } = service;
    const routed = new Set(
      routes.filter((route) => route.service === name).map(({ port }) => port),
    );
    (compose.ports ?? []).forEach((port, index) => {
      if (routed.has(port.target) && port.protocol !== "udp") return;
      const why = closed(context, service, port);
      if (why !== undefined) notices[why.level](name, `ports[${index}]`, why.message);
      else if (settings.stated.has("routes") || routed.size > 0)
        notices.info(
          name,
          `ports[${index}]`,
          `no route leads to ${port.target}: ${settings.stated.has("routes") ? "berth:routes names others" : "the labels name others"}`,
        );
    });
  }
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

/** Why a published port gets no route; undefined when it speaks HTTP and may have one. */
function closed(
  context: Context,
  service: Service,
  { target, published, protocol, host_ip }: Port,
): { level: "info" | "loss"; message: string } | undefined {
  const { settings } = context;
  const { name, engine, compose, rollout } = service;
  const opened = settings.openPorts.some(
    (open) => open.service === name && (open.target ?? open.port) === target,
  );
  if (opened) return { level: "info", message: "published through berth:openPorts" };
  if (apart(context, service))
    return {
      level: "loss",
      message: `no route leads to ${target}: the edge cannot reach a service with network_mode: ${service.compose.network_mode!}; remove network_mode`,
    };
  if (published === undefined)
    return {
      level: "info",
      message: `${target} has no published port: reachable from its networks only`,
    };
  if (host_ip !== undefined && /^(127\.|::1$)/.test(host_ip))
    return {
      level: "info",
      message: `${target} is for the machine itself only: it stays on its networks`,
    };
  const how = `to open it to the world: berth:openPorts: { "${published}${protocol === "udp" ? "/udp" : ""}": "${name}:${target}" }`;
  if (isDebugger(target))
    return { level: "loss", message: `${target} is a debugger's port and is not published` };
  if (protocol === "udp" || !speaksHttp(compose, target))
    return { level: "loss", message: `${target} does not speak HTTP and is not published; ${how}` };
  if (engine !== undefined && !engines[engine].console)
    return { level: "loss", message: `a database's port ${target} is not published; ${how}` };
  if (rollout === "job" || rollout === "cron")
    return { level: "info", message: `it runs once and ends: no route leads to ${target}` };
  if (compose.labels?.["traefik.enable"] === "false")
    return { level: "info", message: "traefik.enable is false: no route leads here" };
  if (speaksTls(target)) return besideTls(service, target);
  return undefined;
}

/** A port on which the container speaks TLS itself: the edge ends TLS, so the plain port serves, where there is one. */
function besideTls(service: Service, target: number): { level: "info" | "loss"; message: string } {
  const { name, compose } = service;
  const plain = (compose.ports ?? []).find(
    (port) => speaksHttp(compose, port.target) && !speaksTls(port.target),
  );
  return plain === undefined
    ? {
        level: "loss",
        message: `${target} speaks TLS by its number, and the edge ends TLS: no route leads to it; write berth:routes: { "<host>": "${name}:PORT" } with a port that speaks HTTP`,
      }
    : {
        level: "info",
        message: `the edge ends TLS and calls ${name} on ${plain.target}: ${target} needs no route`,
      };
}

/** The one port a route without a port leads to: the first published one, else the first exposed. */
export function webPort({ compose, ports }: Service): number | undefined {
  const web = (compose.ports ?? []).filter(
    ({ target, protocol }) => protocol !== "udp" && speaksHttp(compose, target),
  );
  const plain = web.find(({ target }) => !speaksTls(target)) ?? web[0];
  return plain?.target ?? ports.find(({ protocol }) => protocol === "tcp")?.port;
}
