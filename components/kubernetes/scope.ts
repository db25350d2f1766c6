import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Cluster, Open } from "../clouds/cloud";
import type { Plan } from "../plan/plan";
import { hasReference, type Text } from "../model/reference";
import { type Names, objectName } from "./names";

/** What all objects in one namespace share. */
export interface Scope {
  /** Start of every resource's name; it carries the cloud, so that URNs do (decisions.md: names-carry-the-cloud). */
  readonly name: string;
  readonly plan: Plan;
  readonly open: Open;
  readonly cluster: Cluster;
  readonly provider: kubernetes.Provider;
  readonly namespace: pulumi.Output<string>;
  readonly names: Names;
  /** What certificates of the stack's own are made with. */
  readonly tls: () => pulumi.ProviderResource;
}

type Meta = kubernetes.types.input.meta.v1.ObjectMeta;

/** Labels and annotations as plain objects, so that more can be put beside them. */
export interface More {
  readonly labels?: Readonly<Record<string, pulumi.Input<string>>>;
  readonly annotations?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** An object's metadata: its name, its namespace, and the labels of the stack. */
export function metadata(scope: Scope, name: pulumi.Input<string>, more: More = {}): Meta {
  return {
    name,
    namespace: scope.namespace,
    labels: { ...ownLabels(scope.plan), ...more.labels },
    ...(more.annotations === undefined || Object.keys(more.annotations).length === 0
      ? {}
      : { annotations: { ...more.annotations } }),
  };
}

/** The labels that mark an object as this stack's (https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/). */
export function ownLabels({ project, prefix }: Plan): Record<string, string> {
  return {
    "app.kubernetes.io/part-of": objectName(project),
    "app.kubernetes.io/instance": objectName(prefix),
    "app.kubernetes.io/managed-by": "berth",
  };
}

/** The label that selects a workload's pods: no other label ever does, because selectors cannot change. */
export const selector = (name: string): Record<string, string> => ({ "berth.service": name });

/** The options of every object: its parent and the one provider. */
export function options(
  scope: Pick<Scope, "provider">,
  parent: pulumi.Resource,
  more: pulumi.CustomResourceOptions = {},
): pulumi.CustomResourceOptions {
  return { parent, provider: scope.provider, ...more };
}

/** A text as it is, or opened where it holds references. */
export function opened({ open }: Pick<Scope, "open">, text: Text): pulumi.Input<string> {
  return hasReference(text) ? open(text) : text;
}
