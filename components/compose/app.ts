import type { Position } from "../model/problem";
import type { Text } from "../model/reference";

/**
 * The Compose application model in the normal form of `docker compose config`: merged, interpolated,
 * long syntax, absolute paths. Keys keep their Compose names (https://compose-spec.io). Strings may
 * hold references (model/reference.ts) where a secret was interpolated.
 */
export interface App {
  /** The project's name: top-level `name`, else the folder's. */
  readonly name: string;
  /** The folder that relative paths start from. */
  readonly folder: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, Network>>;
  readonly volumes: Readonly<Record<string, Volume>>;
  readonly secrets: Readonly<Record<string, FileObject>>;
  readonly configs: Readonly<Record<string, FileObject>>;
  /** Names of services that no chosen profile switches on. */
  readonly disabled: readonly string[];
  /** The file's own `x-` keys at the top, variables replaced. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** What stands on this computer at each bind mount's source, by absolute path. */
  readonly files: Readonly<Record<string, Snapshot>>;
  /** Where each key stands, by dotted path: `services.web.ports[0]`, `services.web.environment.DEBUG`. */
  readonly positions: ReadonlyMap<string, Position>;
}

export interface Service {
  readonly annotations?: Readonly<Record<string, Text>>;
  readonly attach?: boolean;
  readonly build?: Build;
  readonly blkio_config?: unknown;
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cgroup?: string;
  readonly cgroup_parent?: string;
  /** null: the image's own. */
  readonly command: readonly Text[] | null;
  readonly configs?: readonly FileMount[];
  readonly container_name?: string;
  readonly cpu_count?: number;
  readonly cpu_percent?: number;
  readonly cpu_period?: string | number;
  readonly cpu_quota?: string | number;
  readonly cpu_rt_period?: string | number;
  readonly cpu_rt_runtime?: string | number;
  readonly cpu_shares?: number;
  readonly cpus?: number;
  readonly cpuset?: string;
  readonly credential_spec?: unknown;
  readonly depends_on?: Readonly<Record<string, Dependency>>;
  readonly deploy?: Deploy;
  readonly develop?: unknown;
  readonly device_cgroup_rules?: readonly string[];
  readonly devices?: readonly Device[];
  readonly dns?: readonly string[];
  readonly dns_opt?: readonly string[];
  readonly dns_search?: readonly string[];
  readonly domainname?: string;
  readonly entrypoint: readonly Text[] | null;
  /** Merged from `env_file` and `environment`; null: taken from nowhere, so left unset. */
  readonly environment?: Readonly<Record<string, Text | null>>;
  readonly expose?: readonly string[];
  readonly external_links?: readonly string[];
  /** `host` → addresses. */
  readonly extra_hosts?: readonly string[];
  readonly gpus?: unknown;
  readonly group_add?: readonly string[];
  readonly healthcheck?: Healthcheck;
  readonly hostname?: string;
  readonly image?: string;
  readonly init?: boolean;
  readonly ipc?: string;
  readonly isolation?: string;
  readonly label_file?: readonly string[];
  readonly labels?: Readonly<Record<string, Text>>;
  readonly links?: readonly string[];
  readonly logging?: {
    readonly driver?: string;
    readonly options?: Readonly<Record<string, string>>;
  };
  readonly mac_address?: string;
  /** Bytes, as a string. */
  readonly mem_limit?: string;
  readonly mem_reservation?: string;
  readonly mem_swappiness?: string | number;
  readonly memswap_limit?: string;
  readonly models?: unknown;
  readonly network_mode?: string;
  readonly networks?: Readonly<Record<string, NetworkAttachment | null>>;
  readonly oom_kill_disable?: boolean;
  readonly oom_score_adj?: number;
  readonly pid?: string;
  readonly pids_limit?: number;
  readonly platform?: string;
  readonly ports?: readonly Port[];
  readonly post_start?: readonly unknown[];
  readonly pre_stop?: readonly unknown[];
  readonly privileged?: boolean;
  readonly profiles?: readonly string[];
  readonly provider?: unknown;
  readonly pull_policy?: string;
  readonly read_only?: boolean;
  readonly restart?: string;
  readonly runtime?: string;
  readonly scale?: number;
  readonly secrets?: readonly FileMount[];
  readonly security_opt?: readonly string[];
  /** Bytes, as a string. */
  readonly shm_size?: string;
  readonly stdin_open?: boolean;
  /** A Compose duration: `1m30s`. */
  readonly stop_grace_period?: string;
  readonly stop_signal?: string;
  readonly storage_opt?: Readonly<Record<string, unknown>>;
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly tmpfs?: readonly string[];
  readonly tty?: boolean;
  readonly ulimits?: Readonly<
    Record<string, number | { readonly soft: number; readonly hard: number }>
  >;
  readonly use_api_socket?: boolean;
  readonly user?: string;
  readonly userns_mode?: string;
  readonly uts?: string;
  readonly volumes?: readonly VolumeMount[];
  readonly volumes_from?: readonly string[];
  readonly working_dir?: string;
}

