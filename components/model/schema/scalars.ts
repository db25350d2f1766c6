import { nearest } from "../problem";
import type { Scalar } from "../tree";
import { misfit, orList, refusesSecret, type JsonSchema, type Type } from "./type";

/** What is wrong with a scalar and what to do, if anything. */
export type Wrong = (text: string) => string | undefined;

type Kind = "string" | "number" | "boolean";

function scalarType<T>(
  what: string,
  kinds: readonly Kind[],
  json: JsonSchema,
  convert: (node: Scalar) => T | undefined,
  wrong?: (node: Scalar) => string | undefined,
): Type<T> {
  const type: Type<T> = {
    what,
    json,
    fits: (node) =>
      node.kind === "scalar" && (kinds as readonly string[]).includes(typeof node.value),
    check(node, path, checks) {
      if (node.kind !== "scalar" || !type.fits(node)) {
        misfit(type, node, path, checks);
        return undefined;
      }
      if (refusesSecret(path, checks)) return undefined;
      const message = wrong?.(node);
      if (message === undefined) return node;
      checks.complain(node.at, path, message);
      return undefined;
    },
    convert: (node) => (node.kind === "scalar" ? convert(node) : undefined),
  };
  return type;
}

/** A string or number that is read by `convert`. */
export function measure<T>(
  what: string,
  wrong: Wrong | undefined,
  convert: (text: string) => T | undefined,
  kinds: readonly Kind[] = ["string", "number"],
): Type<T> {
  return scalarType(
    what,
    kinds,
    { type: kinds.length === 1 ? kinds[0] : kinds },
    (node) => convert(node.text),
    (node) => wrong?.(node.text),
  );
}

const same = (text: string): string => text;

export function string(wrong?: Wrong): Type<string> {
  return measure("a string", wrong, same, ["string"]);
}

/** A string, number or boolean, as a string. */
export function text(what = "a string, number or boolean", wrong?: Wrong): Type<string> {
  return measure(what, wrong, same, ["string", "number", "boolean"]);
}

/** A string or number, as a string. */
export function stringOrNumber(wrong?: Wrong): Type<string> {
  return measure("a string or number", wrong, same);
}

const truths = new Map([
  ...["true", "y", "yes", "on"].map((word) => [word, true] as const),
  ...["false", "n", "no", "off"].map((word) => [word, false] as const),
]);

export const boolean: Type<boolean> = scalarType(
  "true or false",
  ["boolean", "string"],
  { type: "boolean" },
  ({ text }) => truths.get(text.toLowerCase()) === true,
  ({ text }) =>
    truths.has(text.toLowerCase())
      ? undefined
      : `"${text}" is neither true nor false; write one of these`,
);

/** `of GiB from 1 to 16384`. */
function bounds(least: number, most: number, unit: string | undefined): string {
  const of = unit === undefined ? "" : ` of ${unit}`;
  if (most !== Infinity) return `${of} from ${least} to ${most}`;
  return least === -Infinity ? of : `${of}, ${least} or more`;
}

function numeric(
  called: string,
  form: RegExp,
  json: JsonSchema,
  least: number,
  most: number,
  unit?: string,
): Type<number> {
  const what = `${called}${json.type === "number" ? " such as 0.5" : ""}${bounds(least, most, unit)}`;
  const read = ({ value, text }: Scalar): number =>
    typeof value === "number" ? value : form.test(text) ? Number(text) : NaN;
  return scalarType(
    what,
    ["number", "string"],
    {
      ...json,
      ...(least !== -Infinity && { minimum: least }),
      ...(most !== Infinity && { maximum: most }),
      ...(unit !== undefined && { title: unit }),
    },
    read,
    (node) => {
      const number = read(node);
      if (Number.isNaN(number) || (json.type === "integer" && !Number.isInteger(number)))
        return `"${node.text}" is not ${called}; give ${what}`;
      return number < least || number > most
        ? `${number} is out of range; give ${what}`
        : undefined;
    },
  );
}

/** A whole number within bounds, in its unit. */
export function integer(least = -Infinity, most = Infinity, unit?: string): Type<number> {
  return numeric("a whole number", /^[-+]?\d+$/, { type: "integer" }, least, most, unit);
}

export function number(least = -Infinity, most = Infinity): Type<number> {
  const form = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
  return numeric("a number", form, { type: "number" }, least, most);
}

/** One of some words; the nearest is suggested. */
export function oneOf<const T extends string>(...words: readonly T[]): Type<T> {
  return scalarType(
    orList(words),
    ["string"],
    { enum: words },
    ({ text }) => text as T,
    ({ text }) => {
      if ((words as readonly string[]).includes(text)) return undefined;
      const near = nearest(text, words);
      return (
        `"${text}" is not one of ${words.join(", ")}; ` +
        (near === undefined ? "choose one of these" : `did you mean "${near}"?`)
      );
    },
  );
}
