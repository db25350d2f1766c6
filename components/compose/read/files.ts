import type { Position } from "../../model/problem";
import { canonical, withDefaults } from "../normalise/long-syntax";
import { nothing, type Context } from "./context";
import { extendAll } from "./extends";
import { includeAll } from "./include";
import { merge, unique, without } from "./merge";
import { resolvePaths } from "./paths";
import { file as fileType } from "../schema/schema";
import { get, mapping, scalar, sequence, withEntries, type Node, type Path } from "./tree";
import { interpolateTree, type Variables } from "../resolve/variables";
import { shown } from "./yaml";

/** One document of a file, interpolated and checked. */
export interface Checked {
  readonly root: Node;
  readonly resets: readonly Path[];
}

/** Where a set of files is loaded: what relative paths and variables mean there. */
export interface Place {
  readonly folder: string;
  readonly variables: Variables;
  readonly context: Context;
  /** The files being included or extended now, outermost first, for cycles. */
  readonly trail: readonly string[];
}

/** Reads, interpolates and checks a file. `at` and `key` tell who asked for it. */
export function read(
  file: string,
  place: Place,
  at?: Position,
  key: Path | string = "",
): readonly Checked[] {
  const { context } = place;
  const documents = context.parsed(file);
  const first = { file: shown(file), line: 1, column: 1 };
  if ("wrong" in documents) {
    context.complain(
      at ?? first,
      key,
      at === undefined ? documents.wrong : `${shown(file)} ${documents.wrong}`,
    );
    return [];
  }
  return documents.flatMap(({ root, resets }) => {
    if (root.kind !== "mapping") {
      if (root.kind === "scalar" && root.value === null) context.complain(first, "", nothing);
      else context.complain(root.at, "", "a Compose file is a mapping; start it with services:");
      return [];
    }
    const older = formerFormat(root);
    if (older !== undefined) {
      context.complain(older.at, older.key, older.message);
      return [];
    }
    const checked = fileType.check(interpolateTree(root, place.variables, context), [], context);
    return checked === undefined ? [] : [{ root: checked, resets }];
  });
}

/** A file of 2014's format has its services at the top. */
function formerFormat(root: Node): { at: Position; key: string; message: string } | undefined {
  if (root.kind !== "mapping" || root.entries.has("services")) return undefined;
  for (const [key, { at, value }] of root.entries)
    if (
      !fileKeys.has(key) &&
      !key.startsWith("x-") &&
      (get(value, "image") !== undefined || get(value, "build") !== undefined)
    )
      return {
        at,
        key,
        message:
          "services stand at the top here, as in Compose files of 2014; put them below services:",
      };
  return undefined;
}

const fileKeys = new Set(["include", "networks", "volumes", "secrets", "configs", "models"]);

/** Files merged in order: the canonical tree, with absolute paths and the defaults written out. */
export function loadFiles(files: readonly string[], place: Place, at?: Position): Node {
  const { context } = place;
  let whole: Node = mapping({ file: shown(files[0] ?? ""), line: 1, column: 1 }, []);
  for (const file of files) {
    const here = { ...place, trail: [...place.trail, file] };
    for (const { root, resets } of read(file, here, at, at === undefined ? "" : "include")) {
      const extended = extendAll(root, resets, file, here);
      const complete = includeAll(extended, here);
      whole = unique(merge(without(whole, resets), complete, context));
      whole = unique(canonical(whole));
    }
  }
  return resolveNames(resolvePaths(withDefaults(whole), place.folder), place.variables);
}

/** Takes what names a variable without `$` from the variables: `environment: [NAME]`, `environment:` of secrets and configs. */
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
