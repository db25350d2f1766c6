import type * as pulumi from "@pulumi/pulumi";
import type { Database as DatabasePlan, Plan, Site as SitePlan } from "../plan/plan";
import type { Catalog } from "../model/catalog";

/**
 * What a cloud makes. Its network, provider and identities stay its own. A method that is absent is
 * something that the cloud cannot make; the plan says so before anything is created.
 */
export interface Cloud {
  readonly catalog: Catalog;
  /** Resources that everything else follows; a cloud's provider is the first of them. */
  readonly provider?: pulumi.ProviderResource;
  /**
   * Whether the credentials belong to the `account` of the settings (decisions.md: account-before-resources); asked
   * before the first resource, in an update only: a preview needs no credentials.
   * @returns what is wrong; undefined when the account is right or none is stated
   */
  checkAccount?(): Promise<string | undefined>;
  /** What has to be looked up before the first resource, for a preview too; a cloud that does not answer is no error. */
  lookUp?(): Promise<void>;
  /** One VM whose Docker lives on a data disk, and where that Docker answers. */
  machine(name: string, args: MachineArgs, opts: pulumi.ComponentResourceOptions): Machine;
  cluster?(name: string, args: ClusterArgs, opts: pulumi.ComponentResourceOptions): Cluster;
  database?(name: string, args: DatabaseArgs, opts: pulumi.ComponentResourceOptions): Database;
  registry?(name: string, args: RegistryArgs, opts: pulumi.ComponentResourceOptions): Registry;
  site?(name: string, args: SiteArgs, opts: pulumi.ComponentResourceOptions): Site;
  bucket?(name: string, args: BucketArgs, opts: pulumi.ComponentResourceOptions): Bucket;
  dns?(name: string, args: DnsArgs, opts: pulumi.ComponentResourceOptions): pulumi.Resource;
}

/** How a cloud is made: its provider is its first resource, and follows the guard (decisions.md: guard). */
export interface CloudArgs {
  readonly plan: Plan;
  /** Opens a text with references into its value. */
  readonly open: Open;
  /** The guard, and providers that every cloud shares: `tls` and `random`. */
  readonly guard: pulumi.Resource;
  readonly tls: pulumi.ProviderResource;
  readonly random: pulumi.ProviderResource;
}

/** Turns a text into its value; secret when any part of it is. */
export type Open = (text: string) => pulumi.Output<string>;

export interface CloudClass {
  new (args: CloudArgs): Cloud;
}

export interface MachineArgs {
  /** The cloud's own machine type. */
  readonly type: string;
  /** GiB of the data disk. */
  readonly disk: number;
  /** Ports open to the world. */
  readonly ports: readonly { readonly port: number; readonly protocol: "tcp" | "udp" }[];
  /** CIDRs that may reach Docker's API on 2376. */
  readonly operators: readonly string[];
  /** Seconds that Docker gives containers to stop when it shuts down. */
  readonly grace: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether the disk and the address are protected from deletion. */
  readonly protect: boolean;
}

export interface Machine extends pulumi.ComponentResource {
  /** The public IPv4 address: static, it outlives the machine. */
  readonly address: pulumi.Output<string>;
  /** Where Docker answers; its host comes from the address resource alone (decisions.md: host-from-address). */
  readonly docker: DockerEndpoint;
  /** The data disk: a new one means new containers (decisions.md: follow-the-data-disk). Absent on local. */
  readonly disk?: pulumi.CustomResource;
}

export interface DockerEndpoint {
  /** `tcp://<address>:2376`; undefined: this computer's Docker. */
  readonly host?: pulumi.Output<string>;
  /** PEM. All three together, or none. */
  readonly ca?: pulumi.Output<string>;
  readonly cert?: pulumi.Output<string>;
  readonly key?: pulumi.Output<string>;
  /** Resolves once the machine has its address and its disk; only then does `up` wait for Docker. */
  readonly ready?: pulumi.Output<unknown>;
}

export interface ClusterArgs {
  readonly nodeType: string;
  readonly min: number;
  readonly max: number;
  readonly operators: readonly string[];
  /** Who may administer it besides its maker, in the cloud's form (`Catalog.admins`). */
  readonly admins: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly protect: boolean;
}

