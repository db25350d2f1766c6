import * as fs from "node:fs";
import * as path from "node:path";
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node as YamlNode,
  type YAMLError,
} from "yaml";
import type { Position, Problem } from "../../model/problem";
import { understand } from "./scalars";
import {
  dotted,
  mapping,
  scalar,
  sequence,
  type Entry,
  type Node,
  type Path,
} from "../../model/tree";

/** One YAML document of a Compose file. */
export interface Parsed {
  readonly root: Node;
  /** Where `!reset` and `!override` stand: what came before at these paths is dropped. */
  readonly resets: readonly Path[];
}

/** How many values aliases may add to a document before it is refused as an expansion attack. */
const aliasBudget = 250_000;

const megabyte = 1024 * 1024;

/** Largest file that is read as Compose or env file, in bytes. */
const fileLimit = 4 * megabyte;

/** A file's name as people see it: relative to the current folder when inside it. */
export function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative === "" || relative.startsWith("..") || path.isAbsolute(relative)
    ? file
    : relative;
}

/** The file's text, or what is wrong with it and what to do. */
export function readText(file: string): { text: string } | { wrong: string } {
  try {
    const stat = fs.statSync(file);
    if (stat.isDirectory()) return { wrong: "is a folder; name a file" };
    if (stat.size > fileLimit)
      return {
        wrong: `is ${Math.ceil(stat.size / megabyte)} MB large; at most 4 MB are read`,
      };
    const bytes = fs.readFileSync(file);
    if (bytes.includes(0)) return { wrong: "is a binary file; give a text file" };
    const text = bytes.toString("utf8");
    return { text: text.startsWith("\uFEFF") ? text.slice(1) : text };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return { wrong: "does not exist; check the path" };
    if (code === "EACCES" || code === "EPERM")
      return { wrong: "cannot be read; give your user the right to read it" };
    return { wrong: `cannot be read (${code ?? "unknown reason"}); check the path` };
  }
}

/** Reads YAML into trees, one a document. What cannot be read goes to `report`. */
export function parse(
  file: string,
  text: string,
  report: (problem: Problem) => void,
): readonly Parsed[] {
  const name = shown(file);
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    schema: "failsafe",
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
  });
  if (!Array.isArray(documents)) return [];
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file: name, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const parsed: Parsed[] = [];
  for (const document of documents as Document.Parsed[]) {
    // Errors after the first are mostly consequences of it.
    const [error] = document.errors;
    if (error !== undefined) {
      report({ at: place(error.pos[0]), key: "", message: explain(error) });
      continue;
    }
    if (document.contents === null) continue;
    const reader = new Reader(document, place, report);
    const root = reader.read(document.contents, []);
    if (root !== undefined) parsed.push({ root, resets: reader.resets });
  }
  return parsed;
}

function explain({ code, message }: YAMLError): string {
  switch (code) {
    case "TAB_AS_INDENT":
      return "a tab cannot indent in YAML; use spaces";
    case "MISSING_CHAR":
      if (/closing .*quote/.test(message)) return "a quote is opened and never closed; close it";
      return `not valid YAML: ${lower(message)}; check indentation, quotes and colons here`;
    case "BAD_INDENT":
    case "UNEXPECTED_TOKEN":
    case "BLOCK_AS_IMPLICIT_KEY":
    case "MULTILINE_IMPLICIT_KEY":
      return `not valid YAML: ${lower(message)}; check indentation, quotes and colons here`;
    default:
      return `not valid YAML: ${lower(message)}`;
  }
}

function lower(message: string): string {
  const first = message.split("\n")[0]!.replace(/[.:]\s*$/, "");
  return first.charAt(0).toLowerCase() + first.slice(1);
}

/** Without a schema every scalar is read as a string. */
function word({ value }: { readonly value: unknown }): string {
  return typeof value === "string" ? value : "";
}

class Reader {
  readonly resets: Path[] = [];
  private readonly open = new Set<YamlNode>();
  /** Anchors by name, as far as the document has been read. */
  private readonly anchors = new Map<string, YamlNode>();
  private spent = 0;
  /** The alias that is being resolved. */
  private outer: { at: Position; path: Path } | undefined;
  private refused = false;

  constructor(
    private readonly document: Document.Parsed,
    private readonly place: (offset: number) => Position,
    private readonly report: (problem: Problem) => void,
  ) {}

