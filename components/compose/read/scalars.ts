/**
 * How a plain YAML scalar is understood by the reference implementation's YAML reader: YAML 1.2's
 * core types, plus `0b11`, `0777` as octal and `_` between digits from YAML 1.1. `yes`, `on` and
 * `22:22` are strings.
 */
export interface Understood {
  readonly value: string | number | boolean | null;
  readonly text: string;
}

const words = new Map<string, Understood>([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, { value: null, text: "" }] as const),
  ...["true", "True", "TRUE"].map((word) => [word, { value: true, text: "true" }] as const),
  ...["false", "False", "FALSE"].map((word) => [word, { value: false, text: "false" }] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, { value: NaN, text: "NaN" }] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map(
    (word) => [word, { value: Infinity, text: "+Inf" }] as const,
  ),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, { value: -Infinity, text: "-Inf" }] as const),
]);

const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

export function understand(source: string): Understood {
  const word = words.get(source);
  if (word !== undefined) return word;
  if (!/^[-+.0-9]/.test(source)) return { value: source, text: source };
  const plain = source.replaceAll("_", "");
  const whole = integer(plain);
  if (whole !== undefined) return { value: Number(whole), text: whole.toString() };
  if (float.test(plain)) {
    const value = Number(plain);
    return { value, text: floatText(value) };
  }
  return { value: source, text: source };
}

/** A whole number in decimal, `0x`, `0o`, `0b` or leading-zero octal notation. */
function integer(source: string): bigint | undefined {
  const [, sign = "", digits = ""] = /^([-+]?)(.*)$/.exec(source) ?? [];
  let literal: string | undefined;
  if (/^(0|[1-9][0-9]*|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.test(digits)) literal = digits;
  else if (/^0[0-7]+$/.test(digits)) literal = `0o${digits.slice(1)}`;
  if (literal === undefined) return undefined;
  const value = sign === "-" ? -BigInt(literal) : BigInt(literal);
  return value >= -(2n ** 63n) && value < 2n ** 64n ? value : undefined;
}

/** A float as the reference writes it where a string is wanted: exponents have two digits. */
function floatText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const size = Math.abs(value);
  const text = size < 1e-4 || size >= 1e21 ? value.toExponential() : String(value);
  return text.replace(/e([-+])(\d)$/, "e$10$2");
}
