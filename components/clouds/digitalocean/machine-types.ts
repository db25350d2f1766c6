import type { OtherType } from "../../model/catalog";

/** Plans of droplets beside the basic ones: their processors and GiB. */
const plans: Readonly<Record<string, string>> = {
  c: "2 4 8 16 32 48 60",
  c2: "2-4 4-8 8-16 16-32 32-64 48-96 60-120",
  g: "2-8 4-16 8-32 16-64 32-128 40-160 48-192 60-240",
  gd: "2-8 4-16 8-32 16-64 32-128 40-160 48-192 60-240",
  m: "2-16 4-32 8-64 16-128 24-192 32-256 48-384",
  m3: "2-16 4-32 8-64 16-128 24-192 32-256 48-384",
  m6: "2-16 4-32 8-64 16-128 24-192 32-256",
  so: "2-16 4-32 8-64 16-128 24-192 32-256 48-384",
  so1_5: "2-16 4-32 8-64 16-128 24-192 32-256",
  // The last line: no longer sold, and may still run.
  s: "1-1 1-2 2-2 2-4 2-8 4-8 4-16 8-16 8-32 " + "1-3 3-1 6-16 12-48 16-64 20-96 24-128 32-192",
};

/** A droplet's slug, as the provider's SDK lists them (4.80): what it has. */
export function otherType(name: string): OtherType | undefined {
  const [, plan = "", cpus = "", memory] =
    /^([a-z0-9_]+)-(\d+)(?:vcpu-(\d+)gb(?:-\d+gb)?)?(?:-intel|-amd)?$/.exec(name) ?? [];
  const known = plans[plan]?.split(" ");
  if (known?.includes(memory === undefined ? cpus : `${cpus}-${memory}`) !== true) return undefined;
  return { cpus: Number(cpus), memory: Number(memory ?? 2 * Number(cpus)) };
}
