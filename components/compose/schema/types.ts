import * as schema from "../../model/schema";
import type { Node } from "../../model/tree";
import type { Merge } from "../read/merge";
import type { PathRule } from "../read/paths";

/**
 * What a key of a Compose file may hold. `convert` gives the normal form of a checked tree in long syntax.
 * `T` is that normal form: the App's TypeScript types are inferred from it.
 */
export interface Type<T = unknown> extends schema.Type<T> {
  /** The long syntax of what may be written in a short one. */
  readonly toLong?: (node: Node) => Node;
  /** The value with the defaults that the reference writes out; runs once all files are merged. */
  readonly complete?: (node: Node) => Node;
  /** A list of `NAME=value` stands for a mapping. */
  readonly pairs?: boolean;
  /** The rows of what stands below, by key; `*` is any key or index. */
  readonly below?: ReadonlyMap<string, Row>;
}

/** The normal form of a type. */
export type Value<T extends Type> = T extends Type<infer V> ? V : never;

/** All that the loader knows of a key. */
export interface Row<T = unknown> {
  /** What it may hold, and its normal form. */
  readonly type: Type<T>;
  /** How a later file's value joins an earlier one's. */
  readonly merge: Merge;
  /** Whether its values may hold secrets: a container gets them, and they do not decide what is created. */
  readonly secret: boolean;
  /** Makes the paths in its value absolute. */
  readonly path: PathRule | "none";
}

/**
 * A key's row.
 *
 * @param parts by default mappings merge by key, lists one after the other and of scalars the later
 *   one wins; the value holds neither secrets nor paths
 */
export function key<T>(type: Type<T>, parts: Partial<Omit<Row, "type">> = {}): Row<T> {
  return { type, merge: {}, secret: false, path: "none", ...parts };
}

/** Kept in the normal form even when it is zero, false or empty, since leaving it out means something else. */
export function kept<T>(type: Type<T>): Type<T> {
  return { ...type, keep: true };
}

/** A short syntax: `toLong` rewrites it before anything is converted. */
export function short(type: Type, toLong: (node: Node) => Node): Type<never> {
  return { ...type, toLong, convert: () => undefined };
}

/** A type whose long syntax is made by `toLong`, whichever way it is written. */
export function lengthened<T>(type: Type<T>, toLong: (node: Node) => Node): Type<T> {
  return { ...type, toLong };
}

/** A type whose defaults are added by `complete`. */
export function completed<T>(type: Type<T>, complete: (node: Node) => Node): Type<T> {
  return { ...type, complete };
}
