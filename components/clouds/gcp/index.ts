import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { sibling } from "../names";
import { providerArgs } from "../provider";
import { Bucket } from "./bucket";
import { Apis } from "./apis";
import { Cluster } from "./cluster";
import { Database } from "./database";
import { Dns } from "./dns";
import { Machine } from "./machine";
import { Network, type Home, type Place } from "./network";
import { catalog, zone } from "./catalog";
import { Registry } from "./registry";
import { Site } from "./site";

/**
 * Google Cloud: one VPC a stack, a Compute Engine instance or a GKE cluster in it.
 * @public loaded by clouds/index.ts when it is asked for
 */
export class Cloud implements cloud.Cloud {
  readonly catalog = catalog;
  readonly provider: gcp.Provider;
  private network?: Network;
  private apis?: Apis;

  constructor(private readonly args: cloud.CloudArgs) {
    const { plan, open, guard } = args;
    // A stack of another cloud may have its DNS zone here.
    const home = plan.cloud === "gcp";
    const account = home ? plan.settings.account : undefined;
    const region = home ? plan.region! : catalog.regions[plan.location];
    this.provider = new gcp.Provider(
      "gcp",
      {
        ...(account !== undefined && { project: account }),
        ...providerArgs("gcp", plan, open, structured),
        region,
        zone: zone(region),
      },
      { dependsOn: guard },
    );
  }

  /** @returns what is wrong when the credentials work in another project than `account` says. */
  async checkAccount(): Promise<string | undefined> {
    const { account } = this.args.plan.settings;
    if (account === undefined) return undefined;
    const { project } = await gcp.organizations.getClientConfig({ provider: this.provider });
    if (account === project) return undefined;
    return `account: the credentials work in project ${project}, not in ${account}; set gcp:project, or choose other credentials`;
  }

  machine(
    name: string,
    args: cloud.MachineArgs,
    opts: pulumi.ComponentResourceOptions,
  ): cloud.Machine {
    const place = this.place(name, opts);
    return new Machine(name, { ...args, place }, place.apis.before(opts));
  }

  cluster(
    name: string,
    args: cloud.ClusterArgs,
    opts: pulumi.ComponentResourceOptions,
  ): cloud.Cluster {
    const place = this.place(name, opts);
    return new Cluster(name, { ...args, place }, place.apis.before(opts));
  }

  database(
    name: string,
    args: cloud.DatabaseArgs,
    opts: pulumi.ComponentResourceOptions,
  ): cloud.Database {
    const place = this.place(name, opts);
    return new Database(name, { ...args, place }, place.apis.before(opts));
  }

  registry(
    name: string,
    args: cloud.RegistryArgs,
    opts: pulumi.ComponentResourceOptions,
  ): cloud.Registry {
    const home = this.home(name, opts);
    return new Registry(name, { ...args, home }, home.apis.before(opts));
  }

  site(name: string, args: cloud.SiteArgs, opts: pulumi.ComponentResourceOptions): cloud.Site {
    const home = this.home(name, opts);
    return new Site(name, { ...args, home }, home.apis.before(opts));
  }

  bucket(
    name: string,
    args: cloud.BucketArgs,
    opts: pulumi.ComponentResourceOptions,
  ): cloud.Bucket {
    const home = this.home(name, opts);
    return new Bucket(name, { ...args, home }, home.apis.before(opts));
  }

  dns(name: string, args: cloud.DnsArgs, opts: pulumi.ComponentResourceOptions): pulumi.Resource {
    const home = this.home(name, opts);
    return new Dns(name, { ...args, home }, home.apis.before(opts));
  }

  /** The APIs are turned on with the first thing that needs one. */
  private home(name: string, opts: pulumi.ComponentResourceOptions): Home {
    const { plan, tls, open, random } = this.args;
    this.apis ??= new Apis(sibling(name, "apis"), this.provider, opts);
    return { plan, tls, open, random, provider: this.provider, apis: this.apis };
  }

  /** The network is made with the first thing that stands in it. */
  private place(name: string, opts: pulumi.ComponentResourceOptions): Place {
    const home = this.home(name, opts);
    this.network ??= new Network(sibling(name, "network"), home, home.apis.before(opts));
    return { ...home, network: this.network };
  }
}

/** The provider's keys whose values are not strings. */
const structured = [
  "addPulumiAttributionLabel",
  "batching",
  "defaultLabels",
  "disableGooglePartnerName",
  "externalCredentials",
  "impersonateServiceAccountDelegates",
  "preferGlobalEndpoints",
  "preferRegionalEndpoints",
  "scopes",
  "userProjectOverride",
];
