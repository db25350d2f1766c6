import * as pulumi from "@pulumi/pulumi";
import { publicHosts, recordedHosts } from "../plan/edge/dns";
import type { ShapeArgs } from "./shapes";

export interface DnsRecord {
  readonly name: string;
  readonly type: "A";
  readonly value: string;
}

/**
 * The records that the routes' hosts need: those in the zone that `dns` names are created when
 * this stack's cloud has it; all are an output, for zones that are managed elsewhere.
 */
export function makeRecords(
  name: string,
  { plan, cloud, parent }: ShapeArgs,
  address: pulumi.Output<string>,
): pulumi.Output<DnsRecord[]> {
  const records = (hosts: readonly string[]) =>
    hosts.map((name) => ({ name, type: "A" as const, value: address }));
  const own = recordedHosts(plan);
  const { dns } = plan.settings;
  if (dns !== undefined && own.length > 0)
    cloud.dns?.(`${name}-dns`, { zone: dns.zone, records: records(own) }, { parent });
  return pulumi.output(records(publicHosts(plan.routes)));
}
