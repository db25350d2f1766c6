import type { Position } from "../../model/problem";
import { below, dotted, type Entry, type Node, type Path, type Rules } from "../../model/tree";
import { pairs } from "../schema/rules";

/** Notes where each key below stands; a list's items by index, `NAME=value` items by name too. */
export function positionsOf(entry: Entry, path: Path, positions: Map<string, Position>): void {
  const at = path.reduce<Rules<boolean> | undefined>((rules, part) => below(rules, part), pairs);
  noteKey(entry, path, at, positions);
}

function noteKey(
  entry: Entry,
  path: Path,
  at: Rules<boolean> | undefined,
  positions: Map<string, Position>,
): void {
  positions.set(dotted(path), entry.at);
  inside(entry.value, path, at, positions);
}

function inside(
  node: Node,
  path: Path,
  at: Rules<boolean> | undefined,
  positions: Map<string, Position>,
): void {
  if (node.kind === "mapping")
    for (const [key, entry] of node.entries)
      noteKey(entry, [...path, key], below(at, key), positions);
  else if (node.kind === "sequence")
    node.items.forEach((item, index) => {
      positions.set(dotted([...path, index]), item.at);
      inside(item, [...path, index], below(at, index), positions);
      if (item.kind === "scalar" && at?.rule === true)
        positions.set(dotted([...path, item.text.split("=", 1)[0]!]), item.at);
    });
}
