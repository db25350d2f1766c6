import type { Port } from "../../compose/app";
import { engines } from "../../databases";
import { address, type Text } from "../../model/reference";
import type { RouteSetting, Settings } from "../../settings/settings";
import { complain, isEdge, type Context } from "../context";
import { readLabels, type LabelledRoute } from "./labels";
import type { Edge, Route, Service } from "../plan";
import { slug } from "../../model/units";

/** TCP ports that speak something else than HTTP. */
const otherPorts = new Set([
  21, 22, 23, 25, 53, 110, 123, 143, 389, 465, 587, 636, 993, 995, 1025, 1433, 1521, 1883, 2181,
  2375, 2376, 3306, 3389, 4369, 4222, 5222, 5432, 5433, 5671, 5672, 6379, 6380, 7687, 8883, 9042,
  9092, 9300, 11211, 25565, 25672, 26379, 27017, 33060, 61613,
]);

/** Routes of the config when it states any; else Traefik labels, then published web ports, service by service. */
export function planRoutes(context: Context, services: readonly Service[]): Route[] {
  const { settings } = context;
  const found = settings.stated.has("routes")
    ? settings.routes.flatMap((setting) => stated(context, services, setting))
    : services.flatMap((service) => derived(context, service));
  const names = new Map<string, number>();
  const seen = new Map<string, string>();
  return found.map((route) => {
    const base = route.service === "" ? route.name : route.service;
    const count = (names.get(base) ?? 0) + 1;
    names.set(base, count);
    const key = `${route.host}${route.path} ${route.rule ?? ""}`;
    const other = seen.get(key);
    if (other !== undefined && other !== `${route.service}:${route.port}`)
      context.problems.push({
        key: "berth:routes",
        message: `${shown(route.host)}${route.path} leads to ${other} and to ${route.service}:${route.port}; give one of them another host or path`,
      });
    seen.set(key, `${route.service}:${route.port}`);
    return { ...route, name: count === 1 ? base : `${base}-${count}` };
  });
}

/** Besides its own, 8080 is where Traefik answers whether it is well. */
const edgePorts = ({ cloud, listen }: Settings): ReadonlySet<number> =>
  new Set([80, 443, 8080, ...(cloud === "local" ? [listen.http, listen.https] : [])]);

/** The edge, or null when a service of the Compose file is itself one (vm shape). */
export function planEdge(context: Context, services: readonly Service[]): Edge | null {
  const { settings } = context;
  const own = services.find(({ compose }) => isEdge(compose));
  if (own !== undefined && settings.shape === "vm") {
    if (settings.stated.has("routes"))
      context.problems.push({
        key: "berth:routes",
        message: `the service ${own.name} is the application's own edge (it publishes 80 or 443); remove its ports, or berth:routes`,
      });
    context.notices.info(
      own.name,
      "ports",
      "the application has its own edge, which is published as it is; certificates and routes are its own",
    );
    return null;
  }
  const openPorts = settings.openPorts.flatMap(({ port, protocol, service, target }) => {
    if (protocol === "tcp" && edgePorts(settings).has(port)) {
      context.problems.push({
        key: `berth:openPorts.${port}`,
        message: `the edge itself listens on ${port}; take another port, or a route in berth:routes`,
      });
      return [];
    }
    const to = services.find(({ name }) => name === service);
    if (to !== undefined) {
      refuseApart(context, to);
      return [{ port, protocol, service, target: target ?? port }];
    }
    context.problems.push({
      key: `berth:openPorts.${port}`,
      message: `no service ${service} in the Compose file; name one of ${services.map(({ name }) => name).join(", ")}`,
    });
    return [];
  });
  const local = settings.cloud === "local";
  return {
    http: local ? settings.listen.http : 80,
    https: settings.tls.mode === "off" ? null : local ? settings.listen.https : 443,
    tls: settings.tls,
    openPorts,
    maintenancePage: settings.maintenancePage ?? maintenancePage,
  };
}

/** `https://web.example.com/path`, with the port where it is not the scheme's own. */
export function urlOf(settings: Settings, host: Text, path: string): Text {
  const secure = settings.tls.mode !== "off";
  const local = settings.cloud === "local";
  const port = local ? (secure ? settings.listen.https : settings.listen.http) : secure ? 443 : 80;
  const usual = port === (secure ? 443 : 80);
  return `${secure ? "https" : "http"}://${host}${usual ? "" : `:${port}`}${path}`;
}

