import type { EngineName } from "../model/engine-name";
import type { Text } from "../model/reference";

export type CloudName = "aws" | "gcp" | "digitalocean" | "local";
export type Shape = "vm" | "cluster";
export type LocationName = "europe" | "us-east" | "us-west" | "asia";

/** A stack's config, typed and checked: schema.ts says what each key is, its unit and its default. */
export interface Settings {
  readonly project: string;
  readonly stack: string;
  /** The folder of Pulumi.yaml: relative paths start here. */
  readonly folder: string;
  readonly cloud: CloudName;
  readonly shape: Shape;
  /** Absolute paths, merged in order. */
  readonly compose: readonly string[];
  readonly profiles: readonly string[];
  readonly location: LocationName;
  /** The provider's own region key (`aws:region`, …); it outranks `location`. */
  readonly region?: string;
  /**
   * The cloud's own namespace of the config, handed to its provider whole (decisions.md: default-providers-off).
   * Secret values are references.
   */
  readonly provider: Readonly<Record<string, Text>>;
  /** `small`, `medium`, `large`, `xlarge`, or the cloud's own type name. */
  readonly machine: string;
  /** GiB of the data disk. */
  readonly disk: number;
  readonly account?: string;
  /** CIDRs, or `anywhere`; empty on local. */
  readonly operators: readonly string[] | "anywhere";
  readonly domain?: string;
  readonly listen: { readonly http: number; readonly https: number };
  readonly tls: Tls;
  readonly routes: readonly RouteSetting[];
  readonly variables: Readonly<Record<string, Text>>;
  readonly secrets: Readonly<Record<string, Text | { readonly generate: true }>>;
  readonly volumes: Readonly<Record<string, VolumeSetting>>;
  readonly images: Readonly<Record<string, string>>;
  readonly scale: Readonly<Record<string, number | Autoscale>>;
  readonly databases: Readonly<Record<string, DatabaseSetting>>;
  readonly nodes: { readonly size?: string; readonly min: number; readonly max: number };
  readonly sites: Readonly<Record<string, SiteSetting>>;
  readonly dns?: { readonly zone: string; readonly cloud: CloudName };
  readonly registry?:
    "cloud" | { readonly server: string; readonly username: Text; readonly password: Text };
  readonly openPorts: readonly OpenPortSetting[];
  readonly monitoring: { readonly datadogApiKey?: Text; readonly alerts?: string };
  readonly backups: { readonly schedule: string; readonly keep: number; readonly to?: string };
  readonly updates: { readonly reboot: string };
  readonly tags: Readonly<Record<string, string>>;
  /** Seconds to become healthy, by service. */
  readonly timeouts: Readonly<Record<string, number>>;
  /** `service.key` (or `key`) → the reason it is accepted. */
  readonly accept: ReadonlyMap<string, string>;
  /** What the maintenance page's file holds. */
  readonly maintenancePage?: string;
  readonly protect: boolean;
  /** The keys that the config states, dotted: a choice that the config states draws no notice. */
  readonly stated: ReadonlySet<string>;
}

export interface Tls {
  readonly mode: "letsencrypt" | "staging" | "self-signed" | "off" | "files";
  readonly email?: string;
  readonly dnsProvider?: string;
  readonly dnsVariables?: Readonly<Record<string, Text>>;
  /** PEM, when mode is `files`. */
  readonly cert?: Text;
  readonly key?: Text;
}

export interface RouteSetting {
  readonly host: string;
  /** `/` when the key names none. */
  readonly path: string;
  readonly service: string;
  readonly port?: number;
  /** Reachable from the private network only. */
  readonly internal?: boolean;
  /** CIDRs that may call. */
  readonly allow?: readonly string[];
  /** Basic authentication: `user:password`. */
  readonly auth?: Text;
  /** A URL to redirect to. */
  readonly redirect?: string;
  /** Response headers. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly sticky?: boolean;
  /** Bytes of a request's body. */
  readonly maxBody?: number;
}

export interface VolumeSetting {
  /** GiB; 10 by default. */
  readonly size?: number;
  readonly class?: string;
  readonly shared?: boolean;
}

export interface Autoscale {
  readonly min: number;
  readonly max: number;
  /** Percent. */
  readonly cpu?: number;
  readonly memory?: number;
  readonly queue?: { readonly service: string; readonly name: string; readonly length: number };
}

export interface DatabaseSetting {
  /** undefined: the default of the shape. */
  readonly mode?: "container" | "managed" | "url";
  readonly engine?: EngineName;
  readonly size?: string;
  readonly highAvailability?: boolean;
  readonly readReplicas?: number;
  /** GiB. */
  readonly storage?: number;
  readonly backupDays?: number;
  readonly version?: string;
  readonly restoreFrom?: string;
  /** A database that exists already. */
  readonly url?: Text;
  readonly readUrls?: readonly Text[];
  /** PEM of the file that the url names (`sslrootcert`). */
  readonly ca?: string;
}

export interface SiteSetting {
  /** Absolute folder. */
  readonly path: string;
  readonly domain?: string;
  readonly spa: boolean;
  readonly serve?: string;
}

export interface OpenPortSetting {
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  readonly service: string;
  readonly target?: number;
}
