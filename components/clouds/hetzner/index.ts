import * as hcloud from "@pulumi/hcloud";
import type * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { providerArgs } from "../provider";
import { catalog } from "./catalog";
import { Dns } from "./dns";
import { Machine } from "./machine";

/**
 * Hetzner Cloud: a server, and records in the project's DNS zones. It has no managed Kubernetes, databases, registry
 * or CDN.
 * @public loaded by clouds/index.ts when it is asked for
 */
export class Cloud implements cloud.Cloud {
  readonly catalog = catalog;
  readonly provider: hcloud.Provider;

  constructor(private readonly args: cloud.CloudArgs) {
    const { plan, open, guard } = args;
    this.provider = new hcloud.Provider(
      "hetzner",
      // `location` is Berth's alone: the provider has no such argument.
      providerArgs("hetzner", plan, open, [], ["location"]),
      { dependsOn: guard },
    );
  }

  machine(
    name: string,
    args: cloud.MachineArgs,
    opts: pulumi.ComponentResourceOptions,
  ): cloud.Machine {
    const { plan, tls } = this.args;
    return new Machine(name, { ...args, home: { plan, tls, provider: this.provider } }, opts);
  }

  dns(name: string, args: cloud.DnsArgs, opts: pulumi.ComponentResourceOptions): pulumi.Resource {
    return new Dns(name, { ...args, plan: this.args.plan, provider: this.provider }, opts);
  }
}