/** The base domain: the config's, else `localhost`, else the address under sslip.io. */
export function domainOf({ domain, cloud }: Settings): Text {
  return domain ?? (cloud === "local" ? "localhost" : `${address}.sslip.io`);
}

const defaults = { internal: false, allow: [], headers: {}, sticky: false };

function stated(context: Context, services: readonly Service[], setting: RouteSetting): Route[] {
  const { host, path, service: name, port, ...rest } = setting;
  if (setting.redirect !== undefined && name === "")
    return [
      {
        ...defaults,
        ...rest,
        name: slug(host),
        host,
        path,
        service: "",
        port: 0,
        url: urlOf(context.settings, host, path),
      },
    ];
  const service = services.find((candidate) => candidate.name === name);
  if (service === undefined) {
    context.problems.push({
      key: `berth:routes.${host}${path === "/" ? "" : path}`,
      message: `no service ${name} runs here; name one of ${services.map((one) => one.name).join(", ")}`,
    });
    return [];
  }
  refuseApart(context, service);
  const to = port ?? webPort(service);
  if (to === undefined) {
    context.problems.push({
      key: `berth:routes.${host}${path === "/" ? "" : path}`,
      message: `${name} names no port it listens on; write ${name}:PORT, or expose one`,
    });
    return [];
  }
  return [
    {
      ...defaults,
      ...rest,
      name,
      host,
      path,
      service: name,
      port: to,
      url: urlOf(context.settings, host, path),
    },
  ];
}

/** Whether a machine's edge cannot join the network that a service is on. */
const apart = ({ settings }: Context, { compose, sharesNetworkOf }: Service): boolean =>
  settings.shape === "vm" && compose.network_mode !== undefined && sharesNetworkOf === undefined;

function refuseApart(context: Context, service: Service): void {
  if (apart(context, service))
    complain(
      context,
      `services.${service.name}.network_mode`,
      `a route leads to ${service.name}, and the edge cannot reach it with network_mode: ${service.compose.network_mode!}; remove network_mode, or the route`,
    );
}

function derived(context: Context, service: Service): Route[] {
  const { settings, notices } = context;
  const { compose, name, rollout } = service;
  const { enabled, routes, unknown } = readLabels(compose);
  for (const label of unknown)
    notices.loss(
      name,
      `labels.${label}`,
      "is not supported by Berth's edge; use berth:routes, or accept it",
    );
  if (isEdge(compose)) return [];
  if (routes.length > 0) return routes.flatMap((route) => labelled(context, service, route));
  if (rollout === "job" || rollout === "cron") return [];
  const web = webPorts(context, service, enabled);
  return web.map((port, index) => {
    const host = `${slug(name)}${index === 0 ? "" : `-${port}`}.${domainOf(settings)}`;
    return {
      ...defaults,
      name,
      host,
      path: "/",
      service: name,
      port,
      url: urlOf(settings, host, "/"),
    };
  });
}

function labelled(context: Context, service: Service, route: LabelledRoute): Route[] {
  const { router: _router, label, host: given, port: labelledPort, path, ...rest } = route;
  refuseApart(context, service);
  const port = labelledPort ?? webPort(service);
  if (port === undefined) {
    complain(
      context,
      `services.${service.name}.labels.${label}`,
      "no port to route to; expose one, or add traefik.http.services.<name>.loadbalancer.server.port",
    );
    return [];
  }
  const host = given ?? `${slug(service.name)}.${domainOf(context.settings)}`;
  return [
    {
      ...defaults,
      ...rest,
      name: service.name,
      host,
      path,
      service: service.name,
      port,
      url: urlOf(context.settings, host, path),
    },
  ];
}

/**
 * The published ports that speak HTTP. The others draw a notice: no service is published on the host
 * (decisions.md: start-first-or-stop-first).
 */
function webPorts(context: Context, service: Service, enabled: boolean): number[] {
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
function webPort({ compose, ports }: Service): number | undefined {
  const published = (compose.ports ?? []).find(
    ({ target, protocol }) => protocol !== "udp" && !otherPorts.has(target),
  );
  return published?.target ?? ports.find(({ protocol }) => protocol === "tcp")?.port;
}

function shown(host: Text): string {
  return host.split(address).join("<address>");
}

const maintenancePage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Back soon</title>
<style>
  body { font: 1.1rem/1.6 system-ui, sans-serif; display: grid; place-content: center; min-height: 90vh; margin: 0 2rem; color: #223; text-align: center }
  h1 { font-weight: 600; margin: 0 }
</style>
<h1>Back soon</h1>
<p>This service is being worked on. Please try again in a moment.</p>
</html>
`;
