import type { Position, Problem } from "../model/problem";
import { refer } from "../model/reference";
import {
  isSecure,
  matches,
  parseValue,
  securePaths,
  type ConfigFile,
  type Path,
} from "./stackfile";
import { isMapping, type At } from "./types";

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

/** A file of defaults (`extends`), nearest first. */
export type Baseline = ConfigFile;

/** What reading one config collects. */
export class Reader {
  readonly problems: Problem[] = [];
  readonly values = new Map<string, string>();

  constructor(
    readonly entries: ReadonlyMap<string, Entry>,
    public baselines: readonly Baseline[] = [],
  ) {}

  /** Where a path of a key stands: in the stack file, else in the nearest baseline. */
  position(key: string, path: Path): Position | undefined {
    const own = this.entries.get(key)?.file?.position(key, path);
    if (own !== undefined) return own;
    for (const baseline of this.baselines) {
      const found = baseline.position(key, path);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  source(key: string, path: Path): string | undefined {
    const files = [this.entries.get(key)?.file, ...this.baselines];
    for (const file of files) {
      const found = file?.source(key, path);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  problem(key: string, path: Path, message: string): null {
    this.problems.push({ at: this.position(key, path), key: keyPath(key, path), message });
    return null;
  }

  at(key: string): At {
    return new Place(this, key, []);
  }
}

class Place implements At {
  constructor(
    private readonly reader: Reader,
    private readonly key: string,
    private readonly path: Path,
  ) {}

  child(step: string | number): At {
    return new Place(this.reader, this.key, [...this.path, step]);
  }

  problem(message: string): null {
    return this.reader.problem(this.key, this.path, message);
  }

  get secret(): boolean {
    return this.reader.entries.get(this.key)?.isSecret(this.path) ?? false;
  }

  structural(): null {
    const guessed = this.reader.entries.get(this.key)?.guessed === true;
    const hint = guessed
      ? `; no stack file was found that tells which part of ${this.key} is secret, so all of it is`
      : "";
    return this.problem(`${secretStructure}${hint}`);
  }

  conceal(value: string): string {
    const name = keyPath(this.key.replace(/^berth:/, ""), this.path);
    this.reader.values.set(`config:${name}`, value);
    return refer("config", name);
  }

  get source(): string | undefined {
    return this.reader.source(this.key, this.path);
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