  /** The node's tree; undefined where it was taken away by `!reset` or cannot be read. */
  read(node: YamlNode | null | undefined, path: Path, aliased = false): Node | undefined {
    if (node === null || node === undefined)
      return scalar(this.place(this.document.range[0]), null);
    const at = this.place(node.range?.[0] ?? 0);
    if (aliased && ++this.spent > aliasBudget) {
      if (!this.refused)
        this.report({
          at: this.outer?.at ?? at,
          key: dotted(this.outer?.path ?? path),
          message: `aliases expand to more than ${aliasBudget} values; write fewer aliases of aliases`,
        });
      this.refused = true;
      return undefined;
    }
    if (isAlias(node)) {
      if (!aliased) this.outer = { at, path };
      return this.alias(node.source, path, at);
    }
    if (!aliased && node.anchor !== undefined) this.anchors.set(node.anchor, node);
    if (node.tag === "!reset") {
      this.resets.push(path);
      return undefined;
    }
    if (node.tag === "!override") this.resets.push(path);
    if (isScalar(node)) return this.scalar(node, path, at);
    if (this.open.has(node)) {
      this.report({ at, key: dotted(path), message: "an alias cannot hold itself; remove it" });
      return undefined;
    }
    this.open.add(node);
    let result: Node | undefined;
    if (isSeq<YamlNode>(node)) {
      const items = node.items.map((item, index) => this.read(item, [...path, index], aliased));
      result = sequence(
        at,
        items.filter((item) => item !== undefined),
      );
    } else if (isMap<YamlNode, YamlNode | null>(node))
      result = this.mapping(node.items, path, at, aliased);
    this.open.delete(node);
    return result;
  }

  private alias(name: string, path: Path, at: Position): Node | undefined {
    const target = this.anchors.get(name);
    if (target === undefined) {
      this.report({
        at,
        key: dotted(path),
        message: `no anchor &${name} stands before this alias; define it first`,
      });
      return undefined;
    }
    return this.read(target, path, true);
  }

  private scalar(
    node: YamlNode & { value: unknown; type?: string; source?: string },
    path: Path,
    at: Position,
  ): Node {
    const value = word(node);
    if (/[\u0001\u0002]/.test(value))
      this.report({
        at,
        key: dotted(path),
        message: "holds a control character (U+0001 or U+0002); remove it",
      });
    const tag = node.tag?.replace("tag:yaml.org,2002:", "!!");
    const typed = tag === "!!int" || tag === "!!float" || tag === "!!bool" || tag === "!!null";
    if (typed || ((node.type ?? "PLAIN") === "PLAIN" && tag !== "!!str" && tag !== "!")) {
      const understood = understand(value);
      return scalar(at, understood.value, understood.text);
    }
    return scalar(at, value);
  }

  private mapping(
    pairs: readonly { key: YamlNode; value: YamlNode | null }[],
    path: Path,
    at: Position,
    aliased: boolean,
  ): Node {
    const own = new Map<string, Entry>();
    const merged: Node[] = [];
    const first = new Map<string, Position>();
    for (const { key, value } of pairs) {
      const keyAt = this.place(key.range?.[0] ?? 0);
      const resolved = isAlias(key) ? this.anchors.get(key.source) : key;
      if (isScalar(key) && key.anchor !== undefined) this.anchors.set(key.anchor, key);
      if (!isScalar(resolved)) {
        this.report({ at: keyAt, key: dotted(path), message: "a key must be a plain word" });
        continue;
      }
      const name = word(resolved);
      const earlier = first.get(name);
      if (earlier !== undefined) {
        this.report({
          at: keyAt,
          key: dotted([...path, name]),
          message: `stands here twice, first in line ${earlier.line}; keep one`,
        });
        continue;
      }
      first.set(name, keyAt);
      if (name === "<<" && (resolved.type ?? "PLAIN") === "PLAIN") {
        const source = this.read(value, path, aliased);
        if (source !== undefined) merged.push(source);
        continue;
      }
      const read =
        value === null ? scalar(keyAt, null) : this.read(value, [...path, name], aliased);
      if (read !== undefined) own.set(name, { at: keyAt, value: read });
    }
    return mapping(at, this.mergeKeys(own, merged, path));
  }

  /** `<<`: keys that the mapping has itself win, then those of the source that is named first. */
  private mergeKeys(
    own: Map<string, Entry>,
    sources: readonly Node[],
    path: Path,
  ): Map<string, Entry> {
    for (const source of sources.flatMap((node) =>
      node.kind === "sequence" ? node.items : [node],
    )) {
      if (source.kind === "mapping") {
        for (const [name, entry] of source.entries) if (!own.has(name)) own.set(name, entry);
      } else if (source.kind !== "scalar" || source.value !== null)
        this.report({
          at: source.at,
          key: dotted(path),
          message: "`<<` merges mappings only; give an alias of a mapping, or a list of them",
        });
    }
    return own;
  }
}
