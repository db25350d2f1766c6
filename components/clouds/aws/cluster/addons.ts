import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { makeRole } from "../identity";
import { addonNames, type Versions } from "./versions";

export interface Addons {
  readonly beforeNodes: readonly pulumi.Resource[];
  /** Those that run on nodes, made once there are some. */
  afterNodes(nodes: readonly pulumi.Resource[]): readonly pulumi.Resource[];
}

/** What EKS brings along as add-ons: network policies, identities of pods, disks, metrics. */
export function makeAddons(
  name: string,
  clusterName: pulumi.Output<string>,
  versions: Versions["addons"],
  tags: Readonly<Record<string, string>>,
  child: pulumi.CustomResourceOptions,
): Addons {
  const addon = (
    role: keyof typeof addonNames,
    more: Partial<aws.eks.AddonArgs>,
    dependsOn: readonly pulumi.Resource[],
  ) => {
    const addonName = addonNames[role];
    const addonVersion = versions[addonName];
    return new aws.eks.Addon(
      `${name}-${role}`,
      {
        clusterName,
        addonName,
        // Without it, an add-on would stay at its first version.
        ...(addonVersion !== undefined && { addonVersion }),
        // The cluster comes with some of them, unmanaged.
        resolveConflictsOnCreate: "OVERWRITE",
        resolveConflictsOnUpdate: "OVERWRITE",
        tags,
        ...more,
      },
      // A cluster has each add-on once.
      { ...child, dependsOn: [...dependsOn], deleteBeforeReplace: true },
    );
  };
  const identity = addon("pod-identity", {}, []);
  const networkRole = makeRole(
    `${name}-network-role`,
    "pods.eks.amazonaws.com",
    ["AmazonEKS_CNI_Policy"],
    tags,
    child,
  );
  const network = addon(
    "network",
    {
      podIdentityAssociations: [{ roleArn: networkRole.arn, serviceAccount: "aws-node" }],
      configurationValues: JSON.stringify({
        // Off by default: NetworkPolicies would be there and do nothing.
        enableNetworkPolicy: "true",
        // Sixteen addresses at a time: one by one a t3.medium has room for 17 pods.
        env: { ENABLE_PREFIX_DELEGATION: "true", WARM_PREFIX_TARGET: "1" },
      }),
    },
    [identity, ...networkRole.rights],
  );
  const storageRole = makeRole(
    `${name}-storage-role`,
    "pods.eks.amazonaws.com",
    ["service-role/AmazonEBSCSIDriverPolicy"],
    tags,
    child,
  );
  return {
    beforeNodes: [network, identity],
    afterNodes: (nodes) => [
      addon(
        "storage",
        {
          // The class of claims that are older than the cluster's own (storage.ts).
          configurationValues: JSON.stringify({ defaultStorageClass: { enabled: true } }),
          podIdentityAssociations: [
            { roleArn: storageRole.arn, serviceAccount: "ebs-csi-controller-sa" },
          ],
        },
        [...nodes, ...storageRole.rights],
      ),
      addon("metrics", {}, nodes),
    ],
  };
}
