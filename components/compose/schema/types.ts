import { nearest } from "../../model/problem";
import type { Context } from "../read/context";
import {
  isNull,
  mapping,
  sequence,
  type Entry,
  type Node,
  type Path,
  type Scalar,
} from "../read/tree";

/**
 * What a key may hold. `check` reports what is wrong and returns the tree without it, so that later steps
 * meet only what they understand; `convert` gives the normal form of a checked, canonical tree.
 */
export interface Type {
  /** As it reads after "must be". */
  readonly called: string;
  /** Whether the node is of this kind; its content is not checked. */
  fits(node: Node): boolean;
  check(node: Node, path: Path, context: Context): Node | undefined;
  convert(node: Node): unknown;
  /** Kept in the normal form even when it is empty, zero or false. */
  readonly keep?: boolean;
}

/** What is wrong with a scalar, if anything. */
export type Wrong = (text: string) => string | undefined;

function describe(node: Node): string {
  if (node.kind === "mapping") return "a mapping";
  if (node.kind === "sequence") return "a list";
  return `a ${typeof node.value}`;
}

function leaf(
  called: string,
  kinds: readonly ("string" | "number" | "boolean" | "null")[],
  convert: (node: Scalar) => unknown,
  wrong?: Wrong,
): Type {
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

function misfit(type: Type, node: Node, path: Path, context: Context): void {
  if (node.kind === "scalar" && node.refused === true) return;
  const quoted =
    type.called.startsWith("a string") && node.kind === "scalar" && node.value !== null
      ? `; put it in quotes: "${node.text}"`
      : isNull(node)
        ? "; this is empty: fill it, or remove it"
        : `; this is ${describe(node)}`;
  context.complain(node.at, path, `must be ${type.called}${quoted}`);
}

export function string(wrong?: Wrong): Type {
  return leaf("a string", ["string"], (node) => node.value, wrong);
}

/** A string, number or boolean, as a string. */
export function text(called = "a string, number or boolean", wrong?: Wrong): Type {
  return leaf(called, ["string", "number", "boolean"], (node) => node.text, wrong);
}

/** A string or number, as a string. */
export function stringOrNumber(wrong?: Wrong): Type {
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

export const boolean: Type = leaf(
  "true or false",
  ["boolean", "string"],
  (node) => truths[node.text.toLowerCase()],
  (value) =>
    value.toLowerCase() in truths ? undefined : `"${value}" is neither true nor false; write one`,
);

/** A whole number within bounds. */
export function integer(least = -Infinity, most = Infinity): Type {
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

export function number(least = -Infinity, most = Infinity): Type {
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
export function measure(
  called: string,
  wrong: Wrong,
  convert: (text: string) => unknown,
  kinds: readonly ("string" | "number")[] = ["string", "number"],
): Type {
  return leaf(called, kinds, (node) => convert(node.text), wrong);
}

export function oneOf(...words: readonly string[]): Type {
  return string((value) => {
    if (words.includes(value)) return undefined;
    const near = nearest(value, words);
    return near === undefined
      ? `"${value}" is not one of ${words.join(", ")}; use one of these`
      : `"${value}" is not one of ${words.join(", ")}; did you mean "${near}"?`;
  });
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
  return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plain(value)]));
}

export function list(item: Type): Type {
  return {
    called: "a list",
    fits: (node) => node.kind === "sequence",
    check(node, path, context) {
      if (node.kind !== "sequence") {
        misfit(this, node, path, context);
        return undefined;
      }
      const items = node.items.map((entry, index) => item.check(entry, [...path, index], context));
      return sequence(
        node.at,
        items.filter((entry) => entry !== undefined),
      );
    },
    convert: (node) =>
      node.kind === "sequence" ? node.items.map((entry) => item.convert(entry)) : undefined,
  };
}

/** A mapping of the user's own names. */
export function named(
  item: Type,
  name?: { readonly pattern: RegExp; readonly message: string },
): Type {
  return {
    called: "a mapping",
    fits: (node) => node.kind === "mapping",
    check(node, path, context) {
      if (node.kind !== "mapping") {
        misfit(this, node, path, context);
        return undefined;
      }
      const entries: [string, Entry][] = [];
      for (const [key, { at, value }] of node.entries) {
        if (name !== undefined && !name.pattern.test(key)) {
          context.complain(at, [...path, key], name.message);
          continue;
        }
        const checked = item.check(value, [...path, key], context);
        if (checked !== undefined) entries.push([key, { at, value: checked }]);
      }
      return mapping(node.at, entries);
    },
    convert: (node) =>
      node.kind === "mapping"
        ? Object.fromEntries(
            [...node.entries].map(([key, { value }]) => [key, item.convert(value)]),
          )
        : undefined,
  };
}

export interface Fields {
  readonly [key: string]: Type;
}

/** A mapping of known keys; `x-` extensions are ignored, an unknown key draws its nearest neighbour. */
export function fields(
  known: Fields,
  options: {
    /** Keys that must be there. */
    readonly required?: readonly string[];
    /** Keys of older formats or of other places, and what to do instead. */
    readonly explained?: Readonly<Record<string, string>>;
    /** Keys that are written even when absent, as empty mappings or null. */
    readonly always?: Readonly<Record<string, unknown>>;
    /** Whether `x-` keys stay in the tree. */
    readonly extensions?: boolean;
  } = {},
): Type {
  return {
    called: "a mapping",
    keep: true,
    fits: (node) => node.kind === "mapping",
    check(node, path, context) {
      if (node.kind !== "mapping") {
        misfit(this, node, path, context);
        return undefined;
      }
      const entries: [string, Entry][] = [];
      for (const [key, { at, value }] of node.entries) {
        const type = Object.hasOwn(known, key) ? known[key] : undefined;
        if (type === undefined) {
          if (!key.startsWith("x-"))
            context.complain(at, [...path, key], unknown(key, known, options.explained));
          else if (options.extensions === true) entries.push([key, { at, value }]);
          continue;
        }
        const checked = type.check(value, [...path, key], context);
        if (checked !== undefined) entries.push([key, { at, value: checked }]);
      }
      const missing = (options.required ?? []).filter((key) => !node.entries.has(key));
      for (const key of missing) context.complain(node.at, path, `"${key}" is missing; give it`);
      return missing.length > 0 ? undefined : mapping(node.at, entries);
    },
    convert(node) {
      if (node.kind !== "mapping") return undefined;
      const result: Record<string, unknown> = { ...options.always };
      for (const [key, { value }] of node.entries) {
        const type = known[key];
        if (type === undefined) continue;
        const converted = type.convert(value);
        if (type.keep === true ? converted !== undefined : !isZero(converted))
          result[key] = converted;
      }
      return result;
    },
  };
}

function unknown(
  key: string,
  known: Fields,
  explained: Readonly<Record<string, string>> | undefined,
): string {
  const explanation = explained?.[key];
  if (explanation !== undefined) return explanation;
  const near = nearest(key, Object.keys(known));
  return near === undefined
    ? "unknown key; remove it, or start it with x- if it is your own"
    : `unknown key; did you mean "${near}"?`;
}

function isZero(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === "")
    return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** One of several kinds: the first that fits the node decides. */
export function either(...types: readonly Type[]): Type {
  const called = types
    .map((type) => type.called)
    .filter((name, index, all) => all.indexOf(name) === index)
    .join(" or ");
  const pick = (node: Node): Type | undefined => types.find((type) => type.fits(node));
  return {
    called,
    keep: types.some((type) => type.keep === true),
    fits: (node) => pick(node) !== undefined,
    check(node, path, context) {
      const type = pick(node);
      if (type === undefined) misfit(this, node, path, context);
      return type?.check(node, path, context);
    },
    convert: (node) => pick(node)?.convert(node),
  };
}

/** A type whose normal form is made by `convert`. */
export function converted(type: Type, convert: (node: Node) => unknown, keep = false): Type {
  return {
    called: type.called,
    keep,
    fits: (node) => type.fits(node),
    check: (node, path, context) => type.check(node, path, context),
    convert,
  };
}

/** Kept in the normal form even when it is zero, false or empty, since leaving it out means something else. */
export function kept(type: Type): Type {
  return converted(type, (node) => type.convert(node), true);
}

/** The same, but an empty value is as good as none. */
export function orNull(type: Type, empty?: unknown): Type {
  return {
    called: type.called,
    keep: type.keep ?? false,
    fits: (node) => isNull(node) || type.fits(node),
    check: (node, path, context) => (isNull(node) ? node : type.check(node, path, context)),
    convert: (node) => (isNull(node) ? empty : type.convert(node)),
  };
}
