import type { Service as ComposeService } from "../../../compose/app";
import { complain, type Context } from "../../context";
import type { Service } from "../../plan";
import { isEdge } from "../own-edge";
import { labelsOf, lose, refuse, switchOf, tell, type Labels, type Source } from "./label";
import { readFrontends, tellLegacyRest, tellLegacyUnused } from "./legacy";
import { readingOf, type Reading } from "./reading";
import type { LabelledRoute } from "./route";
import { readRouters, tellRest } from "./routers";
import { tellTransport } from "./transport";

/** What the labels of one service say. */
export interface Labelled {
  /** False where `traefik.enable` is. */
  readonly enabled: boolean;
  /** Whether they describe routers at all: then published ports make no routes. */
  readonly routers: boolean;
  /** Whether the labels have any effect. */
  readonly effective: boolean;
  readonly routes: readonly LabelledRoute[];
}

/**
 * Reads the Traefik labels of all services. Each label becomes a part of a route, or has no meaning here, or draws a
 * notice; a guard that cannot be carried over is a problem.
 */
export function readLabels(
  context: Context,
  services: readonly Service[],
): ReadonlyMap<string, Labelled> {
  const reading = readingOf(context);
  const found = new Map<string, Labelled>();
  const running = new Set(services.map(({ name }) => name));
  for (const labels of reading.all)
    found.set(labels.service, readService(reading, labels, running.has(labels.service)));
  // Now it is known which middlewares have a route.
  for (const labels of reading.all)
    if (found.get(labels.service)!.effective) tellAll(reading, labels);
  if (reading.own?.unread !== undefined && [...found.values()].some(({ routers }) => routers))
    refuse(
      context,
      reading.own.unread,
      "the file of Traefik's options is not read, and middlewares of its entrypoints may be in it",
    );
  const routes = unique(
    context,
    [...found.values()].flatMap((one) => one.routes),
  );
  return new Map(
    [...found].map(([name, one]) => [
      name,
      { ...one, routes: one.routes.filter((route) => routes.has(route)).map(ordered(routes)) },
    ]),
  );
}

function readService(reading: Reading, labels: Labels, runs: boolean): Labelled {
  const { context, own } = reading;
  const compose = context.app.services[labels.service]!;
  const enable = labels.take("traefik.enable");
  const enabled = switchOf(enable?.value ?? "true") !== false;
  const described = labels.all.some(({ name }) =>
    /^traefik\.(http\.(routers|services)\.|([^.]+\.)?frontend\.|port$)/.test(name),
  );
  const nothing = { enabled, routers: false, effective: false, routes: [] };
  if (!enabled) return nothing;
  const exposed = own?.options.get("providers.docker.exposedbydefault");
  if (described && enable === undefined && switchOf(exposed?.value ?? "true") === false) {
    tell(
      context,
      labels.all[0]!,
      `no route is made of these labels: traefik.enable is not set, and ${own!.service} has exposedbydefault=false`,
    );
    return nothing;
  }
  if (described && !taken(reading, labels)) return nothing;
  if (!runs || isEdge(labels.service, compose)) {
    tellNotRunning(reading, labels);
    return { ...nothing, routers: true };
  }
  const later = labels.find(/^traefik\.http\.(routers|services)\./).length > 0;
  if (later) tellLegacyUnused(reading, labels);
  const routes = later ? readRouters(reading, labels) : readFrontends(reading, labels);
  return { enabled, routers: described, effective: true, routes };
}

