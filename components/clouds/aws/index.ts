import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { sibling } from "../names";
import { providerArgs } from "../provider";
import { Bucket } from "./bucket";
import { lookUp, nothing } from "./cluster/look-up";
import { Database } from "./database/database";
import type { Client } from "./database/args";
import { Dns } from "./dns";
import { findMachine, type Standing } from "./image";
import { Machine, machineName } from "./machine";
import { Network, type Home, type Place } from "./network";
import { catalog } from "./catalog";
import { Registry } from "./registry";
import { Site } from "./site/site";

/**
 * AWS: one VPC a stack, an EC2 instance or an EKS cluster in it.
 * @public loaded by clouds/index.ts when it is asked for
 */
export class Cloud implements cloud.Cloud {
  readonly catalog = catalog;
  readonly provider: aws.Provider;
  private network?: Network;
  private standing: Standing | undefined;
  private found = nothing;

  constructor(private readonly args: cloud.CloudArgs) {
    const { plan, open, guard } = args;
    // A stack of another cloud may have its DNS zone here.
    const home = plan.cloud === "aws";
    const account = home ? plan.settings.account : undefined;
    this.provider = new aws.Provider(
      "aws",
      {
        ...providerArgs("aws", plan, open, structured),
        region: home ? plan.region! : catalog.regions[plan.location],
        // The provider itself refuses credentials of any other account.
        ...(account !== undefined && { allowedAccountIds: [account] }),
      },
      { dependsOn: guard },
    );
  }

  /** @returns what is wrong when the credentials belong to another account than `account` says. */
  async checkAccount(): Promise<string | undefined> {
    const { account } = this.args.plan.settings;
    if (account === undefined) return undefined;
    const { accountId } = await aws.getCallerIdentity({}, { provider: this.provider });
    if (account === accountId) return undefined;
    return `account: the credentials belong to ${accountId}, not to ${account}; choose that account's profile`;
  }

  async lookUp(): Promise<void> {
    const { plan } = this.args;
    if (plan.cloud !== "aws") return;
    if (plan.shape === "vm") {
      const found = findMachine(machineName(plan), this.provider);
      this.standing = await found.catch(() => undefined);
      return;
    }
    this.found = await lookUp(plan, this.provider);
  }

  machine(
    name: string,
    args: cloud.MachineArgs,
    opts: pulumi.ComponentResourceOptions,
  ): cloud.Machine {
    const { standing } = this;
    return new Machine(name, { ...args, standing, place: this.place(name, opts) }, opts);
  }

  cluster(
    name: string,
    args: cloud.ClusterArgs,
    opts: pulumi.ComponentResourceOptions,
  ): cloud.Cluster {
    // It brings the Kubernetes SDK along, which a machine has no use for.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { Cluster } = require("./cluster/cluster") as typeof import("./cluster/cluster");
    const { found } = this;
    return new Cluster(name, { ...args, found, place: this.place(name, opts) }, opts);
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

  site(name: string, args: cloud.SiteArgs, opts: pulumi.ComponentResourceOptions): cloud.Site {
    return new Site(name, { ...args, home: this.home() }, opts);
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
const structured = [
  "allowedAccountIds",
  "assumeRoleWithWebIdentity",
  "assumeRoles",
  "defaultTags",
  "endpoints",
  "forbiddenAccountIds",
  "ignoreTags",
  "insecure",
  "maxRetries",
  "s3UsePathStyle",
  "sharedConfigFiles",
  "sharedCredentialsFiles",
  "skipCredentialsValidation",
  "skipMetadataApiCheck",
  "skipRegionValidation",
  "skipRequestingAccountId",
  "tokenBucketRateLimiterCapacity",
  "useDualstackEndpoint",
  "useFipsEndpoint",
  "userAgents",
];
