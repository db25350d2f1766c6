import * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { sibling } from "../names";
import { providerArgs } from "../provider";
import { Cluster } from "./cluster";
import { Database, type Client } from "./database";
import { Machine } from "./machine";
import { Network, type Place } from "./network";
import { offer } from "./offer";

/** DigitalOcean: one VPC a stack, a droplet or a DOKS cluster in it. */
export class DigitalOcean implements cloud.Cloud {
  readonly offer = offer;
  readonly provider: digitalocean.Provider;
  private network?: Network;

  constructor(private readonly args: cloud.CloudArgs) {
    const { plan, open, guard } = args;
    this.provider = new digitalocean.Provider(
      "digitalocean",
      providerArgs(plan, open, structured, ["region"]),
      { dependsOn: guard },
    );
  }

  /** @returns what is wrong when the token belongs to another account than `account` says. */
  async checkAccount(): Promise<string | undefined> {
    const { account } = this.args.plan.settings;
    if (account === undefined) return undefined;
    const { uuid, email } = await digitalocean.getAccount({ provider: this.provider });
    if (account === uuid || account === email) return undefined;
    return `account: the token belongs to ${email} (${uuid}), not to ${account}; use that account's token`;
  }

  machine(
    name: string,
    args: cloud.MachineArgs,
    opts: pulumi.ComponentResourceOptions,
  ): cloud.Machine {
    return new Machine(name, { ...args, place: this.place(name, opts) }, opts);
  }

  cluster(
    name: string,
    args: cloud.ClusterArgs,
    opts: pulumi.ComponentResourceOptions,
  ): cloud.Cluster {
    return new Cluster(name, { ...args, place: this.place(name, opts) }, opts);
  }

  database(
    name: string,
    args: cloud.DatabaseArgs,
    opts: pulumi.ComponentResourceOptions,
  ): cloud.Database {
    // What this cloud made before is of its own classes.
    const client = args.client as unknown as Client;
    return new Database(name, { ...args, client, place: this.place(name, opts) }, opts);
  }

  /** The network is made with the first thing that stands in it. */
  private place(name: string, opts: pulumi.ComponentResourceOptions): Place {
    const { plan, tls, open, random } = this.args;
    const { provider } = this;
    this.network ??= new Network(sibling(name, "network"), { plan, provider }, opts);
    return { plan, tls, open, random, provider, network: this.network };
  }
}

/** Keys of the provider that are no strings. */
const structured = ["httpRetryMax", "httpRetryWaitMax", "httpRetryWaitMin", "requestsPerSecond"];
