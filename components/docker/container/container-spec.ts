import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";

/** A container that is made, replaced and removed as one resource, and the order of that. */
export interface ContainerSpec {
  /** The resource's name. */
  readonly resource: string;
  /** Start of the physical name; a hash of the inputs is added. */
  readonly base: string;
  readonly args: docker.ContainerArgs;
  /** Whether the old one is gone before the new one is there; else it stays until the end of the update. */
  readonly stopFirst: boolean;
  /** Whether the edge sends requests to it: then a good one of the same name keeps serving until it switched. */
  readonly routed?: boolean;
  /** Whether one that did not come up is stopped, so that its name leads to the old one alone. */
  readonly stopFailed?: boolean;
  readonly dependsOn?: readonly pulumi.Input<pulumi.Resource>[];
  /** Called once it is there, in `up` only; nothing that it throws fails the update. */
  readonly afterCreate?: () => Promise<void>;
}
