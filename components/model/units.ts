/**
 * Durations and sizes as text, and as the numbers that the plan has: seconds, bytes and MiB; names and patterns.
 */

/** Nanoseconds of each unit of a Compose duration (https://compose-spec.io, "Specifying durations"). */
const durations: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};

/** A Compose duration such as `1m30s` or `1.5h` in nanoseconds; undefined when it is not a duration. */
export function nanoseconds(text: string): bigint | undefined {
  const [, sign, body = ""] = /^([-+]?)(.*)$/.exec(text) ?? [];
  if (body === "0") return 0n;
  if (
    !/^(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w))*$/.test(
      body,
    )
  )
    return undefined;
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of body.matchAll(
    /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h|d|w)/g,
  )) {
    const size = durations[unit] ?? 0n;
    total += BigInt(whole === "" ? 0 : whole) * size;
    if (fraction !== "") total += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
  }
  return sign === "-" ? -total : total;
}

/** Nanoseconds as Go writes a duration: `1h0m0s`, `1m30s`, `1.5s`, `500ms`. */
export function durationText(total: bigint): string {
  if (total === 0n) return "0s";
  if (total < 0n) return `-${durationText(-total)}`;
  const decimal = (value: bigint, size: bigint): string => {
    const rest = (value % size).toString().padStart(size.toString().length - 1, "0");
    const fraction = rest.replace(/0+$/, "");
    return `${value / size}${fraction === "" ? "" : `.${fraction}`}`;
  };
  if (total < 1_000n) return `${total}ns`;
  if (total < 1_000_000n) return `${decimal(total, 1_000n)}µs`;
  if (total < 1_000_000_000n) return `${decimal(total, 1_000_000n)}ms`;
  const minutes = total / durations.m!;
  const seconds = `${decimal(total % durations.m!, 1_000_000_000n)}s`;
  if (minutes === 0n) return seconds;
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** Seconds of a duration that the loader has checked. */
export function seconds(duration: string): number {
  return Number(nanoseconds(duration) ?? 0n) / 1e9;
}

/** Seconds as Go writes a duration. */
export function secondsText(value: number): string {
  return durationText(BigInt(Math.round(value * 1e9)));
}

/** A size such as `512m`, `1.5GiB` or `1024` in bytes (units are powers of 1024); undefined when it is not a size. */
export function bytes(text: string): number | undefined {
  const [, number, unit = ""] =
    /^(\d+(?:\.\d*)?|\.\d+) ?(?:b|([kmgtp])(?:i?b)?)?$/i.exec(text) ?? [];
  if (number === undefined) return undefined;
  const power = unit === "" ? 0 : "kmgtp".indexOf(unit.toLowerCase()) + 1;
  return Math.trunc(Number(number) * 1024 ** power);
}

export const MiB = 2 ** 20;

/** MiB of a number of bytes in the loader's normal form. */
export function mebibytes(bytes: string): number {
  return Math.round(Number(bytes) / MiB);
}

/** A name that resources, hosts and DNS labels accept: lower case letters, digits and dashes. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

/**
 * The name of a managed database's read replica, which services reach it by.
 *
 * @param number counted from 1
 */
export function replicaName(service: string, number: number): string {
  return `${service}-read-${number}`;
}

/** The source of a regular expression that matches this text alone. */
export function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
