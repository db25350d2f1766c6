import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Service } from "../../plan/plan";
import { hasReference, type Text } from "../../model/reference";
import { type Host, neverStarted, ownLabels, physicalName } from "../host";
import { makeContainer } from "./make-container";

/**
 * What a service's containers run. The provider refuses an empty string in `command` when it creates a container
 * ("values for command may not be empty"), and ignores an empty list of entrypoints. In both cases
 * the whole command line goes into `entrypoints`, which may hold empty strings; the image's part of it is read from
 * a container that is created from the image and never started.
 *
 * @param image The image's id on the host.
 */
export function commandInputs(
  host: Host,
  service: Service,
  image: pulumi.Input<string>,
  parent: pulumi.Resource,
): Pick<docker.ContainerArgs, "command" | "entrypoints"> {
  const { entrypoint } = service.compose;
  // An empty command is the image's own; stated, it would be read back as that.
  const command = service.compose.command?.length === 0 ? null : service.compose.command;
  const open = (text: Text): pulumi.Input<string> => (hasReference(text) ? host.open(text) : text);
  const cleared = entrypoint !== null && entrypoint.length === 0;
  const empty = command?.includes("") === true;
  if (!cleared && !empty)
    return {
      ...(command === null ? {} : { command: command.map(open) }),
      ...(entrypoint === null ? {} : { entrypoints: entrypoint.map(open) }),
    };
  const stated = (command ?? []).map(open);
  if (entrypoint !== null && (entrypoint.length > 0 || stated.length > 0))
    return { entrypoints: [...entrypoint.map(open), ...stated] };
  const { entrypoints: own, command: default_ } = unstarted(host, service, image, parent, cleared);
  return {
    entrypoints: cleared
      ? default_
      : pulumi.all([own, pulumi.all(stated)]).apply(([first, rest]) => [...first, ...rest]),
  };
}

/** A container whose outputs have the image's own entrypoint, and its own command where `withCommand` asks for it. */
function unstarted(
  host: Host,
  service: Service,
  image: pulumi.Input<string>,
  parent: pulumi.Resource,
  withCommand: boolean,
): { entrypoints: pulumi.Output<string[]>; command: pulumi.Output<string[]> } {
  const { entrypoints, command } = makeContainer(host, parent, {
    resource: `${host.name}-${service.name}-image-command`,
    base: physicalName(host.plan.prefix, service.name, "image-command"),
    args: {
      image,
      // Docker makes no container without a command, and an image may have none.
      ...(withCommand ? {} : { command: ["true"] }),
      networkMode: "none",
      start: false,
      mustRun: false,
      // Not a service of the application: npm run status and the like ignore it.
      labels: [...ownLabels(host, service.name), { label: neverStarted, value: "true" }],
    },
    stopFirst: true,
  });
  const list = (values: pulumi.Output<string[] | undefined>): pulumi.Output<string[]> =>
    values.apply((found) => found ?? []);
  return { entrypoints: list(entrypoints), command: list(command) };
}
