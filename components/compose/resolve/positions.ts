import type { Position } from "../../model/problem";
import { dotted, type Entry, type Node, type Path } from "../read/tree";

/** Lists of `NAME=value` that the App holds as mappings. */
const keyed = new Set(["environment", "labels", "annotations", "sysctls", "args"]);

/** Notes where each key below stands; a list's items by index, `NAME=value` items by name too. */
export function positionsOf(entry: Entry, path: Path, positions: Map<string, Position>): void {
  positions.set(dotted(path), entry.at);
  inside(entry.value, path, positions);
}

function inside(node: Node, path: Path, positions: Map<string, Position>): void {
  if (node.kind === "mapping")
    for (const [key, entry] of node.entries) positionsOf(entry, [...path, key], positions);
  else if (node.kind === "sequence")
    node.items.forEach((item, index) => {
      positions.set(dotted([...path, index]), item.at);
      inside(item, [...path, index], positions);
      if (item.kind === "scalar" && keyed.has(String(path.at(-1))))
        positions.set(dotted([...path, item.text.split("=", 1)[0]!]), item.at);
    });
}
