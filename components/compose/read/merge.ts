import type { Context } from "./context";
import { asMapping, below, get, isNull, mapping, scalar, sequence } from "../../model/tree";
import type { Entry, Mapping, Node, Path, Rules } from "../../model/tree";
import type { Identity } from "./unique";

/** How a later file's value of a key joins an earlier one's. */
export interface Merge {
  /** By default mappings merge by key, lists stand one after the other, and the later scalar wins. */
  readonly join?: Join;
  /** What identifies a list's item: of duplicates the last stays. */
  readonly unique?: Identity;
}

/** Joins a value to an earlier one of the same key. `at` are the rules of what stands below it. */
export type Join = (
  base: Node,
  over: Node,
  path: Path,
  context: Context,
  at: Rules<Join> | undefined,
) => Node;

/** A value merged over an earlier one, by the rules at its path. */
export function merged(
  base: Node,
  over: Node,
  path: Path,
  context: Context,
  at: Rules<Join> | undefined,
): Node {
  return at?.rule === undefined
    ? byDefault(base, over, path, context, at)
    : at.rule(base, over, path, context, at);
}

const byDefault: Join = (base, over, path, context, at) => {
  if (isNull(over)) return base;
  if (base.kind === "scalar") return over;
  if (base.kind === "mapping" && over.kind === "mapping")
    return entries(base, over, path, context, at);
  if (base.kind === "sequence" && over.kind === "sequence")
    return sequence(over.at, [...base.items, ...over.items]);
  context.complain(
    over.at,
    path,
    `cannot override a ${base.kind === "mapping" ? "mapping" : "list"} (${base.at.file}:${base.at.line}) with another kind of value; write the same kind, or !override`,
  );
  return base;
};

function entries(
  base: Mapping,
  over: Mapping,
  path: Path,
  context: Context,
  at: Rules<Join> | undefined,
): Mapping {
  const all = new Map<string, Entry>(base.entries);
  for (const [key, entry] of over.entries) {
    const earlier = all.get(key);
    all.set(
      key,
      earlier === undefined
        ? entry
        : {
            at: entry.at,
            value: merged(earlier.value, entry.value, [...path, key], context, below(at, key)),
          },
    );
  }
  return mapping(base.at, all);
}

/** The later value alone. */
export const later: Join = (_base, over) => over;

/** Mappings by key, each key's later value alone. */
export const laterByKey: Join = (base, over, path, context, at) =>
  base.kind === "mapping" && over.kind === "mapping"
    ? mapping(base.at, [...base.entries, ...over.entries])
    : byDefault(base, over, path, context, at);

/** Mappings, lists and single strings as lists, one after the other. */
export const lists: Join = (base, over) => sequence(over.at, [...listed(base), ...listed(over)]);

/** Lists of `host=address`, each line once. */
export const hosts: Join = (base, over) => {
  const first = listed(base);
  const known = new Set(first.map((item) => (item.kind === "scalar" ? item.text : "")));
  return sequence(over.at, [
    ...first,
    ...listed(over).filter((item) => item.kind !== "scalar" || !known.has(item.text)),
  ]);
};

/** A mapping, list or single string as a list: `NAME=value` items from a mapping. */
function listed(node: Node): readonly Node[] {
  if (node.kind === "sequence") return node.items;
  if (node.kind === "scalar") return node.value === null ? [] : [node];
  const items: Node[] = [];
  for (const [key, { at, value }] of node.entries)
    if (value.kind === "sequence")
      for (const item of value.items)
        items.push(scalar(at, `${key}=${item.kind === "scalar" ? item.text : ""}`));
    else if (isNull(value)) items.push(scalar(at, key));
    else items.push(scalar(at, `${key}=${value.kind === "scalar" ? value.text : ""}`));
  return items;
}

/** A build; a string is its context. */
export const build: Join = (base, over, path, context, at) => {
  const long = (node: Node): Mapping =>
    node.kind === "mapping" ? node : mapping(node.at, [["context", { at: node.at, value: node }]]);
  return entries(long(base), long(over), path, context, at);
};

/** Dependencies by service. */
export const dependencies: Join = (base, over, path, context, at) => {
  const long = (item: Node): Node =>
    mapping(item.at, [
      ["condition", { at: item.at, value: scalar(item.at, "service_started") }],
      ["required", { at: item.at, value: scalar(item.at, true) }],
    ]);
  return entries(asMapping(base, long), asMapping(over, long), path, context, at);
};

/** Mappings, or lists of their keys, by key. */
export const byKey: Join = (base, over, path, context, at) => {
  const empty = (item: Node): Node => scalar(item.at, null);
  return entries(asMapping(base, empty), asMapping(over, empty), path, context, at);
};

/** Options merge only when both files name the same driver, or one names none. */
export const logging: Join = (base, over, path, context, at) => {
  const [mine, theirs] = [get(base, "driver"), get(over, "driver")];
  const alike =
    mine === undefined ||
    theirs === undefined ||
    (mine.kind === "scalar" && theirs.kind === "scalar" && mine.value === theirs.value);
  return alike && base.kind === "mapping" && over.kind === "mapping"
    ? entries(base, over, path, context, at)
    : over;
};

/** Address pools by subnet. */
export const pools: Join = (base, over, path, context, at) => {
  if (base.kind !== "sequence" || over.kind !== "sequence") return over;
  const subnet = (node: Node): string | undefined => {
    const value = get(node, "subnet");
    return value?.kind === "scalar" ? value.text : undefined;
  };
  const all = base.items.map((mine) => {
    const theirs = over.items.find((other) => subnet(other) === subnet(mine));
    return mine.kind === "mapping" && theirs?.kind === "mapping"
      ? entries(mine, theirs, path, context, at)
      : mine;
  });
  const known = new Set(base.items.map(subnet));
  return sequence(over.at, [...all, ...over.items.filter((item) => !known.has(subnet(item)))]);
};

/** The tree without what stands at the paths: `!reset` and `!override` drop what came before. */
export function without(root: Node, paths: readonly Path[]): Node {
  return paths.reduce<Node>((node, path) => dropped(node, path), root);
}

function dropped(node: Node, [key, ...rest]: Path): Node {
  if (node.kind !== "mapping" || typeof key !== "string") return node;
  const entry = node.entries.get(key);
  if (entry === undefined) return node;
  const kept = new Map(node.entries);
  if (rest.length === 0) kept.delete(key);
  else kept.set(key, { at: entry.at, value: dropped(entry.value, rest) });
  return mapping(node.at, kept);
}
