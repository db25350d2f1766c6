import type { App } from "../../../components/compose/app";
import type { Middleware } from "../../../components/plan/plan";
import type { Settings } from "../../../components/settings/settings";
import { planOf, problemsOf, type Loose } from "../make";

/** A service with these labels, which listens on 80. */
export const service = (labels: Record<string, string>, more: Loose = {}): Loose => ({
  restart: "always",
  expose: ["80"],
  labels,
  ...more,
});

const http = "traefik.http.";

/** A router `shop` with these middlewares, whose options are labels below `traefik.http.middlewares.`. */
export const guarded = (
  middlewares: string,
  options: Record<string, string> = {},
): Record<string, string> => ({
  [`${http}routers.shop.rule`]: "Host(`shop.example`)",
  [`${http}routers.shop.middlewares`]: middlewares,
  ...Object.fromEntries(
    Object.entries(options).map(([name, value]) => [`${http}middlewares.${name}`, value]),
  ),
});

/** The middlewares of the only route. */
export function carried(
  services: Record<string, Loose>,
  set: Partial<Settings> = {},
): readonly Middleware[] {
  const { routes } = planOf(services, set);
  if (routes.length !== 1) throw new Error(`${routes.length} routes`);
  return routes[0]!.middlewares ?? [];
}

/** `key: message` without what every refusal says. */
export function refusals(
  services: Record<string, Loose>,
  set: Partial<Settings> = {},
  more: Partial<App> = {},
): string[] {
  return problemsOf(services, set, more).map((problem) =>
    problem.replace(/, and the route would be open without it; write the guard .*/, ""),
  );
}

/** `level service.key` of each notice, without the labels' common start. */
export function notices(services: Record<string, Loose>, set: Partial<Settings> = {}): string[] {
  return planOf(services, set).notices.map(
    ({ level, service: name, key }) =>
      `${level} ${name ?? ""}.${key.replace("labels.traefik.", "")}`,
  );
}

export const port = (target: number, published = String(target), host_ip?: string) => ({
  mode: "ingress",
  target,
  published,
  protocol: "tcp",
  ...(host_ip === undefined ? {} : { host_ip }),
});
