import { complain, type Context } from "../../context";
import type { Service } from "../../plan";
import { isEdge } from "../own-edge";
import { lose, refuse, switchOf, tell, type Labels, type Source } from "./label";
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
  if (!runs || isEdge(labels.service, compose)) {
    for (const label of labels.find(/\.(routers\.[^.]+|frontend)\.rule$/))
      lose(context, label, `no route is made: ${labels.service} itself does not run here`);
    return { ...nothing, routers: true };
  }
  const later = labels.find(/^traefik\.http\.(routers|services)\./).length > 0;
  if (later) tellLegacyUnused(reading, labels);
  const routes = later ? readRouters(reading, labels) : readFrontends(reading, labels);
  return { enabled, routers: described, effective: true, routes };
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
