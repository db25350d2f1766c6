import type { Position } from "./problem";

/**
 * A YAML file as it was read: values with their positions. Merging, `extends` and interpolation of Compose
 * files work on these nodes, so the value that wins keeps its position. Nodes are immutable.
 */
export type Node = Scalar | Mapping | Sequence;

export interface Scalar {
  readonly kind: "scalar";
  readonly at: Position;
  readonly value: string | number | boolean | null;
  /** How the value reads when a string is wanted: `1.0` is "1", `0x10` is "16", null is "". */
  readonly text: string;
  /** A problem with the value has been reported; later checks skip it. */
  readonly refused?: boolean;
}

export interface Mapping {
  readonly kind: "mapping";
  readonly at: Position;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  /** Where the key stands. */
  readonly at: Position;
  readonly value: Node;
}

export interface Sequence {
  readonly kind: "sequence";
  readonly at: Position;
  readonly items: readonly Node[];
}

/** A path into a tree: mapping keys and list indexes. */
export type Path = readonly (string | number)[];

/** The path in dotted form: `services.web.ports[0]`. */
export function dotted(path: Path): string {
  let text = "";
  for (const part of path)
    text += typeof part === "number" ? `[${part}]` : text === "" ? part : `.${part}`;
  return text;
}

export function scalar(at: Position, value: Scalar["value"], text?: string): Scalar {
  return { kind: "scalar", at, value, text: text ?? (value === null ? "" : String(value)) };
}

export function mapping(at: Position, entries: Iterable<readonly [string, Entry]>): Mapping {
  return { kind: "mapping", at, entries: new Map(entries) };
}

export function sequence(at: Position, items: readonly Node[]): Sequence {
  return { kind: "sequence", at, items };
}

/** The value under a key, when the node is a mapping that has it. */
export function get(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === "mapping" ? node.entries.get(key)?.value : undefined;
}

/** The string under a key, when there is one. */
export function getString(node: Node | undefined, key: string): string | undefined {
  const value = get(node, key);
  return value?.kind === "scalar" && typeof value.value === "string" ? value.value : undefined;
}

/** The scalars of a list, or the one that stands in its place. */
export function texts(node: Node | undefined): string[] {
  if (node === undefined) return [];
  return (node.kind === "sequence" ? node.items : [node]).flatMap((item) =>
    item.kind === "scalar" && item.value !== null ? [item.text] : [],
  );
}

export function isNull(node: Node): boolean {
  return node.kind === "scalar" && node.value === null;
}

/** The mapping with some entries set; `undefined` takes one away. */
export function withEntries(
  node: Mapping,
  changes: Readonly<Record<string, Node | undefined>>,
): Mapping {
  const entries = new Map(node.entries);
  for (const [key, value] of Object.entries(changes))
    if (value === undefined) entries.delete(key);
    else entries.set(key, { at: entries.get(key)?.at ?? value.at, value });
  return { kind: "mapping", at: node.at, entries };
}

/** Whether two trees hold the same values; positions are ignored. */
export function same(a: Node, b: Node): boolean {
  if (a.kind === "scalar") return b.kind === "scalar" && a.value === b.value;
  if (a.kind === "sequence")
    return (
      b.kind === "sequence" &&
      a.items.length === b.items.length &&
      a.items.every((item, index) => same(item, b.items[index]!))
    );
  if (b.kind !== "mapping" || a.entries.size !== b.entries.size) return false;
  for (const [key, { value }] of a.entries) {
    const other = b.entries.get(key);
    if (other === undefined || !same(value, other.value)) return false;
  }
  return true;
}

/** A list of names as a mapping. */
export function asMapping(node: Node, value: (item: Node) => Node): Mapping {
  if (node.kind === "mapping") return node;
  const items = node.kind === "sequence" ? node.items : [];
  return mapping(
    node.at,
    items
      .filter((item) => item.kind === "scalar")
      .map((item) => [item.text, { at: item.at, value: value(item) }] as const),
  );
}

/**
 * Rules by path, with `*` for any key or index. Walkers descend them beside the tree, so finding the
 * rule of a node costs one lookup. They are made from the rows of the schema (compose/schema/rules.ts).
 */
export interface Rules<T> {
  readonly rule?: T | undefined;
  readonly below: ReadonlyMap<string, Rules<T>>;
}

/** The rules below a key or index. */
export function below<T>(at: Rules<T> | undefined, part: string | number): Rules<T> | undefined {
  if (at === undefined) return undefined;
  return (typeof part === "string" ? at.below.get(part) : undefined) ?? at.below.get("*");
}

/** The tree with every node that has a rule replaced by what `apply` gives; below those it stops. */
export function rewrite<T>(
  node: Node,
  at: Rules<T> | undefined,
  apply: (rule: T, node: Node) => Node,
): Node {
  if (at === undefined) return node;
  const next = at.rule === undefined ? node : apply(at.rule, node);
  if (at.below.size === 0 || next.kind === "scalar") return next;
  // Unchanged nodes are reused, not copied.
  if (next.kind === "sequence") {
    const items = next.items.map((item, index) => rewrite(item, below(at, index), apply));
    return items.every((item, index) => item === next.items[index])
      ? next
      : sequence(next.at, items);
  }
  let changed: Map<string, Entry> | undefined;
  for (const [key, entry] of next.entries) {
    const value = rewrite(entry.value, below(at, key), apply);
    if (value !== entry.value)
      (changed ??= new Map(next.entries)).set(key, { at: entry.at, value });
  }
  return changed === undefined ? next : mapping(next.at, changed);
}
