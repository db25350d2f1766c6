import type { Thing, World } from "./world";
import type { Api, KubernetesObject } from "../../rig/kube/api";
import { at } from "../../rig/kube/at";

/** What a cloud makes for Services of its clusters, without anybody telling Pulumi. */
export interface Balancers {
  /** Whether the cluster's controllers run: they are in its control plane. */
  runs(world: World): boolean;
  /** The balancer that a Service gets; its own, or one that it takes over. */
  balancerOf(service: KubernetesObject, world: World): Thing;
}

const finalizer = "service.kubernetes.io/load-balancer-cleanup";

/**
 * One look of a cloud's Service controller: a Service of type LoadBalancer has a balancer in the cloud, and is not
 * gone before that is.
 */
export async function balance(api: Api, world: World, balancers: Balancers): Promise<void> {
  if (!balancers.runs(world)) return;
  for (const service of await api.list("v1", "Service")) {
    const { deletionTimestamp, finalizers = [] } = service.metadata;
    const held = finalizers.includes(finalizer);
    if (deletionTimestamp === undefined) {
      if (held || at(service, "spec.type") !== "LoadBalancer") continue;
      const thing = balancers.balancerOf(service, world);
      if (world.get(thing.type, thing.id) === undefined) world.add(thing);
      world.tell("balancer of a Service", thing);
      await api.edit(service, { metadata: { finalizers: [...finalizers, finalizer] } });
    } else if (held) {
      const thing = balancers.balancerOf(service, world);
      world.remove(thing.type, thing.id);
      world.tell("balancer deleted", thing);
      const left = finalizers.filter((one) => one !== finalizer);
      await api.edit(service, { metadata: { finalizers: left } });
    }
  }
}
