import { nearest } from "../model/problem";

/** A JSON Schema (draft 7) fragment, for editors. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One value of the config, as its type sees it while reading. */
export interface At {
  /** The value under a key of this one. */
  child(key: string | number): At;
  /** Reports a problem with this value at its position. */
  problem(message: string): null;
  /** Whether the engine keeps this leaf encrypted. */
  readonly secret: boolean;
  /** Reports that this leaf may not be secret. */
  structural(): null;
  /** Stores the value as a secret and returns a reference to it. */
  conceal(value: string): string;
  /** How a scalar is written in the file, when a file has it: `8.0` is read as the number 8. */
  readonly source: string | undefined;
}

/** What a config value may be: how it is read, and what editors and the documentation say of it. */
export interface Type<T> {
  readonly json: JsonSchema;
  /** Whether a leaf in it may be secret. */
  readonly secretive: boolean;
  /** Whether a value has this type's form (scalar, list, mapping), before its content is looked at. */
  accepts(value: unknown): boolean;
  /** What it should have been, for a message: `a list of CIDRs`. */
  readonly what: string;
  /** null: a problem was reported. */
  read(value: unknown, at: At): T | null;
}

/** What a type gives when it is read. */
export type Read<X> = X extends Type<infer T> ? T : never;

/** A value as a message shows it. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isMapping(value)) return "a mapping";
  if (value === null || value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}..."` : text;
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

/** `a, b or c`. */
function orList(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)!}`;
}

export interface TextOptions {
  readonly what?: string;
  /** `may`: a secret is allowed; `always`: it is one, encrypted or not. */
  readonly secret?: "may" | "always";
  /** What is wrong with the text and what to do, or undefined. */
  readonly check?: (text: string) => string | undefined;
  readonly json?: JsonSchema;
}

/** A leaf for editors: where it may be secret, also in the form that `pulumi config set --secret` writes. */
function leaf(json: JsonSchema, secretive: boolean): JsonSchema {
  if (!secretive) return json;
  const secure = { type: "object", properties: { secure: { type: "string" } } };
  return { anyOf: [json, { ...secure, required: ["secure"], additionalProperties: false }] };
}

/** A string; numbers and switches are taken as they are written. */
export function text(options: TextOptions = {}): Type<string> {
  const { what = "a text", secret, check, json = {} } = options;
  return {
    json: leaf({ type: ["string", "number", "boolean"], ...json }, secret !== undefined),
    what,
    secretive: secret !== undefined,
    accepts: isScalar,
    read(value, at) {
      if (!isScalar(value)) return at.problem(`must be ${what}, not ${shown(value)}`);
      const written = typeof value === "string" ? value : (at.source ?? String(value));
      if (at.secret && secret === undefined) return at.structural();
      if (at.secret) return at.conceal(written);
      const wrong = written === "" ? `is empty; give ${what}` : check?.(written);
      if (wrong !== undefined) return at.problem(wrong);
      return secret === "always" ? at.conceal(written) : written;
    },
  };
}

/** The value of a variable: a scalar, which may be secret and may be empty. */
export const value: Type<string> = {
  ...text({ what: "a value", secret: "may" }),
  read(given, at) {
    if (!isScalar(given))
      return at.problem(`must be a value, not ${shown(given)}; write "" for an empty one`);
    const written = typeof given === "string" ? given : (at.source ?? String(given));
    return at.secret ? at.conceal(written) : written;
  },
};

/** A name out of a list; the nearest is suggested. */
export function oneOf<const T extends string>(...names: T[]): Type<T> {
  const what = orList(names);
  return {
    json: { enum: names },
    what,
    secretive: false,
    accepts: (given) => typeof given === "string",
    read(given, at) {
      if (at.secret) return at.structural();
      const found = names.find((name) => name === given);
      if (found !== undefined) return found;
      const near = typeof given === "string" ? nearest(given, names) : undefined;
      return at.problem(
        `${shown(given)} is not one of ${names.join(", ")}; ` +
          (near === undefined ? "choose one of these" : `did you mean "${near}"?`),
      );
    },
  };
}

/** A whole number in its unit. */
export function whole(min: number, max: number, unit: string): Type<number> {
  const range = `a whole number of ${unit} from ${min} to ${max}`;
  return {
    json: { type: "integer", minimum: min, maximum: max },
    what: range,
    secretive: false,
    accepts: (given) => typeof given === "number" || /^-?\d+$/.test(String(given)),
    read(given, at) {
      if (at.secret) return at.structural();
      const number = typeof given === "string" && /^-?\d+$/.test(given) ? Number(given) : given;
      if (typeof number !== "number" || !Number.isInteger(number))
        return at.problem(`${shown(given)} is not a whole number; give ${range}`);
      if (number < min || number > max)
        return at.problem(`${number} is out of range; give ${range}`);
      return number;
    },
  };
}

/** `true` or `false`. */
export const flag: Type<boolean> = {
  json: { type: "boolean" },
  what: "true or false",
  secretive: false,
  accepts: (given) => given === true || given === false || given === "true" || given === "false",
  read(given, at) {
    if (at.secret) return at.structural();
    if (given === true || given === "true") return true;
    if (given === false || given === "false") return false;
    return at.problem(`${shown(given)} is neither true nor false; write one of these`);
  },
};

/** A list; a single value stands for a list of one where `orOne` says so. */
export function list<T>(item: Type<T>, orOne = false): Type<T[]> {
  const json = { type: "array", items: item.json };
  const what = `a list of ${item.what.replace(/^an? /, "")}`;
  return {
    json: orOne ? { anyOf: [item.json, json] } : json,
    what,
    secretive: item.secretive,
    accepts: (given) => Array.isArray(given) || (orOne && item.accepts(given)),
    read(given, at) {
      if (orOne && item.accepts(given)) {
        const one = item.read(given, at);
        return one === null ? null : [one];
      }
      if (!Array.isArray(given)) return at.problem(`must be ${what}, not ${shown(given)}`);
      const items = given.map((one, index) => item.read(one, at.child(index)));
      return items.every((one) => one !== null) ? items : null;
    },
  };
}

/** A mapping with names that the user chooses. */
export function map<T>(
  item: Type<T>,
  options: { name: string; check?: (name: string) => string | undefined },
): Type<Record<string, T>> {
  const what = `a mapping of ${options.name} to ${item.what}`;
  return {
    json: { type: "object", additionalProperties: item.json },
    what,
    secretive: item.secretive,
    accepts: isMapping,
    read(given, at) {
      if (!isMapping(given)) return at.problem(`must be ${what}, not ${shown(given)}`);
      const found: Record<string, T> = {};
      for (const [name, one] of Object.entries(given)) {
        const wrong = options.check?.(name);
        if (wrong !== undefined) at.child(name).problem(wrong);
        const read = item.read(one, at.child(name));
        if (read !== null && wrong === undefined) found[name] = read;
      }
      return found;
    },
  };
}

type Fields = Readonly<Record<string, Type<unknown>>>;
type Values<F extends Fields> = { [K in keyof F]?: Read<F[K]> };

/** A mapping with fixed keys, all optional but the `required` ones. */
export function object<F extends Fields, R extends keyof F & string = never>(
  fields: F,
  options: { what?: string; required?: readonly R[] } = {},
): Type<Values<F> & { [K in R]: Read<F[K]> }> {
  const names = Object.keys(fields);
  const required: readonly string[] = options.required ?? [];
  const what = options.what ?? `a mapping with ${orList(names)}`;
  return {
    json: {
      type: "object",
      properties: Object.fromEntries(names.map((name) => [name, fields[name]!.json])),
      additionalProperties: false,
      ...(required.length > 0 && { required }),
    },
    what,
    secretive: names.some((name) => fields[name]!.secretive),
    accepts: isMapping,
    read(given, at) {
      if (!isMapping(given)) return at.problem(`must be ${what}, not ${shown(given)}`);
      const found: Record<string, unknown> = {};
      let complete = true;
      for (const [name, one] of Object.entries(given)) {
        const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
        if (field === undefined) {
          at.child(name).problem(`unknown key; ${suggestion(name, names)}`);
          complete = false;
          continue;
        }
        const read = field.read(one, at.child(name));
        if (read === null) complete = false;
        else found[name] = read;
      }
      for (const name of required)
        if (!Object.hasOwn(given, name)) {
          at.problem(`${name} is missing; give ${fields[name]!.what}`);
          complete = false;
        }
      return complete ? (found as Values<F> & { [K in R]: Read<F[K]> }) : null;
    },
  };
}

/** `did you mean "x"?`, or the list of known keys. */
export function suggestion(word: string, known: readonly string[], prefix = ""): string {
  const near = nearest(word, known);
  if (near !== undefined) return `did you mean "${prefix}${near}"?`;
  return known.length > 12
    ? "the keys are in the README, under Configuration"
    : `the keys here are ${known.join(", ")}`;
}

/** One of several forms, told apart by whether they are scalars, lists or mappings. */
export function either<A, B>(first: Type<A>, second: Type<B>): Type<A | B> {
  const what = `${first.what}, or ${second.what}`;
  return {
    json: { anyOf: [first.json, second.json] },
    what,
    secretive: first.secretive || second.secretive,
    accepts: (given) => first.accepts(given) || second.accepts(given),
    read(given, at) {
      if (first.accepts(given)) return first.read(given, at);
      if (second.accepts(given)) return second.read(given, at);
      return at.problem(`must be ${what}, not ${shown(given)}`);
    },
  };
}