const oneLabel = /^\s*Label\(\s*[`'"]([^`'"]+)[`'"]\s*,\s*[`'"]([^`'"]*)[`'"]\s*\)\s*$/i;

/** Whether the constraints of the file's own Traefik let it take a service's labels. */
function taken({ context, own }: Reading, labels: Labels): boolean {
  for (const provider of ["docker", "swarm"]) {
    const constraints = own?.options.get(`providers.${provider}.constraints`);
    if (constraints === undefined || constraints.value === "") continue;
    const [, name, value] = oneLabel.exec(constraints.value) ?? [];
    if (name === undefined)
      refuse(
        context,
        constraints.at,
        "constraints of more than one label are not read: they keep services from having routes",
        "write the routes in berth:routes",
      );
    else if (labelOf(context.app.services[labels.service]!, labels, name) !== value) {
      const why = `the constraints of ${own!.service} ask for ${name}=${value}`;
      tell(context, labels.all[0]!, `no route is made of these labels: ${why}`);
      return false;
    }
  }
  return true;
}

/** The value of any label, which counts as read. */
function labelOf({ labels: own, deploy }: ComposeService, labels: Labels, name: string) {
  labels.take(name.toLowerCase());
  return own?.[name] ?? deploy?.labels?.[name];
}

/** Notices where routes of the config stand in for routers with middlewares. */
export function tellUnread(context: Context): void {
  for (const labels of labelsOf(context.app))
    for (const label of labels.find(
      /^traefik\.http\.routers\.[^.]+\.middlewares$|\.frontend\.auth\./,
    ))
      tell(
        context,
        label,
        "is not read: berth:routes states all routes, and with what (auth, allow, forwardAuth)",
      );
}

/** Routers of a service that does not run here, such as the dashboard of a Traefik whose place the edge takes. */
function tellNotRunning({ context, middlewares }: Reading, labels: Labels): void {
  for (const label of labels.find(/\.(routers\.[^.]+|frontend)\.rule$/)) {
    const chain = labels.take(label.name.replace(/rule$/, "middlewares"));
    if (chain === undefined || !middlewares.redirects(chain.value))
      lose(context, label, `no route is made: ${labels.service} itself does not run here`);
  }
}

/** Notices for the labels that are no part of a route. */
function tellAll(reading: Reading, labels: Labels): void {
  const { healthcheck } = reading.context.app.services[labels.service]!;
  const healthy = healthcheck?.test !== undefined && healthcheck.disable !== true;
  tellTransport(reading, labels);
  tellLegacyRest(reading, labels, healthy);
  tellRest(reading, labels, healthy);
}

const keyOf = ({ service, host, path, rule }: LabelledRoute): string =>
  JSON.stringify([host ?? service, path, rule]);

/**
 * The routes without those that repeat another: of two routers with one rule Traefik takes that of higher priority,
 * and on the edge, where everything is HTTPS, the one for HTTPS is right. Which of two equal ones has the right guards
 * no one knows: that is a problem.
 */
function unique(context: Context, routes: readonly LabelledRoute[]): ReadonlySet<LabelledRoute> {
  const kept = new Map<string, LabelledRoute>();
  for (const route of routes) {
    const key = keyOf(route);
    const other = kept.get(key);
    if (other === undefined) kept.set(key, route);
    else if (rank(route) > rank(other)) kept.set(key, route);
    else if (rank(route) === rank(other) && differs(route, other))
      refuseTwice(context, route.at, other);
  }
  return new Set(kept.values());
}

const rank = ({ secure, stated, priority }: LabelledRoute): number =>
  (secure ? 2 ** 40 : 0) + (stated ? priority! : 0);

const differs = (a: LabelledRoute, b: LabelledRoute): boolean =>
  a.service === b.service && JSON.stringify(a.middlewares) !== JSON.stringify(b.middlewares);

function refuseTwice(context: Context, at: Source, { router }: LabelledRoute): void {
  complain(
    context,
    `services.${at.service}.${at.key}`,
    `has the same rule as the router ${router} and other middlewares; remove one of them, or give one a higher priority`,
  );
}

/**
 * Traefik asks the router with the longest rule first. Where several routers may match one request, that order is
 * stated: as routes their rules have other lengths.
 */
function ordered(all: ReadonlySet<LabelledRoute>): (route: LabelledRoute) => LabelledRoute {
  return (route) => {
    if (route.stated || route.priority === undefined) return route;
    const rivals = [...all].filter(
      (other) =>
        (other.router !== route.router || other.service !== route.service) &&
        (isVague(other) || isVague(route) || other.host === route.host),
    );
    if (rivals.length > 0) return route;
    const { priority: _length, ...rest } = route;
    return rest;
  };
}

const isVague = ({ host }: LabelledRoute): boolean =>
  host === "" || host?.startsWith("*.") === true;
