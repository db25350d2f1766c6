import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Volume } from "../plan/plan";
import { type Host, options, ownLabels, userName } from "./host";

/**
 * A named volume, protected as the setting `protect` says. A change of labels would replace it and
 * lose its data, so changes of them are ignored (decisions.md: volume-labels). Its name is fixed: creating a second one
 * of that name would return the first, so a replacement deletes first.
 */
export function makeVolume(
  host: Host,
  volume: Volume,
  parent: pulumi.Resource,
): pulumi.Input<string> {
  if (volume.external !== undefined) return volume.external;
  return new docker.Volume(
    `${host.name}-volume-${volume.name}`,
    {
      name: userName(host.plan.prefix, volume.name),
      ...(volume.driver === undefined ? {} : { driver: volume.driver }),
      ...(volume.driverOptions === undefined ? {} : { driverOpts: { ...volume.driverOptions } }),
      labels: ownLabels(host),
    },
    options(host, parent, {
      protect: host.plan.settings.protect,
      deleteBeforeReplace: true,
      ignoreChanges: ["labels"],
    }),
  ).name;
}
