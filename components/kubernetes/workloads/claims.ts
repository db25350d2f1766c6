import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { growsOnly } from "../../model/grows-only";
import type { Plan, Service, Volume } from "../../plan/plan";
import { objectName } from "../names";
import { metadata, options, type Scope } from "../scope";

interface ClaimSpec {
  readonly resources?: { readonly requests?: Readonly<Record<string, unknown>> };
}

/**
 * The claims of a plan's volumes, by Compose name; a volume that an image fills has none
 * (decisions.md: shared-volumes).
 */
export type Claims = ReadonlyMap<string, pulumi.Output<string>>;

/**
 * A claim for each volume: a resource of its own, protected, which no workload's deletion takes along
 * (decisions.md: kubernetes-waits). It is bound with its first pod, so the update does not wait for it.
 */
export function makeClaims(scope: Scope, parent: pulumi.Resource): Claims {
  const { plan, cluster, name } = scope;
  const claims = new Map<string, pulumi.Output<string>>();
  for (const volume of plan.volumes) {
    if (volume.filledBy !== undefined) continue;
    if (volume.external !== undefined) {
      claims.set(volume.name, pulumi.output(volume.external));
      continue;
    }
    const storageClass =
      volume.class ?? (volume.shared ? cluster.sharedStorageClass : cluster.storageClass);
    const { formerNames } = volume;
    const claim = new kubernetes.core.v1.PersistentVolumeClaim(
      `${name}-volume-${volume.name}`,
      {
        metadata: metadata(scope, objectName(volume.name), {
          annotations: { "pulumi.com/skipAwait": "true" },
        }),
        spec: {
          accessModes: [volume.shared ? "ReadWriteMany" : "ReadWriteOnce"],
          ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
          resources: { requests: { storage: `${volume.size}Gi` } },
        },
      },
      options(scope, parent, {
        protect: plan.settings.protect,
        hooks: growsOnly(
          `${name}-volume-${volume.name}`,
          `volumes.${volume.name}.size`,
          ({ spec }) => (spec as ClaimSpec).resources?.requests?.["storage"],
        ),
        ignoreChanges: [
          // Set by the cluster when the volume exists.
          "spec.volumeName",
          // A claim keeps the class that it was made with, also when the cloud's default is another one.
          ...(volume.class === undefined ? ["spec.storageClassName"] : []),
          // An older claim of a folder keeps its name (decisions.md: folder-volumes).
          ...(formerNames === undefined ? [] : ["metadata.name"]),
        ],
        ...(formerNames === undefined
          ? {}
          : { aliases: formerNames.map((other) => ({ name: `${name}-volume-${other}` })) }),
      }),
    );
    claims.set(volume.name, claim.metadata.name);
  }
  return claims;
}

/** The volumes of a service that only one node can mount at a time. */
export function oneNodeVolumes({ volumes }: Plan, service: Service): Volume[] {
  return volumes.filter(
    ({ name, shared, filledBy }) =>
      !shared &&
      filledBy === undefined &&
      service.mounts.some((mount) => mount.kind === "volume" && mount.volume === name),
  );
}

/** Whether a service writes to a volume that only one node can mount: then it is a StatefulSet. */
export function ownsVolume(plan: Plan, service: Service): boolean {
  return oneNodeVolumes(plan, service).some(({ name }) =>
    service.mounts.some(
      (mount) => mount.kind === "volume" && mount.volume === name && !mount.readOnly,
    ),
  );
}
