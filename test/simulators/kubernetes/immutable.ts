import { isDeepStrictEqual } from "node:util";
import type { Properties } from "../values";

/**
 * Fields whose change the provider takes for another object, by kind. A claim's size is none of them since 3.7.1:
 * the API server says whether it may be another one.
 */
const fields: Readonly<Record<string, readonly string[]>> = {
  // The provider's default: `enableConfigMapMutable` and `enableSecretMutable` are off.
  ConfigMap: ["data", "binaryData"],
  Secret: ["data", "stringData", "type"],
  Deployment: ["spec.selector"],
  DaemonSet: ["spec.selector"],
  StatefulSet: [
    "spec.selector",
    "spec.revisionHistoryLimit",
    "spec.serviceName",
    "spec.podManagementPolicy",
    "spec.volumeClaimTemplates",
  ],
  Job: ["spec.selector", "spec.template", "spec.completions", "spec.parallelism"],
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
  return [...new Set(found)];
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