export interface Cluster extends pulumi.ComponentResource {
  /** Absent on local, where the provider finds it as kubectl does. */
  readonly kubeconfig?: pulumi.Output<string>;
  /** More arguments of the kubernetes provider: those that the stack's config gives, the context among them. */
  readonly provider?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Stays the same when the kubeconfig changes (`clusterIdentifier`). */
  readonly identifier: pulumi.Output<string>;
  /** What has to be there before a pod can run: the node pool. */
  readonly ready: readonly pulumi.Resource[];
  readonly storageClass?: string;
  readonly sharedStorageClass?: string;
  /** Annotations of the edge's Service that give it a static address on this cloud's load balancer. */
  readonly edge: EdgeBalancer;
  /** Whether metrics-server has to be brought along. */
  readonly needsMetricsServer: boolean;
}

export interface EdgeBalancer {
  readonly annotations: Readonly<Record<string, pulumi.Input<string>>>;
  readonly loadBalancerIP?: pulumi.Input<string>;
  readonly loadBalancerClass?: string;
  /** The static address, when it is known before the balancer is there. */
  readonly address?: pulumi.Output<string>;
  /** Further static addresses, of its other zones: a name has records for all of them. */
  readonly otherAddresses?: readonly pulumi.Output<string>[];
  /** Whether the balancer speaks the PROXY protocol. */
  readonly proxyProtocol: boolean;
  /** Whether the cloud deletes the balancer, and its address with it, when the Service goes. */
  readonly goesWithService?: boolean;
}

export interface DatabaseArgs {
  readonly database: DatabasePlan;
  /** What may reach it: the machine or the cluster made before. */
  readonly client: Machine | Cluster;
  readonly tags: Readonly<Record<string, string>>;
  readonly protect: boolean;
}

export interface Database extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;
  /**
   * Whether `host` has no address but SRV records, `_mongodb._tcp.<host>`, that name the servers and their
   * ports (`mongodb+srv`); `port` is then what they usually say. Absent: `host` is the server.
   */
  readonly srv?: boolean;
  /**
   * Whether only the cloud's API creates users, with passwords that it chooses: the proxy then logs the
   * application in as the administrator. Absent: the administrator creates users.
   */
  readonly imposesUser?: boolean;
  readonly port: pulumi.Output<number>;
  /** With admin rights, for the bootstrap Job. */
  readonly user: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  /** The database to connect to first. */
  readonly defaultDatabase: pulumi.Output<string>;
  /** PEM of the authorities that signed the servers' certificates; undefined: a public one. */
  readonly ca?: pulumi.Output<string>;
  /**
   * What a client checks: `host`, the certificate names the host; `authority`, it names no host, but its
   * authority signs for this very server alone, so that the chain proves the server.
   */
  readonly verify: "host" | "authority";
  readonly readHosts: readonly pulumi.Output<string>[];
  /** The authority of each of `readHosts`, where it differs from `ca`. */
  readonly readCas?: readonly pulumi.Output<string>[];
  /** Whether the server speaks TLS. */
  readonly tls: boolean;
}

export interface RegistryArgs {
  /** The account's registry that is there already; absent: it is made. */
  readonly name?: string;
  readonly repositories: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface Registry extends pulumi.ComponentResource {
  /** `<server>/<path>` for a repository's name. */
  repository(name: string): pulumi.Output<string>;
  readonly server: pulumi.Output<string>;
  readonly username: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  /** A login that reads alone, with which pods pull; absent: nodes pull with an identity that they have. */
  readonly pull?: Login;
}

export interface Login {
  readonly username: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
}

export interface SiteArgs {
  readonly site: SitePlan;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Site extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;
  /** The records that its domain needs, where the site does not make them itself. */
  readonly records?: readonly DnsRecord[];
}

export interface BucketArgs {
  /** One that exists already, whose settings are left alone; null: a new one. */
  readonly existing: string | null;
  /** How long a deleted or overwritten object can be brought back, in days. */
  readonly keepDays: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly protect: boolean;
}

/**
 * A bucket for backups, where none exists yet, and a key that can add and delete objects in it, but nothing that was deleted for good:
 * who takes the machine cannot take the past (decisions.md: backups). It stays when the stack is destroyed.
 */
export interface Bucket extends pulumi.ComponentResource {
  /** As restic names it: `s3:https://host/bucket`. */
  readonly repository: pulumi.Output<string>;
  /** The variables with which restic opens it. Secret. */
  readonly credentials: Readonly<Record<string, pulumi.Output<string>>>;
}

export interface DnsArgs {
  readonly zone: string;
  readonly records: readonly DnsRecord[];
}

export interface DnsRecord {
  readonly name: string;
  readonly type: "A" | "AAAA" | "CNAME";
  readonly values: readonly pulumi.Input<string>[];
}
