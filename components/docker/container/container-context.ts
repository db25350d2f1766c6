import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";

/** What a container of a service refers to on its host. */
export interface ContainerContext {
  readonly image: pulumi.Input<string>;
  /** What the containers run (command.ts). */
  readonly command?: Pick<docker.ContainerArgs, "command" | "entrypoints">;
  /** Physical names by Compose name. */
  readonly networks: ReadonlyMap<string, pulumi.Input<string>>;
  readonly volumes: ReadonlyMap<string, pulumi.Input<string>>;
  /** The edge's network, for a service that a route or an open port leads to. */
  readonly edgeNetwork?: pulumi.Input<string>;
  /** Volumes with files that cannot be uploaded (files-volume.ts). */
  readonly fileVolumes?: readonly docker.types.input.ContainerVolume[];
  /** The id of the first container of another service, for `network_mode: service:x` and its like. */
  readonly containerOf: (service: string) => pulumi.Input<string>;
  /** The ids of all containers of another service. */
  readonly containersOf: (service: string) => readonly pulumi.Input<string>[];
}
