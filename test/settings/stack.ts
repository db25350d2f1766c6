import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { formatProblem } from "../../components/model/problem";
import { read, type ReadResult, type StackInput } from "../../components/settings/read";
import type { Settings } from "../../components/settings/settings";

export interface Project {
  readonly result: ReadResult;
  /** The problems as a person reads them. */
  readonly told: readonly string[];
  readonly settings: Settings;
}

/** Decrypts as the engine does: the secrets of these tests say what they hold. */
function decrypted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decrypted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]![0] === "secure") return String(entries[0]![1]);
  return Object.fromEntries(entries.map(([key, item]) => [key, decrypted(item)]));
}

/** The stack file's config as the engine hands it to a program. */
function engineConfig(content: string): Pick<StackInput, "config" | "secretKeys"> {
  const stated = (parse(content) as { config: Record<string, unknown> }).config;
  return {
    config: Object.fromEntries(
      Object.entries(stated).map(([key, value]) => {
        const plain = decrypted(value);
        return [key, typeof plain === "string" ? plain : JSON.stringify(plain)];
      }),
    ),
    secretKeys: Object.keys(stated).filter((key) =>
      JSON.stringify(stated[key]).includes('"secure":'),
    ),
  };
}

/** Reads a stack file in a folder of its own, with other files beside it. */
export function project(
  content: string,
  files: Readonly<Record<string, string>> = {},
  change: Partial<StackInput> = {},
): Project {
  const folder = mkdtempSync(join(tmpdir(), "berth-settings-"));
  try {
    writeFileSync(join(folder, "Pulumi.qa.yaml"), content);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const result = read({
      project: "berth",
      stack: "qa",
      folder,
      ...engineConfig(content),
      ...change,
    });
    return {
      result,
      told: result.problems.map(formatProblem),
      get settings(): Settings {
        if (result.settings === undefined)
          throw new Error(result.problems.map(formatProblem).join("\n"));
        return result.settings;
      },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A stack file on local with these lines in it. */
export const local = (...lines: string[]): string =>
  ["config:", "  berth:cloud: local", ...lines.map((line) => `  ${line}`), ""].join("\n");
