import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import type { Plan } from "../../plan/plan";
import { nameInZone, stackTags } from "../names";
import { labelsOf } from "./labels";

/** Records in a zone that the project has already. */
export class Dns extends pulumi.ComponentResource {
  constructor(
    name: string,
    args: cloud.DnsArgs & { readonly plan: Plan; readonly provider: pulumi.ProviderResource },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:hetzner:Dns", name, {}, opts);
    for (const { name: host, type, values } of args.records)
      new hcloud.ZoneRrset(
        `${name}-${host}-${type}`,
        {
          zone: args.zone,
          name: nameInZone(host, args.zone),
          type,
          records: values.map((value) => ({
            value:
              type === "CNAME"
                ? pulumi.output(value).apply((target) => `${target.replace(/\.$/, "")}.`)
                : value,
          })),
          ttl: 300,
          labels: labelsOf(stackTags(args.plan)),
        },
        // A zone has one set of records of a name and type.
        { parent: this, provider: args.provider, deleteBeforeReplace: true },
      );
    this.registerOutputs({});
  }
}
