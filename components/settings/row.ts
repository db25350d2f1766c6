import type { CloudName } from "../clouds/list";
import type { SecretValues } from "../model/reference";
import type { Type } from "../model/schema";
import type { Place } from "./reader";

/** What the checks and defaults of a key may depend on. */
export interface Stack {
  readonly project: string;
  readonly stack: string;
  /** The folder of Pulumi.yaml: relative paths start here. */
  readonly folder: string;
  /** undefined: not stated, or not a known cloud. */
  readonly cloud: CloudName | undefined;
  readonly local: boolean;
  readonly cluster: boolean;
  /** The values behind references. */
  readonly values: SecretValues;
}

/** A stated value, merged over the default where both are mappings. */
export type Filled<T, D> = D extends readonly unknown[] | string | number | boolean | undefined
  ? T
  : T & D;

/**
 * One key of the config. The type of Settings, the table in README.md and berth.schema.json are derived
 * from it, so a new key is a new row, and the code that uses it.
 *
 * T is what the key holds in the config, D its default, V what Settings hold.
 */
export interface Row<T, D extends T | undefined, V> {
  readonly type: Type<T>;
  /** What it is, in Markdown. */
  readonly description: string;
  /** The value of an absent key, in the form of the config; a stated mapping is merged over it. */
  readonly default?: D;
  /** The default, where it depends on the stack. */
  defaultOn?(stack: Stack): D;
  /** The default in Markdown, where the value alone is not enough. */
  readonly defaultText?: string;
  /** A baseline's value is replaced by the stack's, not merged with it. */
  readonly replaced?: boolean;
  /** Why the key must be stated and what to give, or undefined where it is optional. */
  required?(stack: Stack): string | undefined;
  /** Reports what the type cannot check: parts that contradict each other or the cloud. */
  check?(value: Filled<T, D>, at: Place, stack: Stack): void;
  /** The value in Settings, where it differs from the value in the config. */
  read?(value: Filled<T, D>, at: Place, stack: Stack): V;
}

export function row<T, D extends T | undefined = undefined, V = Filled<T, D>>(
  one: Row<T, D, V>,
): Row<T, D, V> {
  return one;
}
