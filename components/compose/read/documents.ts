import type { Position } from "../../model/problem";
import { nothing, type Context } from "./context";
import { file as fileType } from "../schema/schema";
import { get, type Node, type Path } from "../../model/tree";
import { interpolateTree, type Variables } from "../resolve/variables";
import { shown } from "./yaml";

/** One document of a file, interpolated and checked. */
export interface Checked {
  readonly root: Node;
  readonly resets: readonly Path[];
}

/** The folder and the variables that a set of files is loaded with. */
export interface Place {
  readonly folder: string;
  readonly variables: Variables;
  readonly context: Context;
  /** The files being included or extended now, outermost first, for cycles. */
  readonly trail: readonly string[];
}

/** Reads, interpolates and checks a file. `at` and `key` say which key named it. */
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

/** A file of the format of 2014 (version 1) has its services at the top level. */
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
          "services are at the top level, as in Compose files of 2014; put them below services:",
      };
  return undefined;
}

const fileKeys = new Set(["include", "networks", "volumes", "secrets", "configs", "models"]);
