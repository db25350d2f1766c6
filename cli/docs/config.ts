import { keyNames, schema, type Key } from "../../components/settings/schema";
import type { JsonSchema } from "../../components/settings/types";

const keys = keyNames.map((name) => [name, schema[name] as Key<unknown>] as const);

/** The table of every key, in Markdown, its columns set as prettier sets them. */
export function table(): string {
  const head = ["key", "value", "default", "what it is"];
  const rows = keys.map(([name, { form, default: otherwise, description, type }]) => [
    `\`${name}\``,
    form,
    otherwise,
    `${description}${type.secretive ? " May hold secrets." : ""}`,
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return `${[line(head), rule, ...rows.map(line)].join("\n")}\n`;
}

/** JSON Schema of a `Pulumi.<stack>.yaml`, for editors. */
export function jsonSchema(): JsonSchema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Stack config of Berth",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(
          keys.map(([name, { type, description, default: otherwise }]) => [
            `berth:${name}`,
            { description: `${description} Default: ${plain(otherwise)}.`, ...type.json },
          ]),
        ),
        // Keys of other namespaces are the providers' own.
        patternProperties: { "^(?!berth:)": {} },
        additionalProperties: false,
      },
    },
  };
}

function plain(markdown: string): string {
  return markdown.replaceAll("`", "").replaceAll("\\|", "|");
}
