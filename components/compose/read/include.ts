import * as path from "node:path";
import type { Position } from "../../model/problem";
import type { Place } from "./documents";
import { absolute } from "./paths";
import {
  get,
  mapping,
  same,
  texts,
  withEntries,
  type Entry,
  type Mapping,
  type Node,
} from "../../model/tree";
import { envBeside, readVariables } from "../resolve/variables";
import { shown } from "./yaml";

const imported = ["services", "networks", "volumes", "secrets", "configs", "models"];

/** Loads a set of files as one, from the place that they are included at. */
type Load = (files: readonly string[], place: Place, at: Position) => Node;

/** The file with what it includes added; what both define differently is a problem. */
export function includeAll(root: Node, place: Place, load: Load): Node {
  const wishes = get(root, "include");
  if (root.kind !== "mapping" || wishes?.kind !== "sequence") return root;
  let whole: Mapping = withEntries(root, { include: undefined });
  wishes.items.forEach((wish, index) => {
    const other = included(wish, index, place, load);
    if (other !== undefined) whole = add(whole, other, place);
  });
  return whole;
}

function included(wish: Node, index: number, place: Place, load: Load): Node | undefined {
  const { context } = place;
  const files = texts(wish.kind === "mapping" ? get(wish, "path") : wish).map((file) =>
    absolute(place.folder, file),
  );
  const [main] = files;
  if (main === undefined) return undefined;
  if (place.trail.includes(main)) {
    const names = [...place.trail.slice(place.trail.indexOf(main)), main].map(shown);
    context.complain(
      wish.at,
      ["include", index],
      `includes itself: ${names.join(" → ")}; break the cycle`,
    );
    return undefined;
  }
  const [wanted] = texts(get(wish, "project_directory"));
  const folder = wanted === undefined ? path.dirname(main) : absolute(place.folder, wanted);
  const envFiles = texts(get(wish, "env_file")).map((file) => absolute(place.folder, file));
  const variables = readVariables(
    envFiles.length > 0 ? envFiles : envBeside(folder),
    place.variables,
    context,
    wish.at,
  );
  return load(files, { ...place, folder, variables }, wish.at);
}

function add(whole: Mapping, other: Node, place: Place): Mapping {
  let result = whole;
  for (const kind of imported) {
    const theirs = get(other, kind);
    if (theirs?.kind !== "mapping") continue;
    const ours = get(whole, kind);
    const entries = new Map<string, Entry>(ours?.kind === "mapping" ? ours.entries : []);
    for (const [name, entry] of theirs.entries) {
      const own = entries.get(name);
      if (own === undefined) entries.set(name, entry);
      else if (!same(own.value, entry.value))
        place.context.complain(
          own.at,
          [kind, name],
          `is defined in ${entry.at.file}:${entry.at.line} too, which is included; rename one, or override it in a second Compose file`,
        );
    }
    result = withEntries(result, { [kind]: mapping(ours?.at ?? theirs.at, entries) });
  }
  return result;
}
