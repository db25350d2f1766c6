/** Seconds of a Compose duration: `1m30s`, `500ms`, `2h` (https://compose-spec.io, "Specifying durations"). */
export function seconds(duration: string): number {
  const unit: Record<string, number> = {
    us: 1e-6,
    ms: 1e-3,
    s: 1,
    m: 60,
    h: 3600,
    d: 86_400,
    w: 604_800,
  };
  let sum = 0;
  for (const [, count, name] of duration.matchAll(/([\d.]+)(us|ms|s|m|h|d|w)/g))
    sum += Number(count) * unit[name!]!;
  return sum;
}

/** MiB of a number of bytes in the loader's normal form. */
export function mebibytes(bytes: string | number): number {
  return Math.round(Number(bytes) / 1024 / 1024);
}

/** A name that resources, hosts and DNS labels accept: lower case letters, digits and dashes. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}
