import type { Port } from "../../compose/app";
import { engines } from "../../databases";
import { complain, type Context } from "../context";
import type { Service } from "../plan";

/** TCP ports that speak something else than HTTP. */
const otherPorts = new Set([
  21, 22, 23, 25, 53, 110, 123, 143, 389, 465, 587, 636, 993, 995, 1025, 1433, 1521, 1883, 2181,
  2375, 2376, 3306, 3389, 4369, 4222, 5222, 5432, 5433, 5671, 5672, 6379, 6380, 7687, 8883, 9042,
  9092, 9300, 11211, 25565, 25672, 26379, 27017, 33060, 61613,
]);

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
 * The published ports that speak HTTP. The others draw a notice: no service is published on the host
 * (decisions.md: start-first-or-stop-first).
 */
export function webPorts(context: Context, service: Service, enabled: boolean): number[] {
  const web: number[] = [];
  (service.compose.ports ?? []).forEach((port, index) => {
    const key = `ports[${index}]`;
    const tell = notPublished(context, service, port, enabled);
    if (tell === undefined) web.push(port.target);
    else if (tell.level === "info") context.notices.info(service.name, key, tell.message);
    else context.notices.loss(service.name, key, tell.message);
  });
  return [...new Set(web)];
}

function notPublished(
  context: Context,
  service: Service,
  { target, published, protocol, host_ip }: Port,
  enabled: boolean,
): { level: "info" | "loss"; message: string } | undefined {
  const { settings } = context;
  const { name, engine } = service;
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
  if (protocol === "udp" || otherPorts.has(target))
    return { level: "loss", message: `${target} does not speak HTTP and is not published; ${how}` };
  if (engine !== undefined && !engines[engine].console)
    return { level: "loss", message: `a database's port ${target} is not published; ${how}` };
  if (!enabled) return { level: "info", message: "traefik.enable is false: no route leads here" };
  return undefined;
}

/** The one port a route without a port leads to: the first published one, else the first exposed. */
export function webPort({ compose, ports }: Service): number | undefined {
  const published = (compose.ports ?? []).find(
    ({ target, protocol }) => protocol !== "udp" && !otherPorts.has(target),
  );
  return published?.target ?? ports.find(({ protocol }) => protocol === "tcp")?.port;
}
