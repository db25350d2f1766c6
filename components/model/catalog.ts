import type { EngineName } from "./engine-name";
import type { Parameters } from "./parameter";
import type { Quotas } from "./quota";

/** Parts of the world, in each of which every cloud has a region. */
export const locationNames = ["europe", "us-east", "us-west", "asia"] as const;

export type LocationName = (typeof locationNames)[number];

/**
 * What a cloud offers and what it costs: plain data that a cloud's folder exports (`catalog.ts`), so that
 * planning stays pure and loads no SDK. Prices are USD a month on demand, of the day that `prices` names.
 */
export interface Catalog {
  readonly cloud: string;
  /** What the stack's config calls it. */
  readonly config: CloudConfig;
  /** What its credentials belong to, `AWS account id`: what `account` names. Absent: nothing. */
  readonly account?: string;
  /** How `admins` names those who may use a cluster. Absent: the cloud grants nobody a single cluster. */
  readonly admins?: Admins;
  /**
   * The region and zone of each location; zones are constants, never the first of a lookup
   * (decisions.md: constant-zones).
   */
  readonly regions: Readonly<Record<LocationName, string>>;
  /** Machine types by Berth's size name; the cloud's own names are looked up in `machineTypes`. */
  readonly machines: Readonly<Record<"small" | "medium" | "large" | "xlarge", string>>;
  /** The same by region, for regions that have other machine types. */
  readonly machinesIn?: Readonly<Record<string, Catalog["machines"]>>;
  readonly machineTypes: Readonly<Record<string, MachineType>>;
  /**
   * A type that `machineTypes` does not list, as its price is not known here; undefined: there is none of that name.
   * Absent: `machineTypes` lists all.
   */
  readonly otherType?: (name: string, shape: "vm" | "cluster") => OtherType | undefined;
  /** The default node size of the cluster's pool, a key of machineTypes. */
  readonly nodeSize: string;
  /** Pods that a node holds, the system's included, where its type says no other number. */
  readonly podsPerNode: number;
  /** Managed engines; an engine that is absent stays a container. */
  readonly engines: Readonly<Partial<Record<EngineName, ManagedEngine>>>;
  /** What the vm shape and the cluster shape cost besides machines and databases. */
  readonly prices: Prices;
  /** Whether the cloud can make each of these. */
  readonly can: {
    readonly cluster: boolean;
    readonly sites: boolean;
    readonly dns: boolean;
    readonly registry: boolean;
    /** Whether Berth makes a bucket for backups on it. */
    readonly buckets: boolean;
    /** Whether a managed database leaves a snapshot when it is deleted. */
    readonly finalSnapshots: boolean;
    /** Whether it mails where `monitoring.alerts` says. */
    readonly alerts: boolean;
  };
  /**
   * An account has one registry for all of its stacks: what to say to a stack that makes it. `registry.name` names one
   * that is there. Absent: each stack has repositories of its own.
   */
  readonly accountRegistry?: string;
  /** The DNS in which alone a site's domain can be proven, `Route 53`; absent: its record in any DNS is enough. */
  readonly provesSitesIn?: string;
  /** What a site on its object storage needs that an organisation may forbid: said where `serve` is not stated. */
  readonly publicSites?: string;
  /** What a new account may have. */
  readonly quotas?: Quotas;
  /** How cert-manager proves names in its zones. */
  readonly solver?: DnsSolver;
  /** The storage class of a volume that several nodes write (ReadWriteMany), if there is one. */
  readonly sharedClass?: string;
}

/** The keys of the stack's config that are those of a cloud's provider. */
export interface CloudConfig {
  /** `aws` for `aws:region` and all others of the provider's package; by shape where the shapes' differ. */
  readonly namespace: string | Readonly<Record<"vm" | "cluster", string>>;
  /** The key that outranks `location`: `region`. */
  readonly region?: string;
  /** Further keys that decide what is made, so that they cannot be secret. */
  readonly plain?: readonly string[];
}

/** Who a cloud lets administer a cluster besides the one who made it. */
export interface Admins {
  /** What `admins` lists, with an example: `the ARN of an IAM role or user (arn:…)`. */
  readonly form: string;
  readonly pattern: RegExp;
  /** What to write for a text that is nearly of the form; undefined: it is not. */
  readonly correct: (text: string) => string | undefined;
  /** Who may use the cluster while `admins` lists nobody. */
  readonly otherwise: string;
}

/**
 * How cert-manager proves a name through a provider of DNS (https://cert-manager.io/docs/configuration/acme/dns01/).
 * Plain data and functions: what stands in a Secret is given by reference.
 */
