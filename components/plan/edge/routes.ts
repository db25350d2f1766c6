import type { RouteSetting } from "../../settings/settings";
import { complain, type Context } from "../context";
import { slug } from "../../model/units";
import type { Route, Service } from "../plan";
import { isEdge } from "./own-edge";
import { readLabels, type LabelledRoute } from "./labels";
import { checkPublishedPorts } from "./closed-ports";
import { publishedRoutes, refuseApart, webPort } from "./published-ports";
import { routeDefaults } from "./route-defaults";
import { domainOf, shown, urlOf } from "./urls";

/** Routes of the config when it states any; else Traefik labels, then published web ports, service by service. */
export function planRoutes(context: Context, services: readonly Service[]): Route[] {
  const { settings } = context;
  const found = settings.stated.has("routes")
    ? settings.routes.flatMap((setting) => stated(context, services, setting))
    : services.flatMap((service) => derived(context, service));
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
    return { ...route, name: names(route) };
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
  const { host, path, service: name, port, ...rest } = setting;
  if (setting.redirect !== undefined && name === "")
    return [
      {
        ...routeDefaults,
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
      ...routeDefaults,
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

function derived(context: Context, service: Service): Route[] {
  const { compose, name, rollout } = service;
  const { routes, unknown } = readLabels(compose);
  for (const label of unknown)
    context.notices.loss(
      name,
      `labels.${label}`,
      "is not supported by Berth's edge; use berth:routes, or accept it",
    );
  if (isEdge(name, compose)) return [];
  if (routes.length > 0) return routes.flatMap((route) => labelled(context, service, route));
  if (rollout === "job" || rollout === "cron") return [];
  return publishedRoutes(context, service);
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
      ...routeDefaults,
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
