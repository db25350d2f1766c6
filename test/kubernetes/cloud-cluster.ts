import type { Thing, World } from "../simulators/cloud/world";
import type { Properties } from "../simulators/values";
import type { Access } from "../rig/kube/access";

/** By the type of a cloud's cluster: what it says of its API server. */
const says: Readonly<Record<string, (access: Access, outputs: Properties) => Properties>> = {
  "aws:eks/cluster:Cluster": ({ server, authority }) => ({
    endpoint: server,
    certificateAuthority: { data: authority },
  }),
  "gcp:container/cluster:Cluster": ({ server, authority }, { masterAuth }) => ({
    endpoint: new URL(server).host,
    masterAuth: { ...(masterAuth as Properties), clusterCaCertificate: authority },
  }),
  "digitalocean:index/kubernetesCluster:KubernetesCluster": (
    { server, authority },
    { kubeConfigs },
  ) => ({
    endpoint: server,
    kubeConfigs: (kubeConfigs as Properties[]).map((one) => ({
      ...one,
      host: server,
      clusterCaCertificate: authority,
    })),
  }),
};

/** Lets a cluster that a simulated cloud has made lead to an API server that answers. */
export function lead(world: World, { type, name, outputs }: Thing, access: Access): void {
  const own = says[type]?.(access, outputs);
  if (own !== undefined) world.change(type, name, { outputs: own });
}
