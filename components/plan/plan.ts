import type { App, Build, Service as ComposeService } from "../compose/app";
import type { EngineName } from "../model/engine-name";
import type { Text } from "../model/reference";
import type { Autoscale, LocationName, Settings, Shape } from "../settings/settings";
import type { CloudName } from "../clouds/list";

/**
 * What will run where: an App and Settings brought together. Pure data, the same for the same input;
 * no secret and no value that only the cloud knows, just references to them.
 */
export interface Plan {
  readonly project: string;
  readonly stack: string;
  readonly cloud: CloudName;
  readonly shape: Shape;
  readonly location: LocationName;
  /** null on local. */
  readonly region: string | null;
  /** Start of every physical name: the project and the stack, `bigga-qa`. */
  readonly prefix: string;
  readonly app: App;
  readonly settings: Settings;
  /** The services that run as containers, each after those that it waits for. */
  readonly services: readonly Service[];
  readonly networks: readonly Network[];
  readonly volumes: readonly Volume[];
  readonly databases: readonly Database[];
  /** null when a service of the Compose file is itself the edge. */
  readonly edge: Edge | null;
  readonly routes: readonly Route[];
  /** Names of passwords to make: `secrets.<name>: { generate: true }`. */
  readonly generated: readonly string[];
  readonly sites: readonly Site[];
  readonly machine: Machine | null;
  readonly cluster: ClusterPlan | null;
  /** null: nothing is backed up. */
  readonly backups: Backups | null;
  readonly notices: readonly Notice[];
  readonly cost: Cost;
}

export type Rollout = "start-first" | "stop-first" | "job" | "daemon" | "cron";

export interface Service {
  readonly name: string;
  /** The Compose keys themselves; what is planned below outranks them. */
  readonly compose: ComposeService;
  readonly image: Image;
  readonly rollout: Rollout;
  /** Containers or pods; an autoscaler's minimum when `autoscale` is there. */
  readonly replicas: number;
  readonly autoscale?: Autoscale;
  /** Five cron fields in UTC (label `berth.cron`), for rollout `cron`. */
  readonly schedule?: string;
  /** Docker's restart policy. */
  readonly restart: "no" | "always" | "unless-stopped" | "on-failure";
  readonly maxRestarts?: number;
  readonly environment: Readonly<Record<string, Text>>;
  /** Network → the names it answers to there, its own first. Empty with `network_mode`. */
  readonly networks: Readonly<Record<string, readonly string[]>>;
  readonly mounts: readonly Mount[];
  /** Ports it listens on, from `ports`, `expose` and routes. */
  readonly ports: readonly { readonly port: number; readonly protocol: "tcp" | "udp" }[];
  /** Published on the host: only for a service that is itself the edge. */
  readonly published: readonly {
    readonly port: number;
    readonly host: number;
    readonly ip?: string;
    readonly protocol: "tcp" | "udp";
  }[];
  /**
   * Services whose names it looks up once, when it starts: on a machine it is replaced when their containers
   * are, which have other addresses (decisions.md: follows).
   */
  readonly follows: readonly string[];
  /** What it waits for before it starts. */
  readonly after: readonly {
    readonly service: string;
    readonly condition: "started" | "healthy" | "completed";
  }[];
  readonly health?: Health;
  /** Whether creation waits until Docker reports it healthy: it has a healthcheck, or a service waits for its image's own. */
  readonly waitHealthy: boolean;
  /** Seconds to become healthy, or for a job to end. */
  readonly timeout: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly grace: number;
  /** MiB; limit and what is asked for, when the file says. */
  readonly memory?: { readonly limit?: number; readonly request?: number };
  readonly cpu?: { readonly limit?: number; readonly request?: number };
  /** The service whose network it shares (`network_mode: service:x`): one pod. */
  readonly sharesNetworkOf?: string;
  /** The database engine that its image is, when it is one. */
  readonly engine?: EngineName;
}

export type Image =
  | { readonly pull: string; readonly always: boolean }
  | {
      readonly build: Build;
      readonly name: string;
      /** The service that states the build: itself, or the one whose image it runs. */
      readonly service: string;
    };

export interface Health {
  /** `["CMD", …]` or `["CMD-SHELL", line]`. */
  readonly test: readonly string[];
  /** Seconds; Docker's defaults filled in. */
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}

