import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import type { Home } from "./network";

/** Records in a Route 53 zone that is there already. */
export class Dns extends pulumi.ComponentResource {
  constructor(
    name: string,
    args: cloud.DnsArgs & { readonly home: Home },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:aws:Dns", name, {}, opts);
    const { provider } = args.home;
    const { zoneId } = aws.route53.getZoneOutput({ name: args.zone }, { provider });
    for (const { name: host, type, values } of args.records)
      new aws.route53.Record(
        `${name}-${host}-${type}`,
        { zoneId, name: host, type, ttl: 300, records: [...values] },
        // A name has one record of a type.
        { parent: this, provider, deleteBeforeReplace: true },
      );
    this.registerOutputs({});
  }
}
