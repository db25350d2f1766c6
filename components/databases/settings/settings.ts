import type { Text } from "../../model/reference";
import type { Service } from "../../plan/plan";

/** The parts of a service that say how its server is set. */
export type Source = Pick<Service, "compose" | "environment" | "mounts">;

/** A setting that a service gives its server. */
export interface Setting {
  /** The server's own name of it: `max_connections`, `sql_mode`, `maxmemory-policy`. */
  readonly name: string;
  readonly value: Text;
  /** The service's key where it stands: `command`, `environment.POSTGRES_INITDB_ARGS`, `volumes[2]`. */
  readonly key: string;
}

/** What a reader found in a service. */
export interface Stated {
  /** In the order in which they take effect: the last of a name counts. */
  readonly settings: readonly Setting[];
  /** Paths of the files that they come from. */
  readonly files: readonly string[];
  /** What the container does and the reader does not understand. */
  readonly unread: readonly { readonly key: string; readonly what: string }[];
}

/**
 * What a managed server has instead of a setting that its cloud does not take. `same`: its servers are so anyway;
 * `own`: it decides that itself, which makes no difference to the application; `database`: the bootstrap gives it to
 * the database; undefined: nothing, so that the setting is lost.
 */
export type Instead = "same" | "own" | "database" | undefined;

/** How an engine's servers are set. */
export interface ServerSettings {
  readonly read: (service: Source) => Stated;
  /** A value as clouds take it: sizes and durations as numbers in the setting's own unit. */
  readonly canonical: (name: string, value: string) => string;
  readonly instead: (name: string, value: string) => Instead;
  /** Variables of its images that need no setting, as they are of the container alone or of the login. */
  readonly variables: RegExp;
}
