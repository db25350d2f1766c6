import type { RouteSetting } from "../../settings/settings";
import { complain, type Context } from "../context";
import { slug } from "../../model/units";
import type { Middleware, Route, Service } from "../plan";
import { checkPublishedPorts } from "./closed-ports";
import { askedService } from "./forward-auth";
import { readLabels, tellUnread, type Labelled } from "./labels/read";
import type { LabelledRoute } from "./labels/route";
import { isEdge } from "./own-edge";
import { publishedRoutes, refuseApart, webPort } from "./published-ports";
import { routeDefaults } from "./route-defaults";
import { domainOf, shown, urlOf } from "./urls";

/** Routes of the config when it states any; else Traefik labels, then published web ports, service by service. */
export function planRoutes(context: Context, services: readonly Service[]): Route[] {
  const { settings } = context;
  if (settings.stated.has("routes")) tellUnread(context);
  const found = settings.stated.has("routes")
    ? settings.routes.flatMap((setting) => stated(context, services, setting))
    : derivedAll(context, services);
  const names = uniqueNames(services);
  const seen = new Map<string, string>();
  checkPublishedPorts(context, services, found);
  return found.map((route) => {
    const key = `${route.host}${route.path} ${route.rule ?? ""}`;
    const other = seen.get(key);
    if (other !== undefined && other !== `${route.service}:${route.port}`)
      context.problems.push({
        key: "berth:routes",
        message: `${shown(route.host)}${route.path} leads to ${other} and to ${route.service}:${route.port}; give one of them another host or path`,
      });
    seen.set(key, `${route.service}:${route.port}`);
    refuseAsked(context, services, route);
    return { ...steady(context, route), name: names(route) };
  });
}

/** The first route of a service has its name; each other one a name that no service and no other route has. */
function uniqueNames(services: readonly Service[]): (route: Route) => string {
  const taken = new Set<string>();
  const free = (name: string): boolean =>
    !taken.has(name) && !services.some((service) => service.name === name);
  return ({ service, name: redirect }) => {
    const base = service === "" ? redirect : service;
    const first = service === "" ? free(base) : !taken.has(base);
    let name = base;
    for (let n = 2; !first && !free(name); n++) name = `${base}-${n}`;
    taken.add(name);
    return name;
  };
}

function stated(context: Context, services: readonly Service[], setting: RouteSetting): Route[] {
  const { host, path, service: name, port, forwardAuth, ...rest } = setting;
  const key = `berth:routes.${host}${path === "/" ? "" : path}`;
  const common = {
    ...routeDefaults,
    ...rest,
    ...forwardAuthOf(context, forwardAuth, key),
    host,
    path,
    url: urlOf(context.settings, host, path),
  };
  if (setting.redirect !== undefined && name === "")
    return [{ ...common, name: slug(host), service: "", port: 0 }];
  const service = services.find((candidate) => candidate.name === name);
  if (service === undefined) {
    context.problems.push({
      key,
      message: `no service ${name} runs here; name one of ${services.map((one) => one.name).join(", ")}`,
    });
    return [];
  }
  refuseApart(context, service);
  const to = port ?? webPort(service);
  if (to === undefined) {
    context.problems.push({
      key,
      message: `${name} names no port it listens on; write ${name}:PORT, or expose one`,
    });
    return [];
  }
  return [{ ...common, name, service: name, port: to }];
}

/** `forwardAuth` of the config as the middleware that it is. */
function forwardAuthOf(
  context: Context,
  setting: RouteSetting["forwardAuth"],
  key: string,
): { middlewares?: readonly Middleware[] } {
  if (setting === undefined) return {};
  const { to, responseHeaders, responseHeadersRegex, requestHeaders, trustForwardHeader } = setting;
  const asks = askedService(context, to);
  if (typeof asks === "string") {
    context.problems.push({ key: `${key}.forwardAuth`, message: asks });
    return {};
  }
  const options = {
    ...(responseHeaders !== undefined && { authResponseHeaders: responseHeaders }),
    ...(responseHeadersRegex !== undefined && { authResponseHeadersRegex: responseHeadersRegex }),
    ...(requestHeaders !== undefined && { authRequestHeaders: requestHeaders }),
    ...(trustForwardHeader !== undefined && { trustForwardHeader }),
  };
  return { middlewares: [{ kind: "forwardAuth", options, asks }] };
}

