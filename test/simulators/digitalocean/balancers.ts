import type { CloudControllers } from "../cloud/controllers";
import type { World } from "../cloud/world";

const balancer = "digitalocean:index/loadBalancer:LoadBalancer";
const cluster = "digitalocean:index/kubernetesCluster:KubernetesCluster";
const runs = (world: World): boolean => world.things(cluster).length > 0;

export const balancers: CloudControllers = {
  disk: "doks/made:Volume",
  runs,
  // In the control plane, as the Service controller is.
  drives: runs,
  // A Service takes over the balancer that its annotation names, and deletes it when it goes itself.
  balancerOf: ({ metadata: { name, uid, annotations } }, world) => {
    const id = annotations?.["kubernetes.digitalocean.com/load-balancer-id"];
    const inputs = { vpcUuid: world.things(cluster)[0]!.inputs.vpcUuid };
    return world.get(balancer, id) ?? { type: balancer, name, id: id ?? uid!, inputs, outputs: {} };
  },
};
