import { isNull, mapping, sequence, type Entry, type Node } from "../tree";
import { misfit, orList, suggestion, type Type, type Value } from "./type";

/** Anything: it is the file's own business. */
export const anything: Type = {
  what: "anything",
  json: {},
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

/** A list; a single item stands for a list of one where `orOne` says so. */
export function list<T>(item: Type<T>, orOne = false): Type<readonly T[]> {
  const json = { type: "array", items: item.json };
  const type: Type<readonly T[]> = {
    what: /^an? [\w. ]+$/.test(item.what)
      ? `a list of ${item.what.replace(/^an? /, "")}s`
      : "a list",
    json: orOne ? { anyOf: [item.json, json] } : json,
    secret: item.secret === true,
    fits: (node) => node.kind === "sequence" || (orOne && item.fits(node)),
    check(node, path, checks) {
      if (orOne && item.fits(node)) return item.check(node, path, checks);
      if (node.kind !== "sequence") {
        misfit(type, node, path, checks);
        return undefined;
      }
      const items = node.items.map((entry, index) => item.check(entry, [...path, index], checks));
      return sequence(
        node.at,
        items.filter((entry) => entry !== undefined),
      );
    },
    convert(node) {
      if (node.kind !== "sequence" && !orOne) return undefined;
      const items = node.kind === "sequence" ? node.items : [node];
      // Checked items convert.
      return items.map((entry) => item.convert(entry) as T);
    },
  };
  return type;
}

/** A mapping of names that the user chooses. */
export function named<T>(
  item: Type<T>,
  name: {
    /** What it is a name of, for messages and the documentation. */
    readonly of?: string;
    /** What is wrong with a name and what to do, if anything. */
    readonly wrong?: (name: string) => string | undefined;
  } = {},
): Type<Readonly<Record<string, T>>> {
  const type: Type<Readonly<Record<string, T>>> = {
    what: name.of === undefined ? "a mapping" : `a mapping of ${name.of} to ${item.what}`,
    json: {
      type: "object",
      ...(name.of !== undefined && { propertyNames: { title: name.of } }),
      additionalProperties: item.json,
    },
    secret: item.secret === true,
    fits: (node) => node.kind === "mapping",
    check(node, path, checks) {
      if (node.kind !== "mapping") {
        misfit(type, node, path, checks);
        return undefined;
      }
      const entries: [string, Entry][] = [];
      for (const [key, { at, value }] of node.entries) {
        const wrong = name.wrong?.(key);
        if (wrong !== undefined) checks.complain(at, [...path, key], wrong);
        const checked = item.check(value, [...path, key], checks);
        if (checked !== undefined && wrong === undefined)
          entries.push([key, { at, value: checked }]);
      }
      return mapping(node.at, entries);
    },
    convert: (node) =>
      node.kind === "mapping"
        ? Object.fromEntries(
            [...node.entries].map(([key, { value }]) => [key, item.convert(value) as T]),
          )
        : undefined,
  };
  return type;
}

export type Fields = Readonly<Record<string, Type>>;

type Values<F extends Fields, R extends keyof F> = {
  readonly [K in Exclude<keyof F, R>]?: Value<F[K]>;
} & { readonly [K in R]: Value<F[K]> };

/** A mapping of known keys, all optional but the `required` ones; an unknown key draws its nearest neighbour. */
export function fields<F extends Fields, R extends keyof F & string = never>(
  known: F,
  options: {
    readonly what?: string;
    readonly required?: readonly R[];
    /** Keys of older formats or of other places, and what to do instead. */
    readonly explained?: Readonly<Record<string, string>>;
    /** What becomes of keys that start with `x-`; absent: they are unknown, as all others. */
    readonly extensions?: "dropped" | "kept";
  } = {},
): Type<Values<F, R>> {
  const names = Object.keys(known);
  const required: readonly string[] = options.required ?? [];
  const unknown = (key: string): string => {
    const hint = suggestion(key, names);
    return options.extensions !== undefined && !hint.startsWith("did")
      ? "unknown key; remove it, or start it with x- if it is your own"
      : `unknown key; ${hint}`;
  };
  const type: Type<Values<F, R>> = {
    what: options.what ?? (names.length > 10 ? "a mapping" : `a mapping with ${orList(names)}`),
    json: {
      type: "object",
      properties: Object.fromEntries(names.map((name) => [name, known[name]!.json])),
      additionalProperties: false,
      ...(required.length > 0 && { required }),
    },
    secret: names.some((name) => known[name]!.secret),
    fits: (node) => node.kind === "mapping",
    check(node, path, checks) {
      if (node.kind !== "mapping") {
        misfit(type, node, path, checks);
        return undefined;
      }
      const entries = new Map<string, Entry>();
      for (const [key, { at, value }] of node.entries) {
        const one = Object.hasOwn(known, key) ? known[key] : undefined;
        if (one !== undefined) {
          const checked = one.check(value, [...path, key], checks);
          if (checked !== undefined) entries.set(key, { at, value: checked });
        } else if (options.extensions === undefined || !key.startsWith("x-"))
          checks.complain(at, [...path, key], options.explained?.[key] ?? unknown(key));
        else if (options.extensions === "kept") entries.set(key, { at, value });
      }
      for (const key of required)
        if (!node.entries.has(key))
          checks.complain(node.at, path, `${key} is missing; give ${known[key]!.what}`);
      return required.every((key) => entries.has(key)) ? mapping(node.at, entries) : undefined;
    },
    convert: (node) =>
      node.kind === "mapping"
        ? (Object.fromEntries(
            [...node.entries].flatMap(([key, { value }]) =>
              Object.hasOwn(known, key) ? [[key, known[key]!.convert(value)]] : [],
            ),
          ) as Values<F, R>)
        : undefined,
  };
  return type;
}

/** One of several kinds: the first that fits the node decides. */
export function either<const T extends readonly Type[]>(...types: T): Type<Value<T[number]>> {
  const whats = [...new Set(types.map(({ what }) => what))];
  const pick = (node: Node): Type | undefined => types.find((one) => one.fits(node));
  const type: Type<Value<T[number]>> = {
    what: whats.join(whats.some((what) => /,| with /.test(what)) ? ", or " : " or "),
    json: { anyOf: types.map(({ json }) => json) },
    secret: types.some(({ secret }) => secret),
    keep: types.some(({ keep }) => keep),
    fits: (node) => pick(node) !== undefined,
    check(node, path, checks) {
      const one = pick(node);
      if (one === undefined) misfit(type, node, path, checks);
      return one?.check(node, path, checks);
    },
    convert: (node) => pick(node)?.convert(node) as Value<T[number]> | undefined,
  };
  return type;
}

/** A type whose value is made by `convert`. */
export function converted<T>(
  type: Type,
  convert: (node: Node) => T | undefined,
  keep = false,
): Type<T> {
  return { ...type, keep, convert };
}

/** The same, but an empty value is as good as none; it gives `empty`. */
export function orNull<T>(type: Type<T>): Type<T>;
export function orNull<T, E>(type: Type<T>, empty: E): Type<T | E>;
export function orNull<T, E>(type: Type<T>, empty?: E): Type<T | E> {
  return {
    ...type,
    fits: (node) => isNull(node) || type.fits(node),
    check: (node, path, checks) => (isNull(node) ? node : type.check(node, path, checks)),
    convert: (node) => (isNull(node) ? empty : type.convert(node)),
  };
}
