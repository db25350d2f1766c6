import type { PreviewAnswers } from "../../../components/clouds/preview";

/** What only kubernetes computes: nothing; and what no cluster changes in place. */
export const kubernetes: PreviewAnswers = {
  resources: {},
  functions: {},
  replaces: {
    "*": ["apiVersion", "kind", "metadata.name", "metadata.namespace"],
    "kubernetes:apps/v1:DaemonSet": ["spec.selector"],
    "kubernetes:apps/v1:Deployment": ["spec.selector"],
    "kubernetes:apps/v1:StatefulSet": [
      "spec.selector",
      "spec.serviceName",
      "spec.volumeClaimTemplates",
    ],
    "kubernetes:batch/v1:Job": ["spec.template", "spec.selector", "spec.completions"],
    "kubernetes:core/v1:ConfigMap": ["data", "binaryData", "immutable"],
    "kubernetes:core/v1:PersistentVolumeClaim": [
      "spec.storageClassName",
      "spec.accessModes",
      "spec.volumeName",
    ],
    "kubernetes:core/v1:Secret": ["data", "stringData", "type", "immutable"],
  },
  grows: { "kubernetes:core/v1:PersistentVolumeClaim": "spec.resources.requests.storage" },
};