export interface DnsSolver {
  /** What `tls.dnsProvider` calls it: the name that Traefik has for the provider. */
  readonly provider: string;
  /** Variables that it needs: of each list one is enough. */
  readonly variables: readonly (readonly string[])[];
  /**
   * The provider's part of the Issuer's `dns01`.
   *
   * @param reference Of the first of these variables that is given, where it stands in the Secret.
   * @param value A variable's own value, undefined when it is not given.
   */
  readonly dns01: (
    reference: (...variables: string[]) => object,
    value: (variable: string) => unknown,
  ) => Readonly<Record<string, unknown>>;
}

export interface MachineType {
  readonly cpus: number;
  /** GiB. */
  readonly memory: number;
  readonly monthly: number;
  /** Pods that a node of this type holds, where that is not the catalog's `podsPerNode`. */
  readonly pods?: number;
}

/** What is known of a machine type without a price. */
export interface OtherType {
  readonly cpus: number;
  /** GiB; absent: not known. */
  readonly memory?: number;
  /** Why Berth makes none of it: `it is arm64, …`. Absent: it does. */
  readonly refused?: string;
}

export interface ManagedEngine {
  /** Major versions that can be made, newest first, as an image's tag would say them: `17`, `8.4`. */
  readonly versions: readonly string[];
  /** How long the cloud supports versions as they are. Absent: no version that is offered is near its end. */
  readonly support?: Support;
  /**
   * Those extensions of derived images (`components/databases/<engine>/derived.ts`) that its servers have. A database
   * whose image brings another one stays a container.
   */
  readonly extensions?: readonly string[];
  /** Settings that it takes; another one is a notice. */
  readonly parameters?: Parameters;
  /** Made only when asked for (`databases.<service>: managed`): DocumentDB is not MongoDB. */
  readonly onlyWhenAsked?: string;
  /** The cloud imposes its own password, which the application was never given (decisions.md: imposed-password). */
  readonly imposesPassword?: boolean;
  readonly readReplicas: number;
  /** Days of backups that it keeps, 0 for none, whatever `backupDays` states. Absent: as many as that states. */
  readonly fixedBackupDays?: number;
  /** Size names, cheapest first. The first is the default; `highAvailable` the smallest that can have a standby. */
  readonly sizes: readonly DatabaseSize[];
  readonly highAvailable: string;
  /** Servers of a highly available database, 2 unless stated: MongoDB elects by majority. */
  readonly highAvailableServers?: number;
  /** GiB included in the size's price, and USD a month for each more. */
  readonly storage: {
    readonly included: number;
    readonly default: number;
    readonly perGiB: number;
    /** false: no `storage` can be asked for; it comes with the size, or grows by itself. */
    readonly stated?: false;
  };
}

export interface Support {
  /** The last day of standard support, ISO, by version as in `versions`. */
  readonly ends: Readonly<Record<string, string>>;
  /** What the cloud does with it from then on: `AWS upgrades it by itself`. */
  readonly then: string;
}

export interface DatabaseSize {
  readonly name: string;
  readonly cpus: number;
  readonly memory: number;
  readonly monthly: number;
  /** With a standby, where that is not twice as much. */
  readonly highlyAvailable?: number;
}

export interface Prices {
  /** The day of the price lists, ISO. */
  readonly date: string;
  /** The regions that they hold for; absent: all. */
  readonly regions?: readonly string[];
  readonly diskGiB: number;
  /** The machine's own root disk, where the machine's price leaves it out. */
  readonly bootDisk: number;
  readonly address: number;
  /** GiB of volumes in a cluster. */
  readonly volumeGiB: number;
  readonly controlPlane: number;
  /** What an account may get off it, which the price does not know of. */
  readonly controlPlaneCredit?: string;
  /** The logs that it writes, at a guess of how much a small cluster has, where they are paid. */
  readonly controlPlaneLogs?: number;
  readonly loadBalancer: number;
  /** Its addresses, where they are charged beside it. */
  readonly balancerAddresses: number;
  /** The way out of a cluster's nodes, with its address. */
  readonly nat: number;
  /** What each node adds to it. */
  readonly natPerNode: number;
  /** A node's boot disk. */
  readonly nodeDisk: number;
  readonly registry: number;
  readonly site: number;
  /** A bucket for backups, before what it holds, and a GiB in it. */
  readonly bucket: number;
  readonly bucketGiB: number;
  /** What is charged by use or not known here, besides traffic and tax. */
  readonly notIncluded: NotIncluded;
}

/** By what a stack has. */
export type NotIncluded = Readonly<
  Partial<
    Record<
      "machine" | "cluster" | "databases" | "mongodb" | "sites" | "registry" | "alerts",
      readonly string[]
    >
  >
>;
