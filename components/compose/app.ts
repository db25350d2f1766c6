import type { Position } from "../model/problem";
import type { Text } from "../model/reference";
import type { resources } from "./schema/schema";
import type { serviceRows, serviceType } from "./schema/service";
import type { Value } from "./schema/types";

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

/** A service: every key with its normal form (schema/service.ts), and without those that the loader works into others. */
export type Service = Omit<
  Value<typeof serviceType>,
  "env_file" | "extends" | "label_file" | "pull_refresh_after"
>;

/** A service key of the Compose Specification. */
export type ServiceKey = keyof typeof serviceRows;

type Present<K extends keyof Service> = NonNullable<Service[K]>;

export type Build = Present<"build">;
export type Deploy = Present<"deploy">;
export type DeviceRequest = Present<"gpus">[number];
export type Healthcheck = Present<"healthcheck">;
export type Port = Present<"ports">[number];
export type VolumeMount = Present<"volumes">[number];

/** A `secrets` or `configs` entry of a service. */
export type FileMount = Present<"secrets">[number];

export type Network = Value<typeof resources.networks>;
export type Volume = Value<typeof resources.volumes>;

/** A top-level `secrets` or `configs` entry. */
export type FileObject = Value<typeof resources.secrets> &
  Omit<Value<typeof resources.configs>, "content"> & {
    /** What the file holds, as far as the loader knows it: text, a reference, or base64 of binary content. */
    readonly content?: Text;
    readonly binary?: boolean;
  };

/** What stands at a bind mount's source on this computer. */
export interface Snapshot {
  readonly kind: "file" | "folder" | "absent" | "other";
  /**
   * Nothing in it is the project's own: it is excluded by a `.gitignore`, or all that it holds is, or it is empty but
   * for placeholders. Data, not source (decisions.md: ignore-files).
   */
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
