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
  addresses: readonly pulumi.Output<string>[],
): pulumi.Output<DnsRecord[]> {
  const own = recordedHosts(plan);
  const { dns } = plan.settings;
  const records = own.map((name) => ({ name, type: "A" as const, values: addresses }));
  if (dns !== undefined && own.length > 0)
    cloud.dns?.(`${name}-dns`, { zone: dns.zone, records }, { parent });
  return pulumi.output(
    publicHosts(plan.routes).flatMap((name) =>
      addresses.map((value) => ({ name, type: "A" as const, value })),
    ),
  );
}
