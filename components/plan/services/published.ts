import type { Port, Service as ComposeService } from "../../compose/app";
import { engineRunBy } from "../../databases";
import { reachOf } from "../../model/addresses";
import { imageParts } from "../../model/image-name";
import type { Context } from "../context";
import { imageOf } from "../images";
import { operatorsOnly, isDebugger } from "../edge/operators-only";
import { isOpened } from "../edge/closed-ports";
import { hasOwnEdge, isEdge } from "../edge/own-edge";
import type { Rollout, Service } from "../plan";

type Published = Service["published"][number];

/** Where proxies answer for their own administration. */
const administration: Readonly<Record<string, readonly number[]>> = {
  traefik: [8080],
  "nginx-proxy-manager": [81],
  haproxy: [1936, 8404],
  envoy: [9901],
  caddy: [2019],
  kong: [8001, 8002, 8444, 8445],
};

/**
 * The ports of a service on the host. There are some only where the application's own edge serves it, as
 * nothing else routes to the others (decisions.md: own-edge): those that the file publishes, except for a
 * database's, a development tool's and a proxy's administration, and those of `berth:openPorts`.
 */
export function planPublished(
  context: Context,
  name: string,
  compose: ComposeService,
  rollout: Rollout,
): Service["published"] {
  const { app, settings } = context;
  if (!hasOwnEdge(app, settings) || rollout === "job" || rollout === "cron") return [];
  const found = new Map<string, Published>();
  const add = (one: Published): void => {
    // `::` beside `0.0.0.0`: once on every address is enough, and Docker refuses a second time.
    const open = reachOf(one.ip) === "world" && context.settings.cloud !== "local";
    const key = `${open ? "" : (one.ip ?? "")}:${one.host}/${one.protocol}`;
    if (!open || !found.has(key)) found.set(key, one);
  };
  for (const { port, protocol, service, target } of settings.openPorts)
    if (service === name) add({ port: target ?? port, host: port, protocol });
  // Docker publishes nothing for it, and the firewall has to open what it listens on.
  if (compose.network_mode === "host" && isEdge(name, compose))
    for (const port of [80, 443]) add({ port, host: port, protocol: "tcp" });
  (compose.ports ?? []).forEach((port, index) => {
    if (!isOpened(settings, name, port.target))
      publish(context, name, compose, port, `ports[${index}]`).forEach(add);
  });
  if (found.size > 0 && !isEdge(name, compose))
    context.notices.info(
      name,
      "ports",
      "its ports are published as the file says, since the application has its own edge",
    );
  return [...found.values()];
}

/** Whether a service gets ports of the host, which two containers cannot have at the same time. */
export function publishes({ app, settings }: Context, name: string, compose: ComposeService) {
  return (
    hasOwnEdge(app, settings) &&
    ((compose.ports ?? []).some(({ published }) => published !== undefined) ||
      settings.openPorts.some(({ service }) => service === name))
  );
}

function publish(
  context: Context,
  name: string,
  compose: ComposeService,
  port: Port,
  key: string,
): Published[] {
  const { notices } = context;
  const { target, published, protocol, host_ip } = port;
  if (published === undefined) {
    notices.info(name, key, `${target} has no published port: reachable from its networks only`);
    return [];
  }
  const [first = "", last] = published.split("-");
  if (last !== undefined)
    notices.info(name, key, `${published} is a choice of ports: ${first} is published`);
  const one: Published = {
    port: target,
    host: Number(first),
    protocol: protocol === "udp" ? "udp" : "tcp",
    ...addressOf(context, name, host_ip, key),
  };
  const guarded = loopback(one) ? undefined : reason(context, name, compose, port);
  if (guarded === undefined) return [one];
  const open = `${first}${one.protocol === "udp" ? "/udp" : ""}`;
  notices.loss(
    name,
    key,
    `${target} is ${guarded} and is not published; to open it to the world: berth:openPorts: { "${open}": "${name}:${target}" }`,
  );
  return [];
}

/**
 * The address of the machine that a port is published on. Docker refuses one that the machine does not have, and a
 * cloud's machine has no IPv6 address and no public one: its cloud translates that.
 */
function addressOf(
  { settings, notices }: Context,
  name: string,
  address: string | undefined,
  key: string,
): Pick<Published, "ip"> {
  if (address === undefined) return {};
  if (settings.cloud === "local" || (reachOf(address) !== "one" && address !== "::"))
    return { ip: address };
  notices.info(
    name,
    key,
    address === "::"
      ? "the machine has no IPv6: the port is published on its IPv4 addresses"
      : `the machine itself does not have the address ${address}: the port is published on all of its own`,
  );
  return {};
}

/** Why a port is not for the world; undefined when it is. */
function reason(
  context: Context,
  name: string,
  compose: ComposeService,
  { target, host_ip }: Port,
): string | undefined {
  if (reachOf(host_ip) === "network" && context.settings.cloud !== "local")
    return `for the private network of ${host_ip!} only, where the machine is not,`;
  const { base } = imageParts(compose.image ?? "");
  if (isEdge(name, compose))
    return administration[base]?.includes(target) === true ? "the proxy's own console" : undefined;
  if (engineRunBy(imageOf(context, name, compose), compose) !== undefined)
    return "a database's port";
  if (isDebugger(compose, target)) return "a debugger's port";
  const tool = operatorsOnly(compose);
  return tool === undefined ? undefined : `${tool}'s port`;
}

/** Whether a published port answers on the machine itself only. */
export const loopback = ({ ip }: Pick<Published, "ip">): boolean => reachOf(ip) === "machine";
