import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ContainerSpec } from "./container-spec";
import { hooks } from "./hooks";
import { type Host, options } from "../host";
import { contentName } from "../../model/content-name";
import { refuseContainer, speaksToDocker } from "../engine/skip-docker";

/**
 * What Docker reads back in another form, so that each update would replace the container: `memorySwap` as twice
 * the memory, or as -1 where there is no swap accounting; `cpus` with a decimal; `platform` without the architecture;
 * `ports` by number; `workingDir` without a last slash; `hosts` cut at the first colon of an address;
 * `networkMode` with a container's id for its name. A change of them in the file still replaces it: the name is a
 * hash of all inputs, and a replacement is made from the new ones.
 */
const readBackOtherwise = [
  "cpus",
  "hosts",
  "memorySwap",
  "networkMode",
  "platform",
  "ports",
  "workingDir",
];

/**
 * A container whose every change is a replacement: an update would go green over an unhealthy one and then
 * delete the good one (decisions.md: replace-always). The provider's default is to delete before it creates, so the
 * order is always stated.
 */
export function makeContainer(
  host: Host,
  parent: pulumi.Resource,
  spec: ContainerSpec,
): docker.Container {
  const { resource, base, args, stopFirst } = spec;
  const name = contentName(base, args);
  return new docker.Container(
    resource,
    { ...args, name },
    options(host, parent, {
      deleteBeforeReplace: stopFirst,
      replaceOnChanges: ["*"],
      ignoreChanges: readBackOtherwise,
      ...(spec.dependsOn === undefined || spec.dependsOn.length === 0
        ? {}
        : { dependsOn: [...spec.dependsOn] }),
      ...(pulumi.runtime.isDryRun()
        ? {}
        : { hooks: speaksToDocker() ? hooks(host, spec) : refuseContainer(host) }),
    }),
  );
}
