import type { Api, KubernetesObject } from "./api";
import { at } from "./at";

/** What a cloud's storage driver does with the disks behind claims. */
export interface Disks {
  /** Whether the driver runs: without nodes, or without its add-on, some do not. */
  runs(): boolean;
  made(volume: KubernetesObject): void;
  deleted(volume: KubernetesObject): void;
}

const noDisks: Disks = { runs: () => true, made: () => undefined, deleted: () => undefined };

/**
 * One look of the clouds' storage drivers: gives a claim its volume once a pod that wants it has a node, and deletes
 * the volume once its claim is gone.
 *
 * @param provisioner The storage classes' provisioner that it answers for.
 */
export async function provision(
  api: Api,
  provisioner: string,
  disks: Disks = noDisks,
): Promise<void> {
  if (!disks.runs()) return;
  for (const claim of await api.list("v1", "PersistentVolumeClaim")) {
    if (waits(claim, provisioner)) disks.made(await api.apply(volumeFor(claim, provisioner)));
    if (grows(claim)) await grow(api, claim);
  }
  for (const volume of await api.list("v1", "PersistentVolume"))
    if (volume.metadata.annotations?.[by] === provisioner && released(volume)) {
      await api.delete(volume);
      disks.deleted(volume);
    }
}

const selected = "volume.kubernetes.io/selected-node";
const by = "pv.kubernetes.io/provisioned-by";

const released = ({ metadata, status }: KubernetesObject): boolean =>
  metadata.deletionTimestamp === undefined && at(status, "phase") === "Released";

function waits({ metadata, status }: KubernetesObject, provisioner: string): boolean {
  const { annotations = {} } = metadata;
  return (
    at(status, "phase") === "Pending" &&
    annotations[selected] !== undefined &&
    annotations["volume.kubernetes.io/storage-provisioner"] === provisioner
  );
}

const grows = ({ spec, status }: KubernetesObject): boolean =>
  at(status, "phase") === "Bound" &&
  at(spec, "resources.requests.storage") !== at(status, "capacity.storage");

/** What the driver's resizer does: the volume first, then the claim's own word. */
async function grow(api: Api, claim: KubernetesObject): Promise<void> {
  const { spec } = claim;
  const capacity = { storage: at(spec, "resources.requests.storage") };
  const volume = { ...claim, kind: "PersistentVolume", metadata: { name: volumeName(claim) } };
  await api.edit(volume, { spec: { capacity } });
  await api.edit(claim, { status: { capacity } }, "status");
}

const volumeName = ({ metadata }: KubernetesObject): string => `pvc-${metadata.uid ?? ""}`;

function volumeFor(claim: KubernetesObject, provisioner: string): KubernetesObject {
  const { metadata, spec } = claim;
  const { name, namespace, uid } = metadata;
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: volumeName(claim), annotations: { [by]: provisioner } },
    spec: {
      capacity: { storage: at(spec, "resources.requests.storage") },
      accessModes: at(spec, "accessModes"),
      storageClassName: at(spec, "storageClassName"),
      persistentVolumeReclaimPolicy: "Delete",
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", name, namespace, uid },
      hostPath: { path: `/volumes/${uid ?? ""}` },
    },
  };
}
