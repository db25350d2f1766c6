import * as pulumi from "@pulumi/pulumi";
import type * as clouds from "../clouds/cloud";
import { isRecorded, publicHosts } from "../plan/edge/dns";
import type { ShapeArgs } from "./shapes";

/** One record to make. */
export interface DnsRecord {
  readonly name: string;
  readonly type: clouds.DnsRecord["type"];
  readonly value: string;
}

/**
 * The records that the hosts of routes and the domains of sites need: those in the zone that `dns` names are
 * created when this stack's cloud has it; all are an output, for zones that are managed elsewhere.
 */
export function makeRecords(
  name: string,
  { plan, cloud, parent }: ShapeArgs,
  addresses: readonly pulumi.Output<string>[],
  sites: readonly clouds.DnsRecord[],
): pulumi.Output<readonly DnsRecord[]> {
  const hosts = publicHosts(plan.routes);
  const all = [
    ...hosts.map((host): clouds.DnsRecord => ({ name: host, type: "A", values: addresses })),
    // A host of a route and a site's domain would be one name with two addresses.
    ...sites.filter((record) => !hosts.includes(record.name)),
  ];
  const own = all.filter((record) => isRecorded(plan, record.name));
  const { dns } = plan.settings;
  if (dns !== undefined && own.length > 0)
    cloud.dns?.(`${name}-dns`, { zone: dns.zone, records: own }, { parent });
  return pulumi
    .output(all)
    .apply((known) =>
      known.flatMap(({ values, ...record }) => values.map((value) => ({ ...record, value }))),
    );
}
