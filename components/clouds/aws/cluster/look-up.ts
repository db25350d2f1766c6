import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../../plan/plan";
import { clusterName } from "../network";
import { accessOfMaker } from "./access";
import { hasOwnLogs } from "./logs";
import { findVersions, usualVersions, type Versions } from "./versions";

/** What EKS has made by itself, so that it is not made twice. */
export interface Found {
  /** Those of `admins` whom it gives access as the cluster's makers. */
  readonly makers: readonly string[];
  /** Whether the group of the control plane's logs is its own. */
  readonly logs: boolean;
  readonly versions: Versions;
}

/** Before anything is looked up. */
export const nothing: Found = { makers: [], logs: false, versions: usualVersions };

/** An account that does not answer counts as one that has nothing: making it reports that better. */
export async function lookUp(plan: Plan, provider: pulumi.ProviderResource): Promise<Found> {
  const cluster = clusterName(plan);
  const [makers, logs, versions] = await Promise.all([
    accessOfMaker(cluster, plan.cluster?.admins ?? [], provider).catch(() => []),
    hasOwnLogs(cluster, provider).catch(() => false),
    findVersions(cluster, provider),
  ]);
  for (const one of makers)
    void pulumi.log.info(`admins: ${one} has access as the cluster's maker, which stays as it is`);
  return { makers, logs, versions };
}
