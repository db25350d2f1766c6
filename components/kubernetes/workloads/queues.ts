import type { EngineName } from "../../model/engine-name";
import type { Plan } from "../../plan/plan";

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
