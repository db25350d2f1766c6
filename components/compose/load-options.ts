import type { Text } from "../model/reference";

/** What an App is loaded from. */
export interface LoadOptions {
  /** Absolute paths, merged in order. The first one's folder is the project's. */
  readonly files: readonly string[];
  /** Profiles to switch on; none: those of the variable COMPOSE_PROFILES. */
  readonly profiles: readonly string[];
  /** Values for interpolation that outrank .env; a secret one is a reference (`refer("config", "variables.X")`). */
  readonly variables: Readonly<Record<string, Text>>;
  /** Content of top-level secrets given by the stack config, by name. */
  readonly secrets?: Readonly<Record<string, Text>>;
  /** A variable that is not set reads as an empty string, as in the reference, instead of being a problem. */
  readonly lenient?: boolean;
}
