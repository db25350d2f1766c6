import { nearest } from "../components/model/problem";

/** What the user gave cannot be used; each line is for standard error. */
export class BadInput extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join("\n"));
  }
}

interface Option {
  /** The value's name in `--help`; absent: a switch. */
  readonly value?: string;
  /** May be given several times. */
  readonly repeated?: boolean;
  readonly help: string;
}

export type Options = Readonly<Record<string, Option>>;

export type Given<O extends Options> = {
  readonly [K in keyof O]: O[K] extends { repeated: true }
    ? readonly string[]
    : O[K] extends { value: string }
      ? string | undefined
      : boolean;
} & { readonly help: boolean };

/**
 * Reads a command line: `--name value`, `--name=value`, switches.
 *
 * @throws BadInput with every mistake: unknown options (the nearest is suggested), missing values, words.
 */
export function parseOptions<O extends Options>(options: O, words: readonly string[]): Given<O> {
  const all: Options = { ...options, help: { help: "Show this help." } };
  const found: Record<string, unknown> = Object.fromEntries(
    Object.entries(all).map(([name, { value, repeated }]) => [
      name,
      repeated === true ? [] : value === undefined ? false : undefined,
    ]),
  );
  const problems: string[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "-h") word = "--help";
    const [, name = "", inline] = /^--([^=]+)(?:=([^]*))?$/.exec(word) ?? [];
    const option = Object.hasOwn(all, name) ? all[name] : undefined;
    if (option === undefined) problems.push(unknownWord(word, name, Object.keys(all)));
    else if (option.value === undefined) {
      if (inline === undefined) found[name] = true;
      else problems.push(`--${name}: takes no value; write --${name} alone`);
    } else {
      const value = inline ?? (rest[0]?.startsWith("--") === true ? undefined : rest.shift());
      if (value === undefined || value === "")
        problems.push(`--${name}: has no value; write --${name} ${option.value}`);
      else if (option.repeated === true) (found[name] as string[]).push(value);
      else if (found[name] !== undefined) problems.push(`--${name}: is given twice; give it once`);
      else found[name] = value;
    }
  }
  if (problems.length > 0) throw new BadInput(problems);
  return found as Given<O>;
}

/**
 * Separates a command's own options from its other words: services, another program's command line.
 *
 * @param stop The first such word ends the options: what follows it is another program's. Default: no.
 */
export function separate(
  options: Options,
  words: readonly string[],
  { stop = false } = {},
): { readonly own: readonly string[]; readonly others: readonly string[] } {
  const [own, others, left]: [string[], string[], string[]] = [[], [], [...words]];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === "--") return { own, others: [...others, ...left] };
    if (word.startsWith("-")) {
      own.push(word);
      const name = word.slice(2);
      const valued = Object.hasOwn(options, name) && options[name]!.value !== undefined;
      if (valued && left[0]?.startsWith("--") === false) own.push(left.shift()!);
    } else if (stop) return { own, others: [...others, word, ...left] };
    else others.push(word);
  }
  return { own, others };
}

function unknownWord(word: string, name: string, names: readonly string[]): string {
  if (name === "") return `${word}: is not an option; see --help`;
  const near = nearest(name, names);
  return `--${name}: unknown option; ${near === undefined ? "see --help" : `did you mean "--${near}"?`}`;
}

/** The options as `--help` lists them. */
export function describeOptions(options: Options): string {
  const all: Options = { ...options, help: { help: "Show this help." } };
  const rows = Object.entries(all).map(([name, { value, help }]) => [
    `--${name}${value === undefined ? "" : ` ${value}`}`,
    help,
  ]);
  const width = Math.max(...rows.map(([left]) => left!.length));
  return rows.map(([left, help]) => `  ${left!.padEnd(width)}  ${help!}`).join("\n");
}
