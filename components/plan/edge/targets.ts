import type { Plan } from "../plan";

/** A service's port that the edge calls. */
export interface Target {
  readonly service: string;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
}

/** What the edge calls: the services of routes, those that are asked whether a request may pass, and open ports. */
export function edgeTargets({ edge, routes }: Pick<Plan, "edge" | "routes">): Target[] {
  const tcp = (service: string, port: number): Target => ({ service, port, protocol: "tcp" });
  return [
    // A redirect leads to none.
    ...routes
      .filter(({ service }) => service !== "")
      .map(({ service, port }) => tcp(service, port)),
    ...routes.flatMap(({ middlewares = [] }) =>
      middlewares.flatMap(({ asks }) =>
        asks?.service === undefined ? [] : [tcp(asks.service, asks.port)],
      ),
    ),
    ...(edge?.openPorts ?? []).map(({ service, target, protocol }) => ({
      service,
      port: target,
      protocol,
    })),
  ];
}

/** Whether the edge asks a host outside whether a request may pass. */
export function asksOutside({ routes }: Pick<Plan, "routes">): boolean {
  return routes.some(({ middlewares = [] }) =>
    middlewares.some(({ asks }) => asks?.outside !== undefined),
  );
}
