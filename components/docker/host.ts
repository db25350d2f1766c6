import * as pulumi from "@pulumi/pulumi";
import type { Open } from "../clouds/cloud";
import type { Plan } from "../plan/plan";
import type { EngineApi } from "./engine/engine-api";

/** What all resources on one Docker host share. */
export interface Host {
  /** Start of every resource's name; it carries the cloud, so that URNs do (decisions.md: names-carry-the-cloud). */
  readonly name: string;
  readonly plan: Plan;
  readonly open: Open;
  readonly engine: EngineApi;
  readonly provider: pulumi.ProviderResource;
  /** The image of Berth's own short-lived containers: BusyBox. Pulled when first asked for. */
  readonly helperImage: () => pulumi.Input<string>;
  /** The data disk's id: a new disk replaces everything here (decisions.md: follow-the-data-disk). */
  readonly disk?: pulumi.Output<string>;
}

export interface Label {
  readonly label: string;
  readonly value: pulumi.Input<string>;
}

/** The labels that mark a network, a volume or a container as this stack's. */
export function ownLabels({ plan }: Host, service?: string): Label[] {
  return [
    { label: "berth.project", value: plan.project },
    { label: "berth.stack", value: plan.stack },
    ...(service === undefined ? [] : [{ label: "berth.service", value: service }]),
  ];
}

/**
 * The options of every resource on the host: provider, parent, and following the data disk. By its id, since
 * `replaceWith` makes the engine delete them in no order, and fail for a provider that it has not loaded yet,
 * where the disk is deleted before it is replaced (engine 3.250).
 */
export function options(
  host: Host,
  parent: pulumi.Resource,
  more: pulumi.CustomResourceOptions = {},
): pulumi.CustomResourceOptions {
  return {
    parent,
    provider: host.provider,
    ...(host.disk === undefined ? {} : { replacementTrigger: host.disk }),
    ...more,
  };
}

/** The label of a container that only exists to be read and is never started. */
export const neverStarted = "berth.never-started";

/** What Berth's own networks and volumes are called, after the stack's prefix. */
const reserved = new Set([
  "berth-edge",
  "berth-public",
  "berth-databases",
  "berth-backups",
  "edge-routes",
  "edge-certificates",
]);

/**
 * The physical name of a network or a volume of the Compose file: `<prefix>-<name>`, or `<prefix>_<name>` where the
 * former is one of Berth's own. No name in a Compose file results in the latter otherwise.
 */
export function userName(prefix: string, name: string): string {
  const usual = physicalName(prefix, name);
  return reserved.has(usual.slice(prefix.length + 1)) ? `${prefix}_${physicalName(name)}` : usual;
}

/** A name as Docker allows it: letters, digits, `_`, `.` and `-`, no sign first. */
export function physicalName(...parts: readonly string[]): string {
  return parts
    .join("-")
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "");
}
