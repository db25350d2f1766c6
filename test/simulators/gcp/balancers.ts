import type { CloudControllers } from "../cloud/controllers";
import { at } from "../../rig/kube/at";
import type { World } from "../cloud/world";

/** What GKE makes in the project, by types of their own: forwarding rules and the firewall rules to them. */
export const balancer = "gke/made:ForwardingRule";

const cluster = "gcp:container/cluster:Cluster";
const runs = (world: World): boolean => world.things(cluster).length > 0;

export const balancers: CloudControllers = {
  disk: "gke/made:Disk",
  runs,
  // In the control plane, as the Service controller is.
  drives: runs,
  balancerOf: (service, world) => ({
    type: balancer,
    name: service.metadata.name,
    id: service.metadata.uid!,
    inputs: {
      network: world.things(cluster)[0]!.inputs.network,
      address: at(service, "spec.loadBalancerIP"),
    },
    outputs: {},
  }),
};
