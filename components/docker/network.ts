import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Network } from "../plan/plan";
import { type Host, options, ownLabels, userName } from "./host";

/**
 * A network of the Compose file. Its name is fixed, so its replacement deletes it first, and the containers
 * on it before that: they refer to `name` by property.
 */
export function makeNetwork(
  host: Host,
  network: Network,
  parent: pulumi.Resource,
): pulumi.Input<string> {
  if (network.external !== undefined) return network.external;
  return new docker.Network(
    `${host.name}-network-${network.name}`,
    {
      name: userName(host.plan.prefix, network.name),
      driver: network.driver ?? "bridge",
      internal: network.internal,
      ...(network.ipv6 === undefined ? {} : { ipv6: network.ipv6 }),
      ...(network.driverOptions === undefined ? {} : { options: { ...network.driverOptions } }),
      ...(network.subnets.length === 0
        ? {}
        : {
            ipamConfigs: network.subnets.map(({ subnet, gateway, range }) => ({
              ...(subnet === undefined ? {} : { subnet }),
              ...(gateway === undefined ? {} : { gateway }),
              ...(range === undefined ? {} : { ipRange: range }),
            })),
          }),
      labels: ownLabels(host),
    },
    options(host, parent, { deleteBeforeReplace: true }),
  ).name;
}
