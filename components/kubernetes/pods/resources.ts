import type * as kubernetes from "@pulumi/kubernetes";
import type { Service } from "../../plan/plan";

type Requirements = kubernetes.types.input.core.v1.ResourceRequirements;

/**
 * What a container asks for, which decides where it fits, and its limits where the file sets any. The memory
 * request equals the limit: a pod that uses more than its request is evicted first when a node runs out of memory.
 */
export function resources({ compose, memory, cpu, autoscale, engine }: Service): Requirements {
  // An autoscaler's percentage is of what is asked for.
  const usualCpu = autoscale?.cpu === undefined ? 0.05 : 0.25;
  const usualMemory = engine === undefined ? 128 : 256;
  const cpus = Math.max(0.001, cpu?.request ?? Math.min(cpu?.limit ?? usualCpu, usualCpu));
  const mebibytes = Math.max(1, memory?.request ?? memory?.limit ?? usualMemory);
  const gpus = gpuCount(compose);
  const limits = {
    ...(cpu?.limit === undefined ? {} : { cpu: quantity(Math.max(cpu.limit, cpus)) }),
    ...(memory?.limit === undefined ? {} : { memory: `${Math.max(memory.limit, mebibytes)}Mi` }),
    ...(gpus === 0 ? {} : { "nvidia.com/gpu": String(gpus) }),
  };
  return {
    requests: { cpu: quantity(cpus), memory: `${mebibytes}Mi` },
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}

/**
 * What one of Berth's own containers asks for, and the most memory that it may use. Of the node's disk they need
 * what their logs take, which are 50 MiB at most.
 */
export function ownResources(cpu: string, memory: string, most: string): Requirements {
  return {
    requests: { cpu, memory, "ephemeral-storage": "16Mi" },
    limits: { memory: most, "ephemeral-storage": "512Mi" },
  };
}

const quantity = (cpus: number): string => `${Math.max(1, Math.round(cpus * 1000))}m`;

function gpuCount({ gpus, deploy }: Service["compose"]): number {
  const asked = [
    ...(gpus ?? []),
    ...(deploy?.resources?.reservations?.devices ?? []).filter(({ capabilities }) =>
      capabilities.includes("gpu"),
    ),
  ];
  // Pods cannot share a GPU: "all" means one.
  return asked.reduce((sum, { count, device_ids }) => {
    const number = count ?? device_ids?.length ?? 1;
    return sum + (number > 0 ? number : 1);
  }, 0);
}
