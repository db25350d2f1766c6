import * as fs from "node:fs";
import { display, hasReference, looksSecret, type Text } from "../../model/reference";
import type { Context } from "../read/context";
import { parseEnv } from "./dotenv";
import { interpolate, type Trouble } from "./interpolate";
import { mapping, scalar, sequence, below } from "../../model/tree";
import type { Node, Path, Rules, Scalar } from "../../model/tree";
import { readText, shown } from "../read/yaml";
import { secrets } from "../schema/rules";

/** Variables for interpolation, by name. */
export type Variables = ReadonlyMap<string, Text>;

/**
 * Reads env files for interpolation, later files outranking earlier ones and `outer` outranking all.
 * Values that look secret go behind references of kind "file".
 */
export function readVariables(
  files: readonly string[],
  outer: Variables,
  context: Context,
  at?: Scalar["at"],
): Variables {
  const own = new Map<string, Text>();
  for (const file of files) {
    const read = readText(file);
    if ("wrong" in read) {
      context.complain(
        at,
        at === undefined ? shown(file) : "include",
        `${shown(file)} ${read.wrong}`,
      );
      continue;
    }
    const hold = (name: string, value: Text): Text =>
      looksSecret(name, context.open(value))
        ? context.conceal(`${context.nameOf(file)}/${name}`, value)
        : value;
    const parsed = parseEnv(read.text, (name) => outer.get(name), own, hold);
    for (const { line, column, message } of parsed.problems)
      context.complain({ file: shown(file), line, column }, "", message);
    for (const { name, line } of parsed.missing)
      if (!context.lenient)
        context.complain({ file: shown(file), line, column: 1 }, "", missing([name]));
    for (const { name, value } of parsed.lines) own.set(name, value);
  }
  return new Map([...own, ...outer]);
}

/** The `.env` beside the first Compose file, when there is one. */
export function envBeside(folder: string): string[] {
  const file = `${folder}/.env`;
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true ? [file] : [];
}

function missing(names: readonly string[]): string {
  const [name, ...others] = names;
  return others.length === 0
    ? `variable ${name!} is not set; give it in .env or berth:variables`
    : `variables ${names.join(", ")} are not set; give them in .env or berth:variables`;
}

/** Whether `$NAME` may be meant as it stands: it is not `${NAME}`, or it is in a text for a program. */
const plainly = (template: string, { name, offset }: Missing, use: Use): boolean =>
  use === "value" || template.startsWith(name, offset + 1);

type Missing = Extract<Trouble, { kind: "missing" }>;

/** How a string is treated: it decides what is created, it is passed to a container, or it is unused. */
type Use = "structure" | "value" | "extension";

/** The tree with the variables in its strings replaced. Keys are left as they are. */
export function interpolateTree(root: Node, variables: Variables, context: Context): Node {
  const string = (node: Scalar, path: Path, use: Use): Node => {
    if (typeof node.value !== "string" || !node.value.includes("$")) return node;
    const template = node.value;
    const unset: Missing[] = [];
    const replaced = interpolate(
      template,
      (name) => variables.get(name),
      (trouble) => {
        if (use === "extension") return;
        if (trouble.kind !== "missing") context.complain(node.at, path, explain(trouble));
        else if (!context.lenient) unset.push(trouble);
      },
    );
    if (unset.length > 0) {
      const plain = unset.some((each) => plainly(template, each, use));
      const names = [...new Set(unset.map(({ name }) => name))];
      const message = `${missing(names)}${plain ? ", or write $$ for a plain $" : ""}`;
      context.complain(node.at, path, message);
    }
    if (use !== "structure") return scalar(node.at, replaced);
    const opened = context.open(replaced);
    if (!hasReference(opened)) return scalar(node.at, opened);
    context.complain(node.at, path, "this decides what is created and cannot be secret");
    return { ...scalar(node.at, null), refused: true };
  };

  const walk = (node: Node, path: Path, at: Rules<boolean> | undefined, use: Use): Node => {
    const here = at?.rule === true ? "value" : use;
    if (node.kind === "scalar") return string(node, path, here);
    if (node.kind === "sequence")
      return sequence(
        node.at,
        node.items.map((item, index) => walk(item, [...path, index], below(at, index), here)),
      );
    return mapping(
      node.at,
      [...node.entries].map(([key, entry]) => {
        // An extension may only hold anchors, so its variables need not be set.
        const extension = path.length === 0 && key.startsWith("x-");
        const value = walk(
          entry.value,
          [...path, key],
          below(at, key),
          extension ? "extension" : here,
        );
        return [key, { at: entry.at, value }];
      }),
    );
  };
  return walk(root, [], secrets, "structure");
}

function explain(trouble: Exclude<Trouble, Missing>): string {
  switch (trouble.kind) {
    case "required": {
      const reason = trouble.reason === "" ? "" : `: ${display(trouble.reason)}`;
      return `variable ${trouble.name} is required${reason}; give it in .env or berth:variables`;
    }
    case "invalid":
      return `"${trouble.form}" is not a valid variable; write \${NAME}, or $$ for a plain $`;
  }
}
