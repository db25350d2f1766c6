import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { nameInZone } from "../names";
import type { Home } from "./network";

/** Records in a domain that the account has already. */
export class Dns extends pulumi.ComponentResource {
  constructor(
    name: string,
    args: cloud.DnsArgs & { readonly home: Home },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:digitalocean:Dns", name, {}, opts);
    const { provider } = args.home;
    for (const { host, type, value, number } of args.records.flatMap((one) =>
      one.values.map((value, index) => ({ ...one, host: one.name, value, number: index + 1 })),
    ))
      new digitalocean.DnsRecord(
        `${name}-${host}-${type}${number === 1 ? "" : `-${number}`}`,
        {
          domain: args.zone,
          type,
          name: nameInZone(host, args.zone),
          value:
            type === "CNAME"
              ? pulumi.output(value).apply((target) => `${target.replace(/\.$/, "")}.`)
              : value,
          ttl: 300,
        },
        // Two records of one name would share its requests.
        { parent: this, provider, deleteBeforeReplace: true },
      );
    this.registerOutputs({});
  }
}
