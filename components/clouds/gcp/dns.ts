import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { runError } from "../../model/run-error";
import type * as cloud from "../cloud";
import type { Home } from "./network";

/** Records in a Cloud DNS zone that is there already. */
export class Dns extends pulumi.ComponentResource {
  constructor(
    name: string,
    args: cloud.DnsArgs & { readonly home: Home },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:gcp:Dns", name, {}, opts);
    const { provider } = args.home;
    // A zone has a name of its own besides the domain that it holds.
    const managedZone = gcp.dns
      .getManagedZonesOutput({}, { provider })
      .managedZones.apply((zones) => zoneOf(zones, args.zone));
    for (const { name: host, type, values } of args.records)
      new gcp.dns.RecordSet(
        `${name}-${host}-${type}`,
        {
          managedZone,
          name: absolute(host),
          type,
          ttl: 300,
          rrdatas: values.map((value) =>
            type === "CNAME" ? pulumi.output(value).apply(absolute) : value,
          ),
        },
        // A name has one record of a type.
        { parent: this, provider, deleteBeforeReplace: true },
      );
    this.registerOutputs({});
  }
}

function zoneOf(
  zones: readonly {
    readonly name?: string;
    readonly dnsName: string;
    readonly visibility: string;
  }[],
  domain: string,
): string {
  const found = zones.find(
    ({ dnsName, visibility }) => dnsName === absolute(domain) && visibility !== "private",
  );
  if (found?.name === undefined)
    throw runError(
      `berth:dns.zone: the project has no public zone for ${domain}; make it in Cloud DNS, or choose another zone`,
    );
  return found.name;
}

function absolute(host: string): string {
  return host.endsWith(".") ? host : `${host}.`;
}
