import * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { sibling } from "../names";
import { providerArgs } from "../provider";
import { Bucket } from "./bucket";
import { Cluster } from "./cluster";
import { Database, type Client } from "./database";
import { Dns } from "./dns";
import { Machine } from "./machine";
import { Network, type Home, type Place } from "./network";
import { catalog } from "./catalog";
import { Registry } from "./registry";

/**
 * DigitalOcean: one VPC a stack, a droplet or a DOKS cluster in it.
 * @public loaded by clouds/index.ts when it is asked for
 */
export class Cloud implements cloud.Cloud {
  readonly catalog = catalog;
  readonly provider: digitalocean.Provider;
  private network?: Network;

  constructor(private readonly args: cloud.CloudArgs) {
    const { plan, open, guard } = args;
    this.provider = new digitalocean.Provider(
      "digitalocean",
      providerArgs("digitalocean", plan, open, structured, ["region"]),
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

  registry(
    name: string,
    args: cloud.RegistryArgs,
    opts: pulumi.ComponentResourceOptions,
  ): cloud.Registry {
    return new Registry(name, { ...args, home: this.home() }, opts);
  }

  bucket(
    name: string,
    args: cloud.BucketArgs,
    opts: pulumi.ComponentResourceOptions,
  ): cloud.Bucket {
    return new Bucket(name, { ...args, home: this.home() }, opts);
  }

  dns(name: string, args: cloud.DnsArgs, opts: pulumi.ComponentResourceOptions): pulumi.Resource {
    return new Dns(name, { ...args, home: this.home() }, opts);
  }

  private home(): Home {
    const { plan, tls, open, random } = this.args;
    return { plan, tls, open, random, provider: this.provider };
  }

  /** The network is made with the first thing that stands in it. */
  private place(name: string, opts: pulumi.ComponentResourceOptions): Place {
    const home = this.home();
    this.network ??= new Network(sibling(name, "network"), home, opts);
    return { ...home, network: this.network };
  }
}

/** The provider's keys whose values are not strings. */
const structured = ["httpRetryMax", "httpRetryWaitMax", "httpRetryWaitMin", "requestsPerSecond"];
