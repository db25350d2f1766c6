import { isDeepStrictEqual } from "node:util";
import type { Properties } from "../values";

/** Fields that the API server lets nobody change, or that the provider treats so, by kind. */
const fields: Readonly<Record<string, readonly string[]>> = {
  // The provider's default: `enableConfigMapMutable` and `enableSecretMutable` are off.
  ConfigMap: ["data", "binaryData"],
  Secret: ["data", "stringData", "type"],
  Deployment: ["spec.selector"],
  DaemonSet: ["spec.selector"],
  StatefulSet: [
    "spec.selector",
    "spec.serviceName",
    "spec.podManagementPolicy",
    "spec.volumeClaimTemplates",
  ],
  Job: ["spec.selector", "spec.template", "spec.completions", "spec.completionMode"],
  PersistentVolumeClaim: [
    "spec.accessModes",
    "spec.selector",
    "spec.storageClassName",
    "spec.volumeMode",
    "spec.volumeName",
  ],
  Service: ["spec.clusterIP"],
  StorageClass: ["parameters", "provisioner", "volumeBindingMode"],
  RoleBinding: ["roleRef"],
  ClusterRoleBinding: ["roleRef"],
};

const identity = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];

/** Top-level inputs whose change is another object: `metadata` for a name, `spec` for a selector. */
export function replacing(old: Properties, next: Properties): string[] {
  const paths = [...identity, ...(fields[String(next.kind)] ?? [])];
  const found = paths
    .filter((path) => !isDeepStrictEqual(at(old, path), at(next, path)))
    .map((path) => path.split(".")[0]!);
  const shrunk = next.kind === "PersistentVolumeClaim" && gib(next) < gib(old);
  return [...new Set([...found, ...(shrunk ? ["spec"] : [])])];
}

/** The value at a path of keys; nothing where there is none. */
export function at(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (inner, key) =>
        typeof inner === "object" && inner !== null ? (inner as Properties)[key] : undefined,
      value,
    );
}

const units: Readonly<Record<string, number>> = { Mi: 1 / 1024, Gi: 1, Ti: 1024 };

function gib(claim: Properties): number {
  const [, number, unit] =
    /^(\d+)(Mi|Gi|Ti)$/.exec(String(at(claim, "spec.resources.requests.storage"))) ?? [];
  return Number(number ?? 0) * (units[unit ?? ""] ?? 0);
}
