import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** The class of volumes that no `class` is stated for. */
export const storageClass = "gp3-encrypted";

/**
 * The cluster's default class: the storage driver's own, `ebs-csi-default-sc`, encrypts only where the account does
 * by default. That one stays for claims that were made with it; of two defaults Kubernetes takes the newer.
 */
export function makeStorageClass(
  name: string,
  provider: kubernetes.Provider,
  parent: pulumi.Resource,
  driver: readonly pulumi.Resource[],
): pulumi.Resource {
  return new kubernetes.storage.v1.StorageClass(
    `${name}-storage-class`,
    {
      metadata: {
        name: storageClass,
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: "ebs.csi.aws.com",
      parameters: { type: "gp3", encrypted: "true" },
      allowVolumeExpansion: true,
      // A volume is made in the zone of its first pod.
      volumeBindingMode: "WaitForFirstConsumer",
      reclaimPolicy: "Delete",
    },
    // A class cannot be changed, and its name is taken while it stands.
    { parent, provider, dependsOn: [...driver], deleteBeforeReplace: true },
  );
}
