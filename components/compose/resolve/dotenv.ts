import type { Text } from "../../model/reference";
import { interpolate, type Lookup, type Trouble } from "./interpolate";

/** What an env file says, in its order; a later line outranks an earlier one. */
interface EnvLine {
  readonly name: string;
  readonly value: Text;
  readonly line: number;
}

interface EnvProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface EnvFile {
  readonly lines: readonly EnvLine[];
  readonly problems: readonly EnvProblem[];
  /** Variables without a default that nothing sets. */
  readonly missing: readonly { readonly name: string; readonly line: number }[];
}

const blank = /[\t\v\f\r \u0085\u00A0]/;

/**
 * Reads an env file as Compose does: `NAME=value`, `NAME: value`, `export`, comments, quotes that may
 * span lines, escapes and interpolation in double quotes, interpolation without quotes, a bare
 * `NAME` that takes its value from `lookup`.
 *
 * @param lookup values that outrank what the file itself has said so far
 * @param known what files before this one have said
 * @param hold what to keep of a value, such as a reference in its place
 */
export function parseEnv(
  text: string,
  lookup: Lookup,
  known: ReadonlyMap<string, Text> = new Map(),
  hold: (name: string, value: Text) => Text = (_, value) => value,
): EnvFile {
  return new Parser(
    text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n"),
    lookup,
    known,
    hold,
  ).parse();
}

/** `format: raw`: each line is `NAME=value` to the letter, without quoting or interpolation. */
export function parseRawEnv(
  text: string,
  lookup: Lookup,
  hold: (name: string, value: Text) => Text,
): EnvFile {
  const lines: EnvLine[] = [];
  const problems: EnvProblem[] = [];
  for (const [index, whole] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = whole.trimStart();
    if (line === "" || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    const name = equals < 0 ? line : line.slice(0, equals);
    if (name === "" || /\s/.test(name)) {
      problems.push({ line: index + 1, column: 1, message: badName(name) });
      continue;
    }
    const value = equals < 0 ? lookup(name) : line.slice(equals + 1);
    if (value !== undefined) lines.push({ name, value: hold(name, value), line: index + 1 });
  }
  return { lines, problems, missing: [] };
}

function badName(name: string): string {
  return name === ""
    ? "no name stands before the value; write NAME=value"
    : `"${name}" is not a variable name; write NAME=value without spaces in the name`;
}

class Parser {
  private readonly lines: EnvLine[] = [];
  private readonly problems: EnvProblem[] = [];
  private readonly missing: { name: string; line: number }[] = [];
  private readonly values: Map<string, Text>;
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly lookup: Lookup,
    known: ReadonlyMap<string, Text>,
    private readonly hold: (name: string, value: Text) => Text,
  ) {
    this.values = new Map(known);
  }

  parse(): EnvFile {
    for (;;) {
      while (this.at < this.text.length && /\s/.test(this.text[this.at]!)) this.at++;
      if (this.at >= this.text.length) break;
      if (this.text[this.at] === "#") this.skipLine();
      else this.statement();
    }
    return { lines: this.lines, problems: this.problems, missing: this.missing };
  }

  private statement(): void {
    const start = this.at;
    const line = this.lineAt(start);
    const exported = /export[\t\v\f\r \u0085\u00A0]+/y;
    exported.lastIndex = this.at;
    this.at += exported.exec(this.text)?.[0].length ?? 0;
    const key = /[^=:\n]*/y;
    key.lastIndex = this.at;
    const found = key.exec(this.text)?.[0] ?? "";
    const name = found.trim();
    if (!/^[\p{L}\p{N}_.[\]-]+$/u.test(name)) {
      this.complain(line, start, badName(name));
      this.skipLine();
      return;
    }
    this.at += found.length;
    const separator = this.text[this.at];
    this.at++;
    if (separator === undefined || separator === "\n") {
      const value = this.lookup(name);
      if (value !== undefined) this.set(name, value, line);
      return;
    }
    while (this.at < this.text.length && blank.test(this.text[this.at]!)) this.at++;
    const quote = this.text[this.at];
    if (quote === '"' || quote === "'") this.quoted(name, quote, line);
    else this.unquoted(name, line);
  }

  private unquoted(name: string, line: number): void {
    const end = this.text.indexOf("\n", this.at);
    const whole = this.text.slice(this.at, end < 0 ? undefined : end);
    const comment = whole.indexOf(" #");
    const value = (comment < 0 ? whole : whole.slice(0, comment)).trimEnd();
    this.set(name, this.expand(value, line), line);
    this.skipLine();
  }

  private quoted(name: string, quote: string, line: number): void {
    const start = this.at;
    let value = "";
    for (let at = start + 1; at < this.text.length; at++) {
      const char = this.text[at]!;
      if (char === quote) {
        this.at = at + 1;
        this.set(name, quote === '"' ? this.expand(unescape(value), line) : value, line);
        return;
      }
      if (char === "\\" && at + 1 < this.text.length) {
        const next = this.text[++at]!;
        value += next === quote ? next : `\\${next}`;
      } else value += char;
    }
    this.complain(line, start, "the quote that opens here is never closed; close it");
    this.at = this.text.length;
  }

  private expand(value: string, line: number): Text {
    return interpolate(
      value,
      (variable) => this.lookup(variable) ?? this.values.get(variable),
      (trouble) => {
        this.tell(trouble, line);
      },
    );
  }

  private tell(trouble: Trouble, line: number): void {
    if (trouble.kind === "missing") this.missing.push({ name: trouble.name, line });
    else if (trouble.kind === "required")
      this.problems.push({
        line,
        column: 1,
        message: `variable ${trouble.name} is required${trouble.reason === "" ? "" : `: ${trouble.reason}`}; set it`,
      });
    else
      this.problems.push({
        line,
        column: 1,
        message: `"${trouble.form}" is not a valid variable; write \${NAME}, or $$ for a plain $`,
      });
  }

  private set(name: string, value: Text, line: number): void {
    const held = this.hold(name, value);
    this.values.set(name, held);
    this.lines.push({ name, value: held, line });
  }

  private skipLine(): void {
    const end = this.text.indexOf("\n", this.at);
    this.at = end < 0 ? this.text.length : end + 1;
  }

  private lineAt(offset: number): number {
    let line = 1;
    for (
      let at = this.text.indexOf("\n");
      at >= 0 && at < offset;
      at = this.text.indexOf("\n", at + 1)
    )
      line++;
    return line;
  }

  private complain(line: number, offset: number, message: string): void {
    const column = offset - this.text.lastIndexOf("\n", offset - 1);
    this.problems.push({ line, column, message });
  }
}

const escapes: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  '"': '"',
  "\\": "\\",
};

/** Escapes of double quotes; `\$` becomes `$$`, which interpolation turns into a plain `$`. */
function unescape(value: string): string {
  return value.replace(
    /\\(?:([abcfnrtv$"\\])|0(\d{0,3}))/g,
    (match, char?: string, octal?: string) => {
      if (char === "$") return "$$";
      if (char !== undefined) return escapes[char] ?? match;
      return octal !== undefined && /^[0-3][0-7]{2}$/.test(octal)
        ? String.fromCharCode(parseInt(octal, 8))
        : match;
    },
  );
}
