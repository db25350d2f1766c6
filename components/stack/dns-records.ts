import * as pulumi from "@pulumi/pulumi";
import { hasReference } from "../model/reference";
import type { ShapeArgs } from "./shapes";

export interface DnsRecord {
  readonly name: string;
  readonly type: "A";
  readonly value: string;
}

/**
 * The records that the routes' hosts need: created in the zone that `dns` names when
 * this stack's cloud has it; always an output, for zones that are managed elsewhere.
 */
export function makeRecords(
  name: string,
  { plan, cloud, parent }: ShapeArgs,
  address: pulumi.Output<string>,
): pulumi.Output<DnsRecord[]> {
  const { dns, domain } = plan.settings;
  const hosts = [
    ...new Set(plan.routes.filter(({ internal }) => !internal).map(({ host }) => host)),
  ].filter((host) => !hasReference(host) && host !== "localhost" && !host.endsWith(".localhost"));
  const records = hosts.map((host) => ({ name: host, type: "A" as const, value: address }));
  if (dns !== undefined && domain !== undefined && dns.cloud === plan.cloud)
    cloud.dns?.(`${name}-dns`, { zone: dns.zone, records }, { parent });
  return pulumi.output(records);
}
