import type { Catalog } from "../../model/catalog";
import { complain, type Context } from "../context";
import type { ClusterPlan, Service } from "../plan";
import { capacityOf } from "./machine-type";

/**
 * Problems for pods that no node of the cluster has room for: they would wait for one forever, and an update with
 * them. Near the size of a node it is a notice, as what Kubernetes keeps for itself differs by cloud.
 */
export function checkNodeFit(
  context: Context,
  services: readonly Service[],
  cluster: ClusterPlan,
): void {
  const { settings, catalog, notices } = context;
  checkPodCount(context, services, cluster);
  const { nodeType } = cluster;
  const { cpus: has, memory: holds } = capacityOf(catalog, nodeType, "cluster");
  // The nodes of a cluster that exists are its own.
  if (settings.cloud === "local" || has === undefined || holds === undefined) return;
  const larger = `take a larger node in berth:nodes.size${largerThan(catalog, nodeType)}, or ask for less`;
  const capacity = holds * 1024;
  const room = capacity - keptMemory(capacity);
  for (const pod of pods(services)) {
    const [{ name }] = pod;
    const shared =
      pod.length > 1
        ? `with ${pod
            .slice(1)
            .map((one) => one.name)
            .join(", ")}, `
        : "";
    const cpus = sum(pod, ({ cpu }) => cpu?.request ?? 0);
    // Kubernetes keeps a part of a processor on every cloud.
    if (cpus >= has)
      complain(
        context,
        `services.${name}.deploy.resources.reservations.cpus`,
        `${shared}${cpus} processors: a node ${nodeType} has ${has} and keeps some for Kubernetes, so that the pod would start nowhere; ${larger}`,
      );
    const memory = sum(pod, ({ memory: asked }) => asked?.request ?? asked?.limit ?? 0);
    const key = memoryKey(pod[0]);
    const of = `${shared}${memory} MiB: a node ${nodeType} has ${capacity} MiB`;
    if (memory >= capacity)
      complain(
        context,
        `services.${name}.${key}`,
        `${of}, so that the pod would start nowhere; ${larger}`,
      );
    else if (memory > room)
      notices.loss(
        name,
        key,
        `${of}, of which Kubernetes keeps up to ${capacity - room}: the pod may start nowhere; ${larger}`,
      );
  }
}

/** Pods of every node that are the system's: of the network, disks, identities, names, metrics. */
const systemPods = 10;

/** A notice where the nodes hold fewer pods than run at the least, however small these are. */
function checkPodCount(
  { settings: { cloud }, catalog, notices }: Context,
  services: readonly Service[],
  { nodeType, max }: ClusterPlan,
): void {
  if (cloud === "local") return;
  const each = (catalog.machineTypes[nodeType]?.pods ?? catalog.podsPerNode) - systemPods;
  const wanted = pods(services)
    .filter(([{ rollout }]) => rollout !== "daemon" && rollout !== "cron" && rollout !== "job")
    .reduce((total, [{ replicas }]) => total + replicas, 0);
  if (wanted > each * max)
    notices.loss(
      null,
      "nodes.max",
      `${wanted} pods run at the least, and ${max} nodes ${nodeType} hold ${each * max}: the others wait for a node forever; raise it to ${Math.ceil(wanted / each)}`,
    );
}

/** Services that share a network are one pod. */
function pods(services: readonly Service[]): [Service, ...Service[]][] {
  return services
    .filter(({ sharesNetworkOf }) => sharesNetworkOf === undefined)
    .map((owner) => [
      owner,
      ...services.filter(({ sharesNetworkOf }) => sharesNetworkOf === owner.name),
    ]);
}

const sum = (pod: readonly Service[], part: (service: Service) => number): number =>
  Number(pod.reduce((total, service) => total + part(service), 0).toFixed(3));

/** Where the file says what memory a container asks for: the limit counts where there is no reservation. */
function memoryKey({ compose: { deploy, mem_reservation } }: Service): string {
  if (deploy?.resources?.reservations?.memory !== undefined)
    return "deploy.resources.reservations.memory";
  if (mem_reservation !== undefined) return "mem_reservation";
  return deploy?.resources?.limits?.memory === undefined
    ? "mem_limit"
    : "deploy.resources.limits.memory";
}

/**
 * MiB that a node keeps for Kubernetes and its system: what GKE publishes, the most of the clouds
 * (https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes).
 */
function keptMemory(capacity: number): number {
  const steps = [
    [4096, 0.25],
    [4096, 0.2],
    [8192, 0.1],
    [114688, 0.06],
  ] as const;
  let left = capacity;
  let kept = 100;
  for (const [step, share] of steps) {
    kept += Math.min(left, step) * share;
    left = Math.max(0, left - step);
  }
  return Math.round(kept);
}

/** Types of the catalog that have more, the cheapest first. */
function largerThan(catalog: Catalog, nodeType: string): string {
  const { machineTypes } = catalog;
  const { cpus = 0, memory = 0 } = capacityOf(catalog, nodeType, "cluster");
  const larger = Object.entries(machineTypes)
    .filter(([, one]) => one.cpus >= cpus && one.memory > memory)
    .sort(([, a], [, b]) => a.monthly - b.monthly)
    .slice(0, 2)
    .map(([name]) => name);
  return larger.length === 0 ? "" : ` (${larger.join(", ")})`;
}
