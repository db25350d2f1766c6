import type { CloudControllers } from "../cloud/controllers";
import type { KubernetesObject } from "../../rig/kube/api";
import type { World } from "../cloud/world";

/** What EKS makes in the account, by types of their own: Pulumi knows nothing of it. */
export const balancer = "eks/made:LoadBalancer";

const annotation = ({ metadata }: KubernetesObject, key: string): string[] =>
  (metadata.annotations?.[`service.beta.kubernetes.io/aws-load-balancer-${key}`] ?? "")
    .split(",")
    .filter((id) => id !== "");

const runs = (world: World): boolean => world.things("aws:eks/cluster:Cluster").length > 0;

export const balancers: CloudControllers = {
  disk: "eks/made:Volume",
  runs,
  // Its controller is a pod: it wants nodes, and its add-on.
  drives: (world) =>
    runs(world) &&
    world.things("aws:eks/nodeGroup:NodeGroup").length > 0 &&
    world
      .things("aws:eks/addon:Addon")
      .some(({ inputs }) => inputs.addonName === "aws-ebs-csi-driver"),
  balancerOf: (service) => ({
    type: balancer,
    name: service.metadata.name,
    id: service.metadata.uid!,
    inputs: {
      subnetIds: annotation(service, "subnets"),
      allocationIds: annotation(service, "eip-allocations"),
    },
    outputs: {},
  }),
};
