import * as schema from "../../model/schema";
import type { Mapping, Node } from "../../model/tree";
import { withMissing } from "../normalise/long-syntax";
import { key, type Row, type Type, type Value } from "./types";

/** Types made of types: lists, mappings, alternatives. */

export function list<T>(item: Type<T>): Type<readonly T[]> {
  return { ...schema.list(item), below: new Map([["*", key(item)]]) };
}

/** A mapping of the user's own names. */
export function named<T>(
  item: Type<T>,
  name: { readonly wrong?: (name: string) => string | undefined } = {},
): Type<Readonly<Record<string, T>>> {
  return { ...schema.named(item, name), below: new Map([["*", key(item)]]) };
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
  const types = Object.fromEntries([...below].map(([name, { type }]) => [name, type]));
  const type = schema.fields<schema.Fields, string>(types, {
    what: "a mapping",
    required: options.required ?? [],
    explained: options.explained ?? {},
    extensions: options.extensions === true ? "kept" : "dropped",
  });
  return {
    ...type,
    keep: true,
    below,
    ...(defaults === undefined ? {} : { complete: (node: Node) => withMissing(node, defaults) }),
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
  const type = schema.either(...types) as schema.Type<Value<Types[number]>>;
  const pick = (node: Node): Type | undefined => types.find((one) => one.fits(node));
  const below = new Map<string, Row>();
  for (const one of types)
    for (const [name, row] of one.below ?? []) {
      const other = below.get(name);
      below.set(name, other === undefined ? row : key(either(other.type, row.type)));
    }
  return {
    ...type,
    below,
    ...(types.some((one) => one.toLong !== undefined) && {
      toLong: (node) => pick(node)?.toLong?.(node) ?? node,
    }),
    ...(types.some((one) => one.complete !== undefined) && {
      complete: (node) => pick(node)?.complete?.(node) ?? node,
    }),
    pairs: types.some((one) => one.pairs === true),
  };
}
