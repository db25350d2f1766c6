import { nearest } from "../../model/problem";
import { mapping, sequence, type Entry, type Mapping, type Node } from "../read/tree";
import { withMissing } from "../normalise/long-syntax";
import { key, misfit, type Row, type Type, type Value } from "./types";

/** Types made of types: lists, mappings, alternatives. */

export function list<T>(item: Type<T>): Type<readonly T[]> {
  return {
    called: "a list",
    below: new Map([["*", key(item)]]),
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
    // Checked items convert.
    convert: (node) =>
      node.kind === "sequence" ? node.items.map((entry) => item.convert(entry) as T) : undefined,
  };
}

/** A mapping of the user's own names. */
export function named<T>(
  item: Type<T>,
  name?: { readonly pattern: RegExp; readonly message: string },
): Type<Readonly<Record<string, T>>> {
  return {
    called: "a mapping",
    below: new Map([["*", key(item)]]),
    fits: (node) => node.kind === "mapping",
    check(node, path, context) {
      if (node.kind !== "mapping") {
        misfit(this, node, path, context);
        return undefined;
      }
      const entries: [string, Entry][] = [];
      for (const [own, { at, value }] of node.entries) {
        if (name !== undefined && !name.pattern.test(own)) {
          context.complain(at, [...path, own], name.message);
          continue;
        }
        const checked = item.check(value, [...path, own], context);
        if (checked !== undefined) entries.push([own, { at, value: checked }]);
      }
      return mapping(node.at, entries);
    },
    convert: (node) =>
      node.kind === "mapping"
        ? Object.fromEntries(
            [...node.entries].map(([own, { value }]) => [own, item.convert(value) as T]),
          )
        : undefined,
  };
}

/** Keys of a mapping; one that needs no more than a type is given as that. */
export type Rows = Readonly<Record<string, Row | Type>>;

type ValueOf<R> = R extends Row<infer T> ? T : R extends Type<infer T> ? T : never;

/** The normal form of a mapping, the keys `Present` always in it. */
type Values<R extends Rows, Present extends keyof R> = {
  readonly [
    K in keyof ({ [K in Exclude<keyof R, Present>]?: 0 } & {
      [K in Present]: 0;
    })
  ]: ValueOf<R[K]>;
};

/** A mapping of known keys; `x-` extensions are ignored, an unknown key draws its nearest neighbour. */
export function fields<
  R extends Rows,
  Required extends keyof R & string = never,
  Always extends keyof R & string = never,
  Default extends keyof R & string = never,
  Filled extends keyof R & string = never,
>(
  rows: R,
  options: {
    /** Keys that must be there. */
    readonly required?: readonly Required[];
    /** Keys of older formats or of other places, and what to do instead. */
    readonly explained?: Readonly<Record<string, string>>;
    /** Keys that are written even when absent, and how. */
    readonly always?: Readonly<Record<Always, unknown>>;
    /** Mappings that are written empty when absent, which means the same. */
    readonly blank?: readonly (keyof R & string)[];
    /** Values of keys that no file gives. */
    readonly defaults?: Readonly<Record<Default, string | boolean | ((node: Mapping) => string)>>;
    /** Keys that another step of the loader always writes, so that the normal form has them. */
    readonly filled?: readonly Filled[];
    /** Whether `x-` keys stay in the tree. */
    readonly extensions?: boolean;
  } = {},
): Type<Values<R, Required | Always | Default | Filled>> {
  const below = new Map(
    Object.entries(rows).map(([name, row]) => [name, "type" in row ? row : key(row)]),
  );
  const { defaults } = options;
  const present = new Set<string>([...(options.required ?? []), ...Object.keys(defaults ?? {})]);
  return {
    called: "a mapping",
    keep: true,
    below,
    ...(defaults === undefined ? {} : { complete: (node: Node) => withMissing(node, defaults) }),
    fits: (node) => node.kind === "mapping",
    check(node, path, context) {
      if (node.kind !== "mapping") {
        misfit(this, node, path, context);
        return undefined;
      }
      const entries: [string, Entry][] = [];
      for (const [name, { at, value }] of node.entries) {
        const type = below.get(name)?.type;
        if (type === undefined) {
          if (!name.startsWith("x-"))
            context.complain(at, [...path, name], unknown(name, below.keys(), options.explained));
          else if (options.extensions === true) entries.push([name, { at, value }]);
          continue;
        }
        const checked = type.check(value, [...path, name], context);
        if (checked !== undefined) entries.push([name, { at, value: checked }]);
      }
      const missing = (options.required ?? []).filter((name) => !node.entries.has(name));
      for (const name of missing) context.complain(node.at, path, `"${name}" is missing; give it`);
      return missing.length > 0 ? undefined : mapping(node.at, entries);
    },
    convert(node) {
      if (node.kind !== "mapping") return undefined;
      const result: Record<string, unknown> = { ...options.always };
      for (const name of options.blank ?? []) result[name] = {};
      for (const [name, { value }] of node.entries) {
        const type = below.get(name)?.type;
        if (type === undefined) continue;
        const converted = type.convert(value);
        const keep = type.keep === true || present.has(name);
        if (keep ? converted !== undefined : !isZero(converted)) result[name] = converted;
      }
      return result as Values<R, Required | Always | Default | Filled>;
    },
  };
}

function unknown(
  name: string,
  known: Iterable<string>,
  explained: Readonly<Record<string, string>> | undefined,
): string {
  const explanation = explained?.[name];
  if (explanation !== undefined) return explanation;
  const near = nearest(name, known);
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
export function either<const Types extends readonly Type[]>(
  ...types: Types
): Type<Value<Types[number]>> {
  const called = types
    .map((type) => type.called)
    .filter((name, index, all) => all.indexOf(name) === index)
    .join(" or ");
  const pick = (node: Node): Type | undefined => types.find((type) => type.fits(node));
  const below = new Map<string, Row>();
  for (const type of types)
    for (const [name, row] of type.below ?? []) {
      const other = below.get(name);
      below.set(name, other === undefined ? row : key(either(other.type, row.type)));
    }
  return {
    called,
    keep: types.some((type) => type.keep === true),
    below,
    ...(types.some((type) => type.toLong !== undefined) && {
      toLong: (node) => pick(node)?.toLong?.(node) ?? node,
    }),
    ...(types.some((type) => type.complete !== undefined) && {
      complete: (node) => pick(node)?.complete?.(node) ?? node,
    }),
    pairs: types.some((type) => type.pairs === true),
    fits: (node) => pick(node) !== undefined,
    check(node, path, context) {
      const type = pick(node);
      if (type === undefined) misfit(this, node, path, context);
      return type?.check(node, path, context);
    },
    convert: (node) => pick(node)?.convert(node) as Value<Types[number]> | undefined,
  };
}
