import { createHash } from "node:crypto";

/** Plain input or output properties of one resource; secrets are unwrapped. */
export type Properties = Record<string, unknown>;

/**
 * Plausible outputs of a provider, for the offline preview, which calls none; the simulated providers of the tests
 * use them too. By resource type token and by function token.
 */
export interface PreviewAnswers {
  /** Computed outputs of a resource; `id` is the resource's id. Inputs given by the user win. */
  readonly resources: Readonly<Record<string, (name: string, inputs: Properties) => Properties>>;
  /** Results of a function; `zone` is that of `berth:dns`, of which the cloud is taken to have it. */
  readonly functions: Readonly<Record<string, (args: Properties, zone?: string) => Properties>>;
  /**
   * Properties whose change replaces the resource, by type token and by path: `vpcConfig.subnetIds`. `*` is every
   * type, and every property.
   */
  readonly replaces: Readonly<Record<string, readonly string[]>>;
  /** The property of a size that no update makes smaller, by type token and path: GiB, or `10Gi`. */
  readonly grows?: Readonly<Record<string, string>>;
}

/** The address that stands for every public address not yet known (RFC 5737). */
export const address = "203.0.113.10";

/** A fixed moment, so that the same program gives the same preview. */
export const moment = "2026-01-01T00:00:00Z";

/** `length` hexadecimal digits that depend on `seed` alone. */
export function hex(seed: string, length: number): string {
  let digits = "";
  for (let n = 0; digits.length < length; n++)
    digits += createHash("sha256").update(`${seed}/${n}`).digest("hex");
  return digits.slice(0, length);
}

/** A UUID (version 4 form) that depends on `seed` alone. */
export function uuid(seed: string): string {
  const digits = hex(seed, 32);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20),
  ].join("-");
}

/** A number of up to nine digits that depends on `seed` alone, as cloud ids are. */
export function number(seed: string): number {
  return 100_000_000 + (parseInt(hex(seed, 8), 16) % 900_000_000);
}

/** `length` letters and digits that depend on `seed` alone. */
export function letters(seed: string, length: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return [...Buffer.from(hex(seed, length * 2), "hex")]
    .map((byte) => alphabet[byte % alphabet.length])
    .join("");
}

/** A PEM block of the size of a real one: `bytes` of made-up content under `label`. */
export function pem(label: string, seed: string, bytes: number): string {
  const body = Buffer.from(hex(seed, bytes * 2), "hex").toString("base64");
  return `-----BEGIN ${label}-----\n${body.replace(/(.{64})(?!$)/g, "$1\n")}\n-----END ${label}-----\n`;
}

/** `inputs[key]` where it is a string, else `otherwise`. */
export function text(inputs: Properties, key: string, otherwise: string): string {
  const value = inputs[key];
  return typeof value === "string" && value !== "" ? value : otherwise;
}

/** `inputs[key]` where it is a number, else `otherwise`. */
export function count(inputs: Properties, key: string, otherwise: number): number {
  const value = inputs[key];
  return typeof value === "number" ? value : otherwise;
}

/** `inputs[key]` where it is a list, else the empty list. */
export function list(inputs: Properties, key: string): readonly unknown[] {
  const value = inputs[key];
  return Array.isArray(value) ? value : [];
}

/** `value` as an object, or an empty one. */
export function object(value: unknown): Properties {
  return typeof value === "object" && value !== null ? (value as Properties) : {};
}
