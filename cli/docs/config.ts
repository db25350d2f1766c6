import type { JsonSchema } from "../../components/model/schema";
import type { Row } from "../../components/settings/row";
import { keyNames, schema } from "../../components/settings/schema";

const keys = keyNames.map(
  (name) => [name, schema[name] as Row<unknown, unknown, unknown>] as const,
);

/** The table of every key, in Markdown, its columns set as prettier sets them. */
export function table(): string {
  const head = ["key", "value", "default", "what it is"];
  const rows = keys.map(([name, row]) => [
    `\`${name}\``,
    form(row.type.json),
    defaultOf(row),
    `${row.description}${row.type.secret === true ? " May hold secrets." : ""}`,
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
          keys.map(([name, row]) => [
            `berth:${name}`,
            {
              description: `${row.description} Default: ${plain(defaultOf(row))}.`,
              ...(isValue(row) && { default: row.default }),
              ...row.type.json,
            },
          ]),
        ),
        // Keys of other namespaces are the providers' own.
        patternProperties: { "^(?!berth:)": {} },
        additionalProperties: false,
      },
    },
  };
}

/** Whether the default is one value, the same on every stack, that says all. */
function isValue({ default: value, defaultText }: Row<unknown, unknown, unknown>): boolean {
  return value !== undefined && defaultText === undefined;
}

/** The default in Markdown. */
function defaultOf({ default: value, defaultText }: Row<unknown, unknown, unknown>): string {
  if (defaultText !== undefined) return defaultText;
  if (typeof value === "number") return String(value);
  const texts = typeof value === "object" && value !== null ? Object.values(value) : [value];
  return texts.every((text) => text === undefined)
    ? "none"
    : texts.map((text) => `\`${String(text)}\``).join(", ");
}

/** How a value is written, in Markdown: `{ min, max }`, or list of paths. */
function form(json: JsonSchema): string {
  const several = alternatives(json);
  if (several !== undefined) return several.map(form).join(", or ");
  const { enum: words = json["type"] === "boolean" ? ["true", "false"] : undefined } = json as {
    enum?: readonly string[];
  };
  if (words !== undefined) return words.map((word) => `\`${word}\``).join(" \\| ");
  return json.type === "object" ? `\`${inCode(json)}\`` : inCode(json);
}

function inCode(json: JsonSchema): string {
  const {
    type,
    title,
    items,
    enum: words,
  } = json as {
    type?: unknown;
    title?: string;
    items?: JsonSchema;
    enum?: readonly string[];
  };
  const { properties, additionalProperties, propertyNames } = json as {
    properties?: Readonly<Record<string, JsonSchema>>;
    additionalProperties?: JsonSchema | false;
    propertyNames?: { title: string };
  };
  const several = alternatives(json);
  if (several !== undefined) return several.map(inCode).join(" or ");
  if (words !== undefined) return words.map((word) => `"${word}"`).join(" \\| ");
  if (items !== undefined) return `list of ${inCode(items).replace(/\w$/, "$&s")}`;
  if (properties !== undefined)
    return `{ ${Object.entries(properties)
      .map(([key, one]) => (one["properties"] === undefined ? key : `${key}: ${inCode(one)}`))
      .join(", ")} }`;
  if (typeof additionalProperties === "object")
    return `{ ${propertyNames?.title ?? "name"}: ${inCode(additionalProperties)} }`;
  return title ?? (type === "boolean" ? "true \\| false" : "number");
}

/** The forms a value may have; an encrypted one is not a form of its own, nor is one item of a list. */
function alternatives({ anyOf }: JsonSchema): readonly JsonSchema[] | undefined {
  return (anyOf as readonly JsonSchema[] | undefined)?.filter(
    (one) => !Object.hasOwn(one["properties"] ?? {}, "secure"),
  );
}

function plain(markdown: string): string {
  return markdown.replaceAll("`", "").replaceAll("\\|", "|");
}
