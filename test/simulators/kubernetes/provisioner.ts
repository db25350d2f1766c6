import { setTimeout as sleep } from "node:timers/promises";
import type { Api, KubernetesObject } from "./api";
import { at } from "./immutable";

/**
 * Stands for the clouds' storage drivers: gives a claim its volume once a pod that wants it has a node.
 *
 * @param provisioner The storage classes' provisioner that it answers for.
 * @returns ends it.
 */
export function provision(api: Api, provisioner: string): () => Promise<void> {
  let going = true;
  const run = async (): Promise<void> => {
    while (going) {
      for (const claim of await api.list("v1", "PersistentVolumeClaim"))
        if (waits(claim, provisioner)) await api.apply(volumeFor(claim));
      await sleep(200);
    }
  };
  const running = run().catch((error: unknown) => {
    if (going) console.error(`storage: ${(error as Error).message}`);
  });
  return async () => {
    going = false;
    await running;
  };
}

const selected = "volume.kubernetes.io/selected-node";

function waits({ metadata, status }: KubernetesObject, provisioner: string): boolean {
  const { annotations = {} } = metadata;
  return (
    at(status, "phase") === "Pending" &&
    annotations[selected] !== undefined &&
    annotations["volume.kubernetes.io/storage-provisioner"] === provisioner
  );
}

function volumeFor({ metadata, spec }: KubernetesObject): KubernetesObject {
  const { name, namespace, uid } = metadata;
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `pvc-${uid ?? ""}` },
    spec: {
      capacity: { storage: at(spec, "resources.requests.storage") },
      accessModes: at(spec, "accessModes"),
      storageClassName: at(spec, "storageClassName"),
      persistentVolumeReclaimPolicy: "Retain",
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", name, namespace, uid },
      hostPath: { path: `/volumes/${uid ?? ""}` },
    },
  };
}
