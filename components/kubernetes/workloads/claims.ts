import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Plan, Service, Volume } from "../../plan/plan";
import { objectName } from "../names";
import { metadata, options, type Scope } from "../scope";

/**
 * The claims of a plan's volumes, by Compose name; a volume that an image fills has none
 * (decisions.md: shared-volumes).
 */
export type Claims = ReadonlyMap<string, pulumi.Output<string>>;

/**
 * A claim for each volume: a resource of its own, protected, which no workload's deletion takes along
 * (decisions.md: kubernetes-waits). It waits for its first pod, so nobody waits for it.
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
        ignoreChanges: [
          // The cluster's, once the volume is there.
          "spec.volumeName",
        ],
      }),
    );
    claims.set(volume.name, claim.metadata.name);
  }
  return claims;
}

/** The volumes of the cluster's that a service mounts and only one node can have at a time. */
export function oneNodeVolumes({ volumes }: Plan, service: Service): Volume[] {
  return volumes.filter(
    ({ name, shared, filledBy }) =>
      !shared &&
      filledBy === undefined &&
      service.mounts.some((mount) => mount.kind === "volume" && mount.volume === name),
  );
}

/** Whether a service writes to a volume that nobody else on another node can have: it is stateful. */
export function ownsVolume(plan: Plan, service: Service): boolean {
  return oneNodeVolumes(plan, service).some(({ name }) =>
    service.mounts.some(
      (mount) => mount.kind === "volume" && mount.volume === name && !mount.readOnly,
    ),
  );
}
