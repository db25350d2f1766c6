import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Position, Problem } from "../model/problem";
import { refer } from "../model/reference";
import type { Type } from "../model/schema";
import { mapping, scalar, sequence, type Node, type Path } from "../model/tree";
import {
  isMapping,
  isSecure,
  matches,
  parseValue,
  securePaths,
  type ConfigFile,
} from "./stackfile";

const secretStructure = "this decides what is created and cannot be secret";

/** A path in the form of `pulumi config set --path`: `routes["app.example.com"].to`. */
function pathText(path: Path): string {
  return path
    .map((step, index) =>
      typeof step === "number"
        ? `[${step}]`
        : /^[\w-]+$/.test(step)
          ? `${index === 0 ? "" : "."}${step}`
          : `["${step}"]`,
    )
    .join("");
}

/** A key and a path below it: `berth:nodes.min`. */
export function keyPath(key: string, path: Path): string {
  const below = pathText(path);
  return below === "" || below.startsWith("[") ? `${key}${below}` : `${key}.${below}`;
}

/** One key of the config as it arrived: its value, the file that has it, and which leaves are secret. */
export class Entry {
  readonly value: unknown;
  readonly file: ConfigFile | undefined;
  private readonly secure: readonly string[];
  /** No file shows which leaf is secret, so all of them count as secret. */
  readonly guessed: boolean;

  constructor(
    readonly key: string,
    given: string,
    files: readonly ConfigFile[],
    secret: boolean,
    known: readonly Path[] = [],
  ) {
    const value = parseValue(given);
    this.file = files.find(({ config }) => {
      if (!Object.hasOwn(config, key)) return false;
      const written = config[key];
      const plain = typeof written === "string" ? parseValue(written) : written;
      return matches(plain, value) && (!secret || securePaths(plain).length > 0);
    });
    // A key without a value arrives as a text.
    this.value = this.file !== undefined && this.file.config[key] === null ? null : value;
    const paths = known.length > 0 ? known : securePaths(this.file?.config[key]);
    this.guessed = secret && paths.length === 0;
    this.secure = this.guessed ? [""] : paths.map((path) => `/${path.join("/")}`);
  }

  /** Whether any leaf is secret. */
  get hasSecret(): boolean {
    return this.secure.length > 0;
  }

  isSecret(path: Path): boolean {
    const text = `/${path.join("/")}/`;
    return this.secure.some((start) => text.startsWith(`${start.replace(/\/$/, "")}/`));
  }
}

/** The trees of a config have no places of their own: a problem's place is looked up by its path. */
const unplaced: Position = { file: "", line: 0, column: 0 };

/** What reading one config collects. */
export class Reader {
  readonly problems: Problem[] = [];
  readonly values = new Map<string, string>();

  constructor(
    readonly folder: string,
    readonly entries: ReadonlyMap<string, Entry>,
    /** The files of defaults (`extends`), nearest first. */
    public baselines: readonly ConfigFile[] = [],
  ) {}

  /** Where a path of a key stands: in the stack file, else in the nearest baseline. */
  position(key: string, path: Path): Position | undefined {
    return this.inFiles(key, (file) => file.position(key, path));
  }

  private inFiles<T>(key: string, find: (file: ConfigFile) => T | undefined): T | undefined {
    for (const file of [this.entries.get(key)?.file, ...this.baselines]) {
      const found = file === undefined ? undefined : find(file);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  problem(key: string, path: Path, message: string): void {
    this.problems.push({ at: this.position(key, path), key: keyPath(key, path), message });
  }

  at(key: string): Place {
    return new Place(this, key, []);
  }

  /** A key's value as its type reads it; undefined where something is wrong with it, which is reported. */
  read<T>(type: Type<T>, key: string, value: unknown): T | undefined {
    const before = this.problems.length;
    const place = (path: Path): Place => new Place(this, key, path);
    const checked = type.check(this.node(key, value, []), [], {
      complain: (_, path, message) => this.problem(key, path, message),
      secrets: {
        has: (path) => place(path).secret,
        refuse: (path) => place(path).refuseSecret(),
        conceal: (path, found) => place(path).conceal(found),
      },
    });
    return checked === undefined || this.problems.length > before
      ? undefined
      : type.convert(checked);
  }

  /** A value as a tree; a scalar reads as it is written in the file: `8.0`, not 8. */
  private node(key: string, value: unknown, path: Path): Node {
    if (Array.isArray(value))
      return sequence(
        unplaced,
        value.map((item, index) => this.node(key, item, [...path, index])),
      );
    if (isMapping(value))
      return mapping(
        unplaced,
        Object.entries(value).map(([name, item]) => [
          name,
          { at: unplaced, value: this.node(key, item, [...path, name]) },
        ]),
      );
    const plain = value as string | number | boolean | null;
    return typeof plain === "number" || typeof plain === "boolean"
      ? scalar(
          unplaced,
          plain,
          this.inFiles(key, (file) => file.source(key, path)),
        )
      : scalar(unplaced, plain);
  }
}

/** One place in the config, for what a type cannot see. */
export class Place {
  constructor(
    private readonly reader: Reader,
    private readonly key: string,
    private readonly path: Path,
  ) {}

  child(step: string | number): Place {
    return new Place(this.reader, this.key, [...this.path, step]);
  }

  problem(message: string): void {
    this.reader.problem(this.key, this.path, message);
  }

  /** Whether the engine keeps this leaf encrypted. */
  get secret(): boolean {
    return this.reader.entries.get(this.key)?.isSecret(this.path) ?? false;
  }

  /** Reports that this leaf may not be encrypted. */
  refuseSecret(): void {
    const guessed = this.reader.entries.get(this.key)?.guessed === true;
    const hint = guessed
      ? `; no stack file was found that tells which part of ${this.key} is secret, so all of it is`
      : "";
    this.problem(`${secretStructure}${hint}`);
  }

  /** Stores the value as a secret and returns a reference to it. */
  conceal(value: string): string {
    const name = keyPath(this.key.replace(/^berth:/, ""), this.path);
    this.reader.values.set(`config:${name}`, value);
    return refer("config", name);
  }

  /** The content of a file that the config names here; undefined, with a problem, when it cannot be read. */
  file(path: string): string | undefined {
    try {
      return readFileSync(resolve(this.reader.folder, path), "utf8");
    } catch {
      this.problem(`"${path}" cannot be read; correct the path`);
      return undefined;
    }
  }
}

/** A baseline's value under the stack's own: mappings are merged, everything else is replaced. */
export function merge(low: unknown, high: unknown): unknown {
  if (!isMapping(low) || !isMapping(high) || isSecure(high)) return high;
  const merged: Record<string, unknown> = { ...low };
  for (const [key, value] of Object.entries(high))
    merged[key] = Object.hasOwn(low, key) ? merge(low[key], value) : value;
  return merged;
}