export type Mount =
  | {
      readonly kind: "volume";
      readonly volume: string;
      readonly target: string;
      readonly readOnly: boolean;
      readonly subpath?: string;
      readonly noCopy?: boolean;
    }
  /** Files put into the container: small bind mounts from the project, configs, secrets. */
  | {
      readonly kind: "files";
      readonly name: string;
      readonly target: string;
      readonly secret: boolean;
      readonly files: readonly MountedFile[];
    }
  | {
      readonly kind: "host";
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      readonly propagation?: string;
    }
  | {
      readonly kind: "tmpfs";
      readonly target: string;
      readonly bytes?: number;
      readonly mode?: number;
    };

export interface MountedFile {
  /** Absolute path in the container. */
  readonly path: string;
  readonly content: Text;
  /** `content` is base64. */
  readonly binary: boolean;
  /** Octal: `0444`. */
  readonly mode: string;
  readonly uid?: string;
  readonly gid?: string;
}

export interface Network {
  /** The Compose name. */
  readonly name: string;
  readonly internal: boolean;
  readonly external?: string;
  readonly driver?: string;
  readonly driverOptions?: Readonly<Record<string, string>>;
  readonly ipv6?: boolean;
  readonly subnets: readonly {
    readonly subnet?: string;
    readonly gateway?: string;
    readonly range?: string;
  }[];
}

export interface Volume {
  readonly name: string;
  /** GiB. */
  readonly size: number;
  readonly class?: string;
  readonly shared: boolean;
  /** An existing volume's name. */
  readonly external?: string;
  readonly driver?: string;
  readonly driverOptions?: Readonly<Record<string, string>>;
  /** Services that mount it. */
  readonly users: readonly string[];
  /**
   * Of a folder of the project, the names that it may have in a stack that runs already (decisions.md: folder-volumes);
   * absent for other volumes.
   */
  readonly formerNames?: readonly string[];
  /** Folders in it that services mount, to be made before the first of them starts. */
  readonly folders?: readonly string[];
  /** The service whose image fills it when new, when others only read it (decisions.md: shared-volumes). */
  readonly filledBy?: string;
}

export interface Database {
  readonly service: string;
  readonly engine: EngineName;
  /** The tag's major version. */
  readonly version: string;
  readonly managed: boolean;
  /** An existing database instead of a new one. */
  readonly url?: Text;
  readonly readUrls: readonly Text[];
  /** PEM of the authority that signed its certificate, where its URL names one. */
  readonly ca?: string;
  /** The name and port that the application uses. */
  readonly host: string;
  readonly port: number;
  /** Managed only. */
  readonly size?: string;
  readonly storage?: number;
  readonly highAvailability: boolean;
  readonly readReplicas: number;
  readonly backupDays: number;
  /** Whether the cloud keeps a last snapshot when it is deleted, whatever `protect` says by then. */
  readonly finalSnapshot: boolean;
  readonly restoreFrom?: string;
  /** What the Compose file's environment asks for; made by the bootstrap Job. */
  readonly database?: Text;
  readonly user?: Text;
  readonly password?: Text;
  readonly adminPassword?: Text;
  /** Settings of its server, by the cloud's names and in its units. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Settings that `database` is made with, by the engine's names: those that the cloud does not take for a server. */
  readonly settings: Readonly<Record<string, string>>;
  /** Extensions that the image brings, made in `database` on a new server. */
  readonly extensions: readonly string[];
  /** initdb scripts, in order. */
  readonly scripts: readonly MountedFile[];
  /** Networks that its name answers on, and the names. */
  readonly networks: Readonly<Record<string, readonly string[]>>;
  readonly users: readonly string[];
}

/** The edge: Traefik. Its own inputs hold no route, so that no route replaces it (decisions.md: edge-without-routes). */
export interface Edge {
  readonly http: number;
  readonly https: number | null;
  readonly tls: Settings["tls"];
  readonly openPorts: readonly {
    readonly port: number;
    readonly protocol: "tcp" | "udp";
    readonly service: string;
    readonly target: number;
  }[];
  readonly maintenancePage: string;
}

