import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";

/** A container that is made, replaced and removed as one resource, and the order of that. */
export interface ContainerSpec {
  /** The resource's name. */
  readonly resource: string;
  /** Start of the physical name; a hash of the inputs is added. */
  readonly base: string;
  readonly args: docker.ContainerArgs;
  /** Whether the old one is deleted before the new one is created; else it stays until the end of the update. */
  readonly stopFirst: boolean;
  /** Whether the edge sends requests to it: then a healthy one of the same name serves until the routes switch. */
  readonly routed?: boolean;
  /** Whether one that fails to start is stopped, so that its network alias resolves to the old one only. */
  readonly stopFailed?: boolean;
  readonly dependsOn?: readonly pulumi.Input<pulumi.Resource>[];
  /** Called after creation with the physical name, in `up` only; an error that it throws does not fail the update. */
  readonly afterCreate?: (name: string) => Promise<void>;
}
