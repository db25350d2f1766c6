import type { Footprint } from "../../model/quota";
import type { Context } from "../context";
import type { ClusterPlan, Machine, Volume } from "../plan";

/** A notice for each quota of a new account that the stack alone exceeds: `up` would stop halfway at it. */
export function checkQuotas(
  { catalog, settings: { cloud }, notices }: Context,
  machine: Machine | null,
  cluster: ClusterPlan | null,
  volumes: readonly Volume[],
): void {
  const { quotas, machineTypes } = catalog;
  const type = cluster?.nodeType ?? machine?.type;
  if (quotas === undefined || type === undefined) return;
  const machines = cluster?.min ?? 1;
  const stack: Footprint = {
    cluster: cluster !== null,
    machines,
    // A type that is not in the list is one that the list says nothing of.
    cpus: machines * (machineTypes[type]?.cpus ?? 0),
    disks:
      cluster === null
        ? (machine?.disk ?? 0)
        : volumes.reduce((sum, volume) => sum + volume.size, 0),
  };
  for (const { what, limit, uses } of quotas.limits) {
    const used = uses(stack);
    if (used > limit)
      notices.info(
        null,
        cluster === null ? "machine" : "nodes",
        `the stack uses ${used} ${what}, and a new account of ${cloud} has ${limit} (${quotas.date}); ask for more before up, if yours is new: ${quotas.more}`,
      );
  }
}