export interface Route {
  /** Unique, for resource and router names: `backend`, `backend-2`. */
  readonly name: string;
  /** May hold the address reference: `backend.<address>.sslip.io`. Empty where the rule names none. */
  readonly host: Text;
  readonly path: string;
  readonly service: string;
  readonly port: number;
  /** Empty where there is no single one: the host is a wildcard, or a rule names none. */
  readonly url: Text;
  readonly internal: boolean;
  readonly allow: readonly string[];
  /** Basic authentication, one `user:password` or `user:hash` (htpasswd) a line. */
  readonly auth?: Text;
  readonly redirect?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sticky: boolean;
  readonly maxBody?: number;
  /** What the service speaks; `http` where it is not there. */
  readonly scheme?: "https" | "h2c";
  /** Whether the service sees the client's Host header; true where it is not there. */
  readonly passHost?: boolean;
  /** In the order in which a request meets them. */
  readonly middlewares?: readonly Middleware[];
  /** A rule in Traefik's own language, when a label's rule is more than host and path. */
  readonly rule?: Text;
  readonly priority?: number;
}

/** One of Traefik's own middlewares, with its options as Traefik's files have them. */
export interface Middleware {
  /** `headers`, `ipAllowList`. */
  readonly kind: string;
  /** Texts may hold references. `users` of `basicAuth` is a text, one `user:password` or `user:hash` a comma or line. */
  readonly options: Readonly<Record<string, unknown>>;
  /** For `forwardAuth`: where it asks, in place of an address. */
  readonly asks?: {
    readonly scheme: "http" | "https";
    /** With the query. */
    readonly path: string;
  } & (
    | { readonly service: string; readonly port: number; readonly outside?: never }
    /** `host[:port]`. */
    | { readonly outside: string; readonly service?: never }
  );
}

export interface Site {
  readonly name: string;
  readonly path: string;
  readonly domain?: string;
  readonly spa: boolean;
}

export interface Machine {
  /** The cloud's own type name. */
  readonly type: string;
  /** GiB of the data disk. */
  readonly disk: number;
  /** TCP and UDP ports open to the world: 80, 443 and `openPorts`. */
  readonly ports: readonly { readonly port: number; readonly protocol: "tcp" | "udp" }[];
  readonly operators: readonly string[];
  /** The longest stop_grace_period of all services, in seconds. */
  readonly grace: number;
}

export interface ClusterPlan {
  readonly nodeType: string;
  readonly min: number;
  readonly max: number;
  readonly operators: readonly string[];
  /** Those of `admins` whom the cloud knows. */
  readonly admins: readonly string[];
}

/** What is backed up, when and where (decisions.md: backups). */
export interface Backups {
  /** Five cron fields, UTC. */
  readonly schedule: string;
  /** The longest time between two runs, in seconds. */
  readonly interval: number;
  /** How many backups are kept, and the days that they reach back. */
  readonly keep: number;
  readonly keepDays: number;
  /** A repository as restic names it, or a bucket of the stack's cloud: an existing one, or a new one. */
  readonly to:
    | { readonly repository: string; readonly bucket?: never }
    | { readonly bucket: string | null; readonly repository?: never };
  /** The variables with which restic opens `to`. */
  readonly credentials: Readonly<Record<string, Text>>;
  /** Encrypts the backups. */
  readonly password: Text;
  /** Servers of which a dump is made. */
  readonly databases: readonly { readonly service: string; readonly engine: EngineName }[];
  /** Volumes whose files are copied. */
  readonly volumes: readonly {
    readonly volume: string;
    /** Services that stand still meanwhile. */
    readonly pause: readonly string[];
    /** Scripts that run in services before. */
    readonly flush: readonly {
      readonly service: string;
      readonly script: string;
      readonly password?: Text;
    }[];
  }[];
}

export interface Notice {
  /** `info`: approximated or chosen for you; `loss`: something that the file asked for is not there. */
  readonly level: "info" | "loss";
  readonly service: string | null;
  readonly key: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly message: string;
}

export interface Cost {
  readonly currency: "USD";
  readonly monthly: number;
  readonly items: readonly {
    readonly resource: string;
    readonly item: string;
    readonly monthly: number;
  }[];
  /** What costs something that is not known here, and is missing in the sum; absent: nothing. */
  readonly unknown?: readonly { readonly resource: string; readonly item: string }[];
  /** A key of the config whose other value costs less by `monthly` and still holds what the services reserve. */
  readonly cheaper?: { readonly key: string; readonly value: string; readonly monthly: number };
  /** The day of the price lists, ISO; absent on local, as are those below. */
  readonly date?: string;
  /** The regions that the prices hold for, where the stack's is none of them; absent: they are its own. */
  readonly pricesOf?: readonly string[];
  /** What is charged by use, or not counted. */
  readonly notIncluded?: readonly string[];
}
