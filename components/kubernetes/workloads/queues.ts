import type { Plan, Service } from "../../plan/plan";
import type { Autoscale, EngineName } from "../../settings/settings";

/** KEDA's namespace; policies admit it to the queues it counts. */
export const kedaNamespace = "keda";

export interface Queue {
  /** The service whose queue it is. */
  readonly service: string;
  readonly engine: EngineName;
}

/** The services whose queues decide how many pods others have; the plan has refused any that holds none. */
export function queues({ services, databases }: Plan): Queue[] {
  const found = new Map<string, Queue>();
  for (const { autoscale } of services) {
    const asked = autoscale?.queue?.service;
    if (asked === undefined) continue;
    const engine =
      databases.find(({ service }) => service === asked)?.engine ??
      services.find((service) => service.name === asked)?.engine;
    if (engine !== undefined) found.set(asked, { service: asked, engine });
  }
  return [...found.values()];
}

/**
 * The number of the Redis database that a service's queue is in: of the URL in its environment, first of the
 * variable that speaks of a broker or a queue.
 */
export function redisDatabase(service: Service, queue: NonNullable<Autoscale["queue"]>): string {
  const url = new RegExp(`${queue.service.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}:\\d+/(\\d+)`);
  const variables = Object.entries(service.environment).sort(
    ([a], [b]) => Number(/BROKER|QUEUE/i.test(b)) - Number(/BROKER|QUEUE/i.test(a)),
  );
  for (const [, value] of variables) {
    const number = url.exec(value)?.[1];
    if (number !== undefined) return number;
  }
  return "0";
}