/** What keeps a cluster's clients on one pod speaks HTTP alone, on both sides. */
function steady({ settings, notices }: Context, route: Route): Route {
  if (!route.sticky || route.scheme === undefined || settings.shape === "vm") return route;
  const key = `routes.${route.host}${route.path === "/" ? "" : route.path}.sticky`;
  notices.loss(
    null,
    key,
    `a cluster has no sticky routes to a service that speaks ${route.scheme}`,
  );
  return { ...route, sticky: false };
}

/** The edge has to reach what it asks whether a request may pass. */
function refuseAsked(context: Context, services: readonly Service[], route: Route): void {
  for (const { asks } of route.middlewares ?? []) {
    if (asks?.service === undefined) continue;
    const service = services.find(({ name }) => name === asks.service);
    if (service !== undefined) refuseApart(context, service);
    else
      context.problems.push({
        key: `services.${asks.service}`,
        message: `the route to ${route.service} asks it whether a request may pass, and it does not run here; ask another service with forwardAuth in berth:routes`,
      });
  }
}

function derivedAll(context: Context, services: readonly Service[]): Route[] {
  const labelled = readLabels(context, services);
  return services.flatMap((service) =>
    derived(context, services, service, labelled.get(service.name)),
  );
}

function derived(
  context: Context,
  services: readonly Service[],
  service: Service,
  found: Labelled | undefined,
): Route[] {
  const { compose, name, rollout } = service;
  const { routes = [], routers = false, enabled = true } = found ?? {};
  if (isEdge(name, compose)) return [];
  if (routers) return routes.flatMap((route) => labelled(context, services, route));
  if (!enabled || rollout === "job" || rollout === "cron") return [];
  return publishedRoutes(context, service);
}

function labelled(context: Context, services: readonly Service[], route: LabelledRoute): Route[] {
  const { settings, notices } = context;
  const { at, path, rule, priority, scheme, passHost, sticky, middlewares } = route;
  const key = `services.${at.service}.${at.key}`;
  const service = services.find(({ name }) => name === route.service);
  if (service === undefined) {
    complain(context, key, `leads to ${route.service}, which does not run here; remove the router`);
    return [];
  }
  refuseApart(context, service);
  const port = route.port ?? webPort(service);
  if (port === undefined) {
    complain(
      context,
      key,
      "no port to route to; expose one, or add traefik.http.services.<name>.loadbalancer.server.port",
    );
    return [];
  }
  const host = route.host ?? `${slug(route.service)}.${domainOf(settings)}`;
  const url = route.answers ? urlOf(settings, host, path) : "";
  const issued = settings.tls.mode === "letsencrypt" || settings.tls.mode === "staging";
  const wildcard = host.startsWith("*.");
  if (issued && (host === "" || (wildcard && settings.tls.dnsProvider === undefined)))
    notices.loss(
      at.service,
      at.key,
      host === ""
        ? "no certificate is issued for a rule without a host; add Host(`…`), or give a certificate in berth:tls"
        : `no certificate is issued for ${host}; name the provider of its DNS in berth:tls.dnsProvider`,
    );
  return [
    {
      ...routeDefaults,
      name: route.service,
      host,
      path,
      service: route.service,
      port,
      url,
      sticky,
      ...(rule === undefined ? {} : { rule }),
      ...(priority === undefined ? {} : { priority }),
      ...(scheme === undefined ? {} : { scheme }),
      ...(passHost ? {} : { passHost }),
      ...(middlewares.length === 0 ? {} : { middlewares }),
    },
  ];
}
