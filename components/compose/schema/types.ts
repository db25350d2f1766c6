import { nearest } from "../../model/problem";
import type { Context } from "../read/context";
import type { Merge } from "../read/merge";
import type { PathRule } from "../read/paths";
import { isNull, type Node, type Path, type Scalar } from "../read/tree";

/**
 * What a key may hold. `check` reports what is wrong and returns the tree without it, so that later
 * steps meet only what they understand; `convert` gives the normal form of a checked tree in long syntax.
 * `T` is that normal form: the App's TypeScript types are inferred from it.
 */
export interface Type<T = unknown> {
  /** As it reads after "must be". */
  readonly called: string;
  /** Whether the node is of this kind; its content is not checked. */
  fits(node: Node): boolean;
  check(node: Node, path: Path, context: Context): Node | undefined;
  convert(node: Node): T | undefined;
  /** Kept in the normal form even when it is empty, zero or false. */
  readonly keep?: boolean;
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

/** What is wrong with a scalar, if anything. */
export type Wrong = (text: string) => string | undefined;

function describe(node: Node): string {
  if (node.kind === "mapping") return "a mapping";
  if (node.kind === "sequence") return "a list";
  return `a ${typeof node.value}`;
}

function leaf<T>(
  called: string,
  kinds: readonly ("string" | "number" | "boolean" | "null")[],
  convert: (node: Scalar) => T | undefined,
  wrong?: Wrong,
): Type<T> {
  const fits = (node: Node): boolean =>
    node.kind === "scalar" &&
    (kinds as readonly string[]).includes(node.value === null ? "null" : typeof node.value);
  return {
    called,
    fits,
    check(node, path, context) {
      if (!fits(node)) {
        misfit(this, node, path, context);
        return undefined;
      }
      if (node.kind !== "scalar" || node.value === null) return node;
      const message = wrong?.(node.text);
      if (message === undefined) return node;
      context.complain(node.at, path, message);
      return undefined;
    },
    convert: (node) => (node.kind === "scalar" ? convert(node) : undefined),
  };
}

/** Reports a node of another kind than the type's. */
export function misfit(type: Type, node: Node, path: Path, context: Context): void {
  if (node.kind === "scalar" && node.refused === true) return;
  const quoted =
    type.called.startsWith("a string") && node.kind === "scalar" && node.value !== null
      ? `; put it in quotes: "${node.text}"`
      : isNull(node)
        ? "; this is empty: fill it, or remove it"
        : `; this is ${describe(node)}`;
  context.complain(node.at, path, `must be ${type.called}${quoted}`);
}

export function string(wrong?: Wrong): Type<string> {
  return leaf("a string", ["string"], (node) => node.text, wrong);
}

/** A string, number or boolean, as a string. */
export function text(called = "a string, number or boolean", wrong?: Wrong): Type<string> {
  return leaf(called, ["string", "number", "boolean"], (node) => node.text, wrong);
}

/** A string or number, as a string. */
export function stringOrNumber(wrong?: Wrong): Type<string> {
  return leaf("a string or number", ["string", "number"], (node) => node.text, wrong);
}

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  y: true,
  yes: true,
  on: true,
  false: false,
  n: false,
  no: false,
  off: false,
};

export const boolean = leaf(
  "true or false",
  ["boolean", "string"],
  (node) => truths[node.text.toLowerCase()],
  (value) =>
    value.toLowerCase() in truths ? undefined : `"${value}" is neither true nor false; write one`,
);

/** A whole number within bounds. */
export function integer(least = -Infinity, most = Infinity): Type<number> {
  return leaf(
    "a whole number",
    ["number", "string"],
    (node) => Number(node.text),
    (value) => {
      if (!/^[-+]?\d+$/.test(value)) return `"${value}" is not a whole number; write digits only`;
      return bounded(Number(value), least, most);
    },
  );
}

export function number(least = -Infinity, most = Infinity): Type<number> {
  return leaf(
    "a number",
    ["number", "string"],
    (node) => Number(node.text),
    (value) => {
      if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value))
        return `"${value}" is not a number; write one such as 0.5`;
      return bounded(Number(value), least, most);
    },
  );
}

function bounded(value: number, least: number, most: number): string | undefined {
  if (value < least) return `${value} is too small; the least is ${least}`;
  if (value > most) return `${value} is too large; the most is ${most}`;
  return undefined;
}

/** A string or number that is read by `convert`. */
export function measure<T>(
  called: string,
  wrong: Wrong,
  convert: (text: string) => T | undefined,
  kinds: readonly ("string" | "number")[] = ["string", "number"],
): Type<T> {
  return leaf(called, kinds, (node) => convert(node.text), wrong);
}

export function oneOf<const Word extends string>(...words: readonly Word[]): Type<Word> {
  const known = (value: string): value is Word => (words as readonly string[]).includes(value);
  return leaf(
    "a string",
    ["string"],
    (node) => (known(node.text) ? node.text : undefined),
    (value) => {
      if (known(value)) return undefined;
      const near = nearest(value, words);
      return near === undefined
        ? `"${value}" is not one of ${words.join(", ")}; use one of these`
        : `"${value}" is not one of ${words.join(", ")}; did you mean "${near}"?`;
    },
  );
}

/** Anything: it is the file's own business. */
export const anything: Type = {
  called: "anything",
  fits: () => true,
  check: (node) => node,
  convert: plain,
};

/** The tree as plain values. */
export function plain(node: Node): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "sequence") return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([name, { value }]) => [name, plain(value)]));
}

/** A type whose normal form is made by `convert`. */
export function converted<T>(
  type: Type,
  convert: (node: Node) => T | undefined,
  keep = false,
): Type<T> {
  return { ...type, keep, convert };
}

/** Kept in the normal form even when it is zero, false or empty, since leaving it out means something else. */
export function kept<T>(type: Type<T>): Type<T> {
  return { ...type, keep: true };
}

/** The same, but an empty value is as good as none; it gives `empty`. */
export function orNull<T>(type: Type<T>): Type<T>;
export function orNull<T, E>(type: Type<T>, empty: E): Type<T | E>;
export function orNull<T, E>(type: Type<T>, empty?: E): Type<T | E> {
  return {
    ...type,
    fits: (node) => isNull(node) || type.fits(node),
    check: (node, path, context) => (isNull(node) ? node : type.check(node, path, context)),
    convert: (node) => (isNull(node) ? empty : type.convert(node)),
  };
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
