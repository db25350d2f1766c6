import type { Position } from "../../model/problem";
import { read, type Place } from "./documents";
import { extendAll } from "./extends";
import { includeAll } from "./include";
import { without } from "./merge";
import { merge, resolvePaths, toLongSyntax, unique, withDefaults } from "./passes";
import { get, mapping, scalar, sequence, withEntries, type Node } from "../../model/tree";
import type { Variables } from "../resolve/variables";
import { shown } from "./yaml";

/** Files merged in order: the canonical tree, with absolute paths and the defaults written out. */
export function loadFiles(files: readonly string[], place: Place, at?: Position): Node {
  const { context } = place;
  let whole: Node = mapping({ file: shown(files[0] ?? ""), line: 1, column: 1 }, []);
  for (const file of files) {
    const here = { ...place, trail: [...place.trail, file] };
    for (const { root, resets } of read(file, here, at, at === undefined ? "" : "include")) {
      const extended = extendAll(root, resets, file, here);
      const complete = includeAll(extended, here, loadFiles);
      whole = unique(merge(without(whole, resets), complete, context));
      whole = unique(toLongSyntax(whole));
    }
  }
  return resolveNames(resolvePaths(withDefaults(whole), place.folder), place.variables);
}

/** Resolves names of variables that are written without `$`: `environment: [NAME]`, `environment:` of secrets and configs. */
function resolveNames(root: Node, variables: Variables): Node {
  if (root.kind !== "mapping") return root;
  const each = (node: Node | undefined, convert: (value: Node) => Node): Node | undefined =>
    node?.kind === "mapping"
      ? mapping(
          node.at,
          [...node.entries].map(([key, entry]) => [
            key,
            { at: entry.at, value: convert(entry.value) },
          ]),
        )
      : node;
  const object = (node: Node): Node => {
    const source = get(node, "environment");
    if (node.kind !== "mapping" || source?.kind !== "scalar") return node;
    const value = variables.get(source.text);
    return value === undefined || node.entries.has("content")
      ? node
      : withEntries(node, { content: scalar(source.at, value) });
  };
  const service = (node: Node): Node => {
    const environment = get(node, "environment");
    if (node.kind !== "mapping" || environment?.kind !== "sequence") return node;
    const items = environment.items.map((item) => {
      const value = item.kind === "scalar" ? variables.get(item.text) : undefined;
      return value === undefined || item.kind !== "scalar" || item.text.includes("=")
        ? item
        : scalar(item.at, `${item.text}=${value}`);
    });
    return withEntries(node, { environment: sequence(environment.at, items) });
  };
  return withEntries(root, {
    services: each(get(root, "services"), service),
    secrets: each(get(root, "secrets"), object),
    configs: each(get(root, "configs"), object),
  });
}