export interface Build {
  /** An absolute folder, or a URL. */
  readonly context: string;
  readonly dockerfile?: string;
  readonly dockerfile_inline?: string;
  readonly args?: Readonly<Record<string, Text | null>>;
  readonly target?: string;
  readonly platforms?: readonly string[];
  readonly [key: string]: unknown;
}

export interface Dependency {
  readonly condition: "service_started" | "service_healthy" | "service_completed_successfully";
  readonly required: boolean;
  readonly restart?: boolean;
}

export interface Deploy {
  readonly mode?: string;
  readonly replicas?: number;
  readonly endpoint_mode?: string;
  readonly labels?: Readonly<Record<string, Text>>;
  readonly update_config?: {
    readonly parallelism?: number;
    readonly delay?: string;
    readonly failure_action?: string;
    readonly monitor?: string;
    readonly max_failure_ratio?: number;
    readonly order?: "start-first" | "stop-first";
  };
  readonly rollback_config?: unknown;
  readonly resources?: {
    readonly limits?: Resources;
    readonly reservations?: Resources & { readonly devices?: readonly unknown[] };
  };
  readonly restart_policy?: {
    readonly condition?: "none" | "on-failure" | "any";
    readonly delay?: string;
    readonly max_attempts?: number;
    readonly window?: string;
  };
  readonly placement?: {
    readonly constraints?: readonly string[];
    readonly preferences?: readonly { readonly spread?: string }[];
    readonly max_replicas_per_node?: number;
  };
}

export interface Resources {
  /** Number of CPUs. */
  readonly cpus?: string | number;
  /** Bytes, as a string. */
  readonly memory?: string;
  readonly pids?: number;
}

export interface Device {
  readonly source: string;
  readonly target: string;
  readonly permissions?: string;
}

/** A `secrets` or `configs` entry of a service. */
export interface FileMount {
  readonly source: string;
  /** As written; by default `/run/secrets/<source>` for secrets and `/<source>` for configs. A relative one is below `/run/secrets`, or `/`. */
  readonly target: string;
  readonly uid?: string;
  readonly gid?: string;
  /** Octal, as a string: `0440`. */
  readonly mode?: string;
}

export interface Healthcheck {
  readonly test?: readonly string[];
  readonly interval?: string;
  readonly timeout?: string;
  readonly retries?: number;
  readonly start_period?: string;
  readonly start_interval?: string;
  readonly disable?: boolean;
}

export interface NetworkAttachment {
  readonly aliases?: readonly string[];
  readonly ipv4_address?: string;
  readonly ipv6_address?: string;
  readonly [key: string]: unknown;
}

export interface Port {
  readonly mode?: string;
  readonly host_ip?: string;
  readonly target: number;
  /** A port, or a range. Absent: any free one. */
  readonly published?: string;
  readonly protocol: string;
  readonly app_protocol?: string;
  readonly name?: string;
}

export interface VolumeMount {
  readonly type: "volume" | "bind" | "tmpfs" | "npipe" | "cluster" | "image";
  readonly source?: string;
  readonly target: string;
  readonly read_only?: boolean;
  readonly consistency?: string;
  readonly bind?: {
    readonly create_host_path?: boolean;
    readonly propagation?: string;
    readonly selinux?: string;
  };
  readonly volume?: { readonly nocopy?: boolean; readonly subpath?: string };
  readonly image?: { readonly subpath?: string };
  readonly tmpfs?: { readonly size?: string | number; readonly mode?: number };
}

export interface Network {
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: Readonly<Record<string, string>>;
  readonly external?: boolean;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly enable_ipv4?: boolean;
  readonly enable_ipv6?: boolean;
  readonly ipam?: {
    readonly driver?: string;
    readonly config?: readonly {
      readonly subnet?: string;
      readonly gateway?: string;
      readonly ip_range?: string;
      readonly aux_addresses?: Readonly<Record<string, string>>;
    }[];
    readonly options?: Readonly<Record<string, string>>;
  };
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Volume {
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: Readonly<Record<string, string>>;
  readonly external?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A top-level `secrets` or `configs` entry. */
export interface FileObject {
  readonly name: string;
  readonly file?: string;
  readonly environment?: string;
  /** What the file holds, as far as the loader knows it: text, a reference, or base64 of binary content. */
  readonly content?: Text;
  readonly binary?: boolean;
  readonly external?: boolean;
  readonly driver?: string;
  readonly driver_opts?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly template_driver?: string;
}

/** What stands at a bind mount's source on this computer. */
export interface Snapshot {
  readonly kind: "file" | "folder" | "absent" | "other";
  /** git ignores it, or it is empty: data, not source (decisions.md: bind-mounts). */
  readonly ignored: boolean;
  /** Inside the project's folder; false for host paths such as `/etc/localtime`. */
  readonly inProject: boolean;
  /**
   * Its files when small enough to upload (900 KiB and 100 files; decisions.md: bind-mounts), paths relative to it
   * ("" for a file itself).
   */
  readonly files?: readonly SnapshotFile[];
  readonly bytes: number;
  readonly count: number;
}

export interface SnapshotFile {
  readonly path: string;
  /** Text, or base64 when `binary`. */
  readonly content: string;
  readonly binary: boolean;
  readonly executable: boolean;
}
