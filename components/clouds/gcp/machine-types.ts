import type { OtherType } from "../../model/catalog";

/** Families of amd64 machines that boot from a persistent disk, as Google Cloud names them, and their GiB a processor. */
const series: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  e2: { standard: 4, highmem: 8, highcpu: 1 },
  n1: { standard: 3.75, highmem: 6.5, highcpu: 0.9 },
  n2: { standard: 4, highmem: 8, highcpu: 1 },
  n2d: { standard: 4, highmem: 8, highcpu: 1 },
  t2d: { standard: 4 },
  c2: { standard: 4 },
  c2d: { standard: 4, highmem: 8, highcpu: 2 },
  c3: { standard: 4, highmem: 8, highcpu: 2 },
  c3d: { standard: 4, highmem: 8, highcpu: 2 },
};
/** Processors that a type of any series has. */
const counts = new Set([
  1, 2, 4, 8, 16, 22, 30, 32, 44, 48, 56, 60, 64, 80, 88, 90, 96, 112, 128, 176, 180, 192, 224, 360,
]);
const custom = new Set(["e2", "n1", "n2", "n2d"]);

/** A machine type of Google Cloud by its name: what it has, or why Berth makes no machine, or no node, of it. */
export function otherType(name: string): OtherType | undefined {
  const [, family = "", kind = "", count = "", megabytes] =
    /^([a-z]\d[a-z]?)-([a-z]+)-(\d+)(?:-(\d+))?$/.exec(name) ?? [];
  const cpus = Number(count);
  const about = { cpus, memory: 4 * cpus };
  if (family === "t2a" || family === "c4a" || family === "n4a")
    return { ...about, refused: "it is arm64, and machines and nodes are made for amd64" };
  if (family === "c4" || family === "c4d" || family === "n4" || family === "n4d")
    return { ...about, refused: "it takes Hyperdisk, and Berth's disks are pd-balanced" };
  if (kind === "custom" && custom.has(family) && megabytes !== undefined && cpus > 0)
    return { cpus, memory: Number(megabytes) / 1024 };
  const memory = series[family]?.[kind];
  if (memory === undefined || megabytes !== undefined || !counts.has(cpus)) return undefined;
  return { cpus, memory: memory * cpus };
}
