import type { PreviewDocument, ResourceEntry } from "./document";

/** What holds data and only grows: the path of its size, and the key of the config that states it. */
const sizes: Readonly<Record<string, readonly [path: string, key: string]>> = {
  "aws:ebs/volume:Volume": ["size", "berth:disk"],
  "aws:rds/instance:Instance": ["allocatedStorage", "berth:databases.<service>.storage"],
  "digitalocean:index/databaseCluster:DatabaseCluster": [
    "storageSizeMib",
    "berth:databases.<service>.storage",
  ],
  "digitalocean:index/volume:Volume": ["size", "berth:disk"],
  "gcp:compute/disk:Disk": ["size", "berth:disk"],
  "gcp:sql/databaseInstance:DatabaseInstance": [
    "settings.diskSize",
    "berth:databases.<service>.storage",
  ],
  "hcloud:index/volume:Volume": ["size", "berth:disk"],
  "kubernetes:core/v1:PersistentVolumeClaim": [
    "spec.resources.requests.storage",
    "berth:volumes.<volume>.size",
  ],
};

/**
 * A line for each disk and volume that would be smaller than a plan of the same stack has made it: clouds refuse that
 * halfway through an update, and Google Cloud would replace the disk.
 */
export function shrinking(before: PreviewDocument, after: PreviewDocument): string[] {
  if (before.project !== after.project || before.stack !== after.stack) return [];
  const old = new Map(before.resources.map((resource) => [resource.urn, resource]));
  return after.resources.flatMap((resource) => {
    const [path, key] = sizes[resource.type] ?? [];
    const was = old.get(resource.urn);
    if (path === undefined || was === undefined) return [];
    const [larger, smaller] = [sizeAt(was, path), sizeAt(resource, path)];
    if (larger === undefined || smaller === undefined || smaller >= larger) return [];
    return [
      `${key!}: ${resource.name} would shrink from ${larger} to ${smaller}, and what holds data only grows; state at least what it has`,
    ];
  });
}

/** A number, or the number of a quantity such as `20Gi`, in the type's own unit. */
function sizeAt({ inputs }: ResourceEntry, path: string): number | undefined {
  const value = path
    .split(".")
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], inputs);
  const size = parseFloat(String(value));
  return Number.isFinite(size) ? size : undefined;
}
