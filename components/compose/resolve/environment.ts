import * as fs from "node:fs";
import type { Position } from "../../model/problem";
import type { Text } from "../../model/reference";
import type { Context } from "../read/context";
import { parseEnv, parseRawEnv } from "./dotenv";
import { get, getString, type Mapping } from "../../model/tree";
import type { Variables } from "./variables";
import { readText, shown } from "../read/yaml";

/** A service's environment merged with its env files, and the positions of the values from them. */
export interface Resolved {
  readonly environment: Record<string, Text | null>;
  readonly positions: ReadonlyMap<string, Position>;
}

/**
 * `environment` over `env_file`, later files over earlier ones. Every value of an env file becomes a
 * reference of kind "file", since such files usually hold secrets.
 */
export function resolveEnvironment(
  name: string,
  service: Mapping,
  own: Readonly<Record<string, Text | null>>,
  variables: Variables,
  context: Context,
): Resolved {
  const positions = new Map<string, Position>();
  const gathered = new Map<string, Text>();
  for (const [key, value] of Object.entries(own)) if (value !== null) gathered.set(key, value);
  const files = get(service, "env_file");
  if (files?.kind === "sequence")
    files.items.forEach((item, index) => {
      const file = getString(item, "path");
      if (file === undefined) return;
      const required = get(item, "required");
      const optional = required?.kind === "scalar" && /^(false|no|n|off)$/i.test(required.text);
      if (optional && !fs.existsSync(file)) return;
      const format = get(item, "format");
      const at = item.at;
      const key = `services.${name}.env_file[${index}]`;
      if (format?.kind === "scalar" && format.text !== "raw" && format.text !== "") {
        context.complain(
          format.at,
          `${key}.format`,
          `"${format.text}" is not a format; remove it, or use raw`,
        );
        return;
      }
      const content = readText(file);
      if ("wrong" in content) {
        context.complain(at, key, `${shown(file)} ${content.wrong}`);
        return;
      }
      const lookup = (variable: string): Text | undefined =>
        variables.get(variable) ?? own[variable] ?? undefined;
      const hold = (variable: string, value: Text): Text =>
        context.conceal(`${context.nameOf(file)}/${variable}`, value);
      const parsed =
        format?.kind === "scalar" && format.text === "raw"
          ? parseRawEnv(content.text, lookup, hold)
          : parseEnv(content.text, lookup, gathered, hold);
      for (const { line, column, message } of parsed.problems)
        context.complain({ file: shown(file), line, column }, "", message);
      if (!context.lenient)
        for (const missing of parsed.missing)
          context.complain(
            { file: shown(file), line: missing.line, column: 1 },
            "",
            `variable ${missing.name} is not set; give it in .env or berth:variables, or write $$ for a plain $`,
          );
      for (const line of parsed.lines) {
        gathered.set(line.name, line.value);
        positions.set(line.name, { file: shown(file), line: line.line, column: 1 });
      }
    });
  return { environment: { ...Object.fromEntries(gathered), ...own }, positions };
}

/** Labels over those of `label_file`. */
export function resolveLabels(
  name: string,
  service: Mapping,
  own: Readonly<Record<string, Text>>,
  context: Context,
): Record<string, Text> {
  const gathered = new Map<string, Text>();
  const files = get(service, "label_file");
  if (files?.kind === "sequence")
    files.items.forEach((item, index) => {
      if (item.kind !== "scalar") return;
      const content = readText(item.text);
      if ("wrong" in content) {
        context.complain(
          item.at,
          `services.${name}.label_file[${index}]`,
          `${shown(item.text)} ${content.wrong}`,
        );
        return;
      }
      const parsed = parseEnv(content.text, (variable) => gathered.get(variable));
      for (const { line, column, message } of parsed.problems)
        context.complain({ file: shown(item.text), line, column }, "", message);
      for (const line of parsed.lines) gathered.set(line.name, line.value);
    });
  return { ...Object.fromEntries(gathered), ...own };
}
