import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { Service } from "../../plan/plan";
import { commandInputs } from "./command";
import { containerInputs } from "./container";
import type { ContainerContext } from "./container-context";
import { filesVolume } from "./files-volume";
import type { Host } from "../host";

/** What the containers of a service are made from; what they need beside them is made below `parent`. */
export function containerArguments(
  host: Host,
  service: Service,
  at: ContainerContext,
  parent: pulumi.Resource,
): {
  readonly args: docker.ContainerArgs;
  /** What has to be there before a container starts. */
  readonly filled: readonly pulumi.Resource[];
} {
  const { volumes: fileVolumes, filled } = filesVolume(host, service, parent);
  const command = commandInputs(host, service, at.image, parent);
  return { args: containerInputs(host, service, { ...at, fileVolumes, command }), filled };
}
