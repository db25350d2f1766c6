import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Pair,
} from "yaml";
import type { Position, Problem } from "../model/problem";
import type { Path } from "../model/tree";

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The config of one YAML file, with the place of every key. */
export interface ConfigFile {
  /** As messages name it. */
  readonly file: string;
  /** Full keys (`berth:cloud`, `aws:region`) with their plain values; a secret is `{ secure }`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The whole file. */
  readonly document: Readonly<Record<string, unknown>>;
  position(key: string, path: Path): Position | undefined;
  /** A scalar as it is written. */
  source(key: string, path: Path): string | undefined;
}

export type ConfigFileResult =
  { readonly file: ConfigFile } | { readonly problems: readonly Problem[] };

/** A file's name in messages: relative to the project's folder when it is inside. */
export function named(path: string, folder: string): string {
  const inside = relative(folder, path);
  return inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}

/**
 * Reads a stack file, or a baseline: the same keys without `config:` above them; the namespace
 * `berth:` is optional in a baseline.
 */
export function readConfigFile(path: string, folder: string): ConfigFileResult {
  const file = named(path, folder);
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === "ENOENT" ? "no such file" : code === "EISDIR" ? "is a folder" : "cannot be read";
    return { problems: [{ key: file, message: `${reason}; check the path` }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false, merge: true });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  if (document.errors.length > 0)
    return {
      // One mistake causes several errors at one position: only the first describes it.
      problems: document.errors
        .filter(
          ({ pos }, index, all) => all.findIndex((other) => other.pos[0] === pos[0]) === index,
        )
        .map(({ pos, message }) => ({
          at: at(pos[0]),
          key: "",
          message: `is not YAML: ${lowered(message)}`,
        })),
    };
  return parsed(document, file, at);
}

function parsed(
  document: Document,
  file: string,
  at: (offset: number) => Position,
): ConfigFileResult {
  const top: unknown = document.toJS({ maxAliasCount: 100 });
  const wrong = (message: string): ConfigFileResult => ({
    problems: [{ at: at(0), key: "", message }],
  });
  if (top !== null && !isMapping(top))
    return wrong('is not a stack file; write "config:" and the keys below it');
  const nested = isMapping(top) && "config" in top;
  const stated = nested ? top["config"] : top;
  if (stated !== null && !isMapping(stated))
    return wrong('config is not a mapping; write the keys below "config:"');
  const full = new Map(
    Object.keys(stated ?? {})
      .filter((key) => nested || !stackFileKeys.has(key))
      .map((key) => [key.includes(":") ? key : `berth:${key}`, key]),
  );
  const find = (key: string, path: Path): Pair | Node | undefined => {
    const inside = nested && (full.has(key) || !(key in top));
    return descend(document, [...(inside ? ["config"] : []), full.get(key) ?? key, ...path]);
  };
  return {
    file: {
      file,
      document: isMapping(top) ? top : {},
      config: Object.fromEntries([...full].map(([key, written]) => [key, stated?.[written]])),
      position(key, path) {
        const found = find(key, path);
        const node = found !== undefined && "key" in found ? (found.key as Node) : found;
        const offset = node?.range?.[0];
        return offset === undefined ? undefined : at(offset);
      },
      source(key, path) {
        const found = find(key, path);
        const node = found !== undefined && "key" in found ? found.value : found;
        return isScalar(node) ? node.source : undefined;
      },
    },
  };
}

/** Keys of a stack file beside `config`. */
const stackFileKeys = new Set(["encryptionsalt", "encryptedkey", "secretsprovider", "environment"]);

/** The pair or list item at a path. */
function descend(document: Document, path: Path): Pair | Node | undefined {
  let found: Pair | Node | undefined;
  let inside: unknown = document.contents;
  for (const step of path) {
    if (isAlias(inside)) inside = inside.resolve(document);
    if (isMap(inside)) {
      const pair = inside.items.find(({ key }) => String(isScalar(key) ? key.value : key) === step);
      if (pair === undefined) return undefined;
      found = pair;
      inside = pair.value;
    } else if (isSeq(inside)) {
      found = inside.items[Number(step)] as Node | undefined;
      inside = found;
    } else return undefined;
  }
  return found;
}

function lowered(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** Whether a value is how Pulumi writes a secret: `{ secure: … }` and nothing else. */
export function isSecure(value: unknown): boolean {
  return isMapping(value) && Object.keys(value).length === 1 && typeof value["secure"] === "string";
}

/** The value with a text in place of each secret, made from its ciphertext. */
export function withoutSecure(value: unknown, text: (ciphertext: string) => string): unknown {
  if (isSecure(value)) return text((value as { secure: string }).secure);
  if (Array.isArray(value)) return value.map((item) => withoutSecure(item, text));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutSecure(item, text)]),
  );
}

/** Where a file's value has secrets. */
export function securePaths(value: unknown, path: Path = []): Path[] {
  if (isSecure(value)) return [path];
  if (Array.isArray(value))
    return value.flatMap((item, index) => securePaths(item, [...path, index]));
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => securePaths(item, [...path, key]));
}

/** Whether a file's value is what the engine gave: every leaf that is not secret is the same. */
export function matches(written: unknown, given: unknown): boolean {
  if (isSecure(written)) return true;
  if (written === null) return [null, undefined, "", "null"].includes(given as string | null);
  if (Array.isArray(written))
    return (
      Array.isArray(given) &&
      given.length === written.length &&
      written.every((item, index) => matches(item, given[index]))
    );
  if (isMapping(written)) {
    if (!isMapping(given)) return false;
    const keys = Object.keys(written);
    return (
      keys.length === Object.keys(given).length &&
      keys.every((key) => Object.hasOwn(given, key) && matches(written[key], given[key]))
    );
  }
  const plain = (scalar: unknown): string =>
    typeof scalar === "string" ? scalar : JSON.stringify(scalar);
  return plain(written) === plain(given);
}

/** A config value as the engine hands it over: structured ones are JSON. */
export function parseValue(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/**
 * The files that may hold this stack's config (decisions.md: which-leaf-is-secret): the CLI's own, and those beside
 * the Compose files.
 */
export function candidates(folder: string, stack: string, compose: readonly string[]): string[] {
  const name = `Pulumi.${stack.split("/").at(-1)!}.yaml`;
  const found = [join(folder, name)];
  const own = stackConfigDir(folder);
  if (own !== undefined) found.push(join(resolve(folder, own), name));
  for (const beside of new Set(compose.map((file) => join(resolve(folder, file), "..")))) {
    if (!existsSync(beside)) continue;
    try {
      const names = readdirSync(beside).filter((entry) => /^Pulumi\..+\.ya?ml$/.test(entry));
      found.push(...names.sort().map((entry) => join(beside, entry)));
    } catch {
      continue;
    }
  }
  return [...new Set(found)].filter((file) => existsSync(file));
}

function stackConfigDir(folder: string): string | undefined {
  try {
    const project = parseDocument(
      readFileSync(join(folder, "Pulumi.yaml"), "utf8"),
    ).toJS() as unknown;
    const own = isMapping(project) ? (project["stackConfigDir"] ?? project["config"]) : undefined;
    return typeof own === "string" ? own : undefined;
  } catch {
    return undefined;
  }
}
