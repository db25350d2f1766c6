import type { App, Port } from "../../compose/app";
import { engines } from "../../databases";
import { reachOf } from "../../model/addresses";
import type { Settings } from "../../settings/settings";
import type { Context } from "../context";
import type { Route, Service } from "../plan";
import { textsOf } from "../services/upstreams";
import { isDebugger, speaksGrpc, speaksHttp, speaksTls } from "./operators-only";

/** Whether a machine's edge cannot join the network that a service is on. */
export const apart = ({ settings }: Context, { compose, sharesNetworkOf }: Service): boolean =>
  settings.shape === "vm" && compose.network_mode !== undefined && sharesNetworkOf === undefined;

/** Why a published port gets no route; `why` is the same for ports that one notice tells of. */
interface Closed {
  readonly level: "info" | "loss";
  readonly why: string;
  /** @param targets one port, or a range; open the line of `berth:openPorts` that opens them */
  readonly message: (targets: string, open: string) => string;
}

const because = (
  level: Closed["level"],
  why: string,
  message: Closed["message"] = (targets) => `${targets} ${why}`,
): Closed => ({ level, why, message });

/** Whether `berth:openPorts` opens a port of a service. */
export function isOpened({ openPorts }: Settings, name: string, target: number): boolean {
  return openPorts.some(
    ({ service, port, target: to = port }) => service === name && to === target,
  );
}

/** Why a published port gets no route; undefined when it speaks HTTP and may have one. */
export function closed(
  context: Context,
  service: Service,
  { target, published, protocol, host_ip }: Port,
): Closed | undefined {
  const { name, engine, compose, rollout } = service;
  if (isOpened(context.settings, name, target))
    return because("info", "is published through berth:openPorts");
  if (apart(context, service)) {
    const mode = compose.network_mode!;
    return because(
      "loss",
      "apart",
      (targets) =>
        `no route leads to ${targets}: the edge cannot reach a service with network_mode: ${mode}; remove network_mode`,
    );
  }
  if (published === undefined)
    return because("info", "has no published port: reachable from its networks only");
  const reach = reachOf(host_ip);
  if (reach === "machine")
    return because("info", "is for the machine itself only: it stays on its networks");
  if (reach === "network")
    return because(
      "loss",
      `is for the private network of ${host_ip} only, where nothing of this stack is: no route is made; to have one write berth:routes: { "<host>": { to: "${name}:${target}", allow: [ADDRESSES] } }`,
    );
  if (isDebugger(compose, target))
    return because(
      "loss",
      `is a debugger's port by its number and gets no route; if something else answers there, write berth:routes: { "<host>": "${name}:${target}" }`,
    );
  if (protocol === "udp" && target === 443)
    return because(
      "info",
      "is not needed over UDP: the edge speaks HTTP/2 and HTTP/1.1, not HTTP/3",
    );
  if (speaksFastCgi(context.app, service, target))
    return because("info", "speaks FastCGI, for a web server beside it: it stays on its networks");
  if (protocol === "udp" || !speaksHttp(compose, target))
    return because(
      "loss",
      "other",
      (targets, open) => `${targets} does not speak HTTP and is not published; ${open}`,
    );
  if (engine !== undefined && !engines[engine].console)
    return because(
      "loss",
      "database",
      (targets, open) => `a database's port ${targets} is not published; ${open}`,
    );
  if (rollout === "job" || rollout === "cron")
    return because("info", "gets no route, as the service runs once and ends");
  if (compose.labels?.["traefik.enable"] === "false")
    return because("info", "traefik.enable", () => "traefik.enable is false: no route leads here");
  if (speaksGrpc(target))
    return because(
      "loss",
      `speaks gRPC by its number, and gets no route; write berth:routes: { "<host>": { to: "${name}:${target}", scheme: h2c } }, or "${name}:${target}" if it speaks HTTP/1.1`,
    );
  if (speaksTls(target)) return besideTls(service, target);
  return undefined;
}

/** Whether a port is PHP-FPM's or the like, which anyone who reaches it can make run any script. */
function speaksFastCgi(app: App, { name, compose }: Service, target: number): boolean {
  if (target === 9000 && /[-:]fpm/.test(compose.image ?? "")) return true;
  return Object.values(app.services).some((other) =>
    textsOf(app, other).some((text) =>
      new RegExp(`\\b(?:(?:fastcgi|uwsgi|scgi)_pass|php_fastcgi)\\s+${name}:${target}\\b`).test(
        text,
      ),
    ),
  );
}

/** A port on which the container speaks TLS itself: the edge ends TLS, so the plain port serves, where there is one. */
function besideTls({ name, compose }: Service, target: number): Closed {
  const plain = (compose.ports ?? []).find(
    (port) => speaksHttp(compose, port.target) && !speaksTls(port.target),
  );
  return plain === undefined
    ? because(
        "loss",
        `speaks TLS by its number, and the edge ends TLS: no route leads to it; write berth:routes: { "<host>": { to: "${name}:${target}", scheme: https } }, or "${name}:PORT" with a port that speaks HTTP`,
      )
    : because("info", `needs no route: the edge ends TLS and calls ${name} on ${plain.target}`);
}

/**
 * A notice for each published port that no route leads to, one for a range of them: beside Berth's edge no
 * service is published on the host (decisions.md: start-first-or-stop-first).
 */
export function checkPublishedPorts(
  context: Context,
  services: readonly Service[],
  routes: readonly Route[],
): void {
  const { settings, notices } = context;
  const stated = settings.stated.has("routes");
  const unnamed = because(
    "info",
    "unnamed",
    (targets) =>
      `no route leads to ${targets}: ${stated ? "berth:routes names others" : "the labels name others"}`,
  );
  for (const service of services) {
    const { name, compose } = service;
    const own = routes.filter((route) => route.service === name);
    const runs: Run[] = [];
    (compose.ports ?? []).forEach((port, index) => {
      if (port.protocol !== "udp" && own.some((route) => route.port === port.target)) return;
      const why =
        closed(context, service, port) ?? (stated || own.length > 0 ? unnamed : undefined);
      if (why === undefined) return;
      const run = runs.at(-1);
      if (run !== undefined && continues(run, port, why)) run.last = port;
      else runs.push({ index, first: port, last: port, why });
    });
    for (const { index, first, last, why } of runs) {
      const targets = range(first.target, last.target);
      const open = `${range(first.published ?? "", last.published ?? "")}${first.protocol === "udp" ? "/udp" : ""}`;
      const how = `to open it to the world: berth:openPorts: { "${open}": "${name}:${targets}" }`;
      notices[why.level](name, `ports[${index}]`, why.message(targets, how));
    }
  }
}

/** Ports that follow each other, as a range of the file does, and draw one notice. */
interface Run {
  readonly index: number;
  readonly first: Port;
  last: Port;
  readonly why: Closed;
}

function continues({ last, why }: Run, port: Port, next: Closed): boolean {
  const following = last.published === undefined ? undefined : String(Number(last.published) + 1);
  return (
    why.why === next.why &&
    port.target === last.target + 1 &&
    port.published === following &&
    port.protocol === last.protocol &&
    port.host_ip === last.host_ip
  );
}

const range = (first: number | string, last: number | string): string =>
  first === last ? `${first}` : `${first}-${last}`;
