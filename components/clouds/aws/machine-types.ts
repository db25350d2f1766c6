import type { OtherType } from "../../model/catalog";

/**
 * EC2's families of amd64 machines on Nitro and their sizes, as the provider's SDK lists them (7.48): a family that is
 * not here cannot boot Berth's machine.
 */
const families: readonly (readonly [string, string])[] = [
  ["c5 c5d", "large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge"],
  [
    "c5a c5ad m5 m5a m5ad m5d m5dn m5n r5 r5a r5ad r5b r5d r5dn r5n",
    "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge",
  ],
  ["c5n", "large xlarge 2xlarge 4xlarge 9xlarge 18xlarge"],
  [
    "c6a m6a r6a",
    "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge",
  ],
  [
    "c6i c6id c6in i4i m6i m6id m6idn m6in r6i r6id r6idn r6in",
    "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
  ],
  [
    "c7a m7a r7a",
    "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge",
  ],
  ["c7i i7i m7i r7i", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"],
  [
    "c7i-flex c8i-flex m7i-flex m8i-flex r8i-flex",
    "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  ],
  [
    "c8a m8a r8a",
    "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  ],
  [
    "c8i c8ib c8id c8in m8i m8ib m8id m8idb m8idn m8in r8i r8ib r8id r8idb r8idn r8in",
    "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge",
  ],
  ["c8ine m8ine", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge"],
  ["d3", "xlarge 2xlarge 4xlarge 8xlarge"],
  ["d3en", "xlarge 2xlarge 4xlarge 6xlarge 8xlarge 12xlarge"],
  ["dl1 dl2q p3dn p4d p4de", "24xlarge"],
  ["f2", "6xlarge 12xlarge 48xlarge"],
  ["g4ad", "xlarge 2xlarge 4xlarge 8xlarge 16xlarge"],
  ["g4dn", "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"],
  ["g5 g6 g6e", "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"],
  ["g6f", "large xlarge 2xlarge 4xlarge"],
  ["g7 g7e", "2xlarge 4xlarge 8xlarge 12xlarge 24xlarge 48xlarge"],
  ["gr6", "4xlarge 8xlarge"],
  ["gr6f", "4xlarge"],
  ["hpc6a p5e p5en p6-b200 p6-b300", "48xlarge"],
  ["hpc6id trn1n", "32xlarge"],
  ["hpc7a", "12xlarge 24xlarge 48xlarge 96xlarge"],
  ["hpc8a", "96xlarge"],
  ["i3en", "large xlarge 2xlarge 3xlarge 6xlarge 12xlarge 24xlarge"],
  ["i7ie", "large xlarge 2xlarge 3xlarge 6xlarge 12xlarge 18xlarge 24xlarge 48xlarge"],
  ["inf1", "xlarge 2xlarge 6xlarge 24xlarge"],
  ["inf2", "xlarge 8xlarge 24xlarge 48xlarge"],
  ["m5zn z1d", "large xlarge 2xlarge 3xlarge 6xlarge 12xlarge"],
  ["m8azn", "medium large xlarge 3xlarge 6xlarge 12xlarge 24xlarge"],
  ["p5", "4xlarge 48xlarge"],
  ["r7iz", "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 32xlarge"],
  ["t3 t3a", "nano micro small medium large xlarge 2xlarge"],
  ["trn1", "2xlarge 32xlarge"],
  ["trn2", "3xlarge 48xlarge"],
  ["vt1", "3xlarge 6xlarge 24xlarge"],
  ["x2idn", "16xlarge 24xlarge 32xlarge"],
  ["x2iedn", "xlarge 2xlarge 4xlarge 8xlarge 16xlarge 24xlarge 32xlarge"],
  ["x2iezn", "2xlarge 4xlarge 6xlarge 8xlarge 12xlarge"],
  ["x8aedz", "large xlarge 3xlarge 6xlarge 12xlarge 24xlarge"],
  [
    "x8i",
    "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 64xlarge 96xlarge",
  ],
];

const sizes = new Map(
  families.flatMap(([names, list]) => names.split(" ").map((family) => [family, list.split(" ")])),
);

/** Graviton: `t4g`, `m7gd`. */
const arm64 = /^(a1|im4gn|is4gen|[a-z]+\d+g[a-z]*)$/;
/** On Xen a disk has no stable name that tells which volume it is. */
const xen = /^([cm][1-4]|t[12]|r[34]|i[23]|d2|h1|hs1|x1e?|p[23]|g[23]s?|f1)$/;

/** A type of EC2 by its name: what it has, or why Berth makes no machine, or no node, of it. */
export function otherType(name: string, shape: "vm" | "cluster"): OtherType | undefined {
  const [family = "", size = ""] = name.split(".");
  const about = /^t\d/.test(family) ? burstable[size] : sized(family, size);
  if (about === undefined) return undefined;
  if (arm64.test(family))
    return { ...about, refused: "it is arm64, and machines and nodes are made for amd64" };
  if (xen.test(family)) {
    if (shape === "cluster") return about;
    return { ...about, refused: "it has no NVMe, by which a machine finds its data disk" };
  }
  return sizes.get(family)?.includes(size) === true ? about : undefined;
}

/** The families that save up processor time, t2 to t4g, have the same sizes. */
const burstable: Readonly<Record<string, OtherType>> = {
  nano: { cpus: 2, memory: 0.5 },
  micro: { cpus: 2, memory: 1 },
  small: { cpus: 2, memory: 2 },
  medium: { cpus: 2, memory: 4 },
  large: { cpus: 2, memory: 8 },
  xlarge: { cpus: 4, memory: 16 },
  "2xlarge": { cpus: 8, memory: 32 },
};

/** GiB to a processor in the families for compute, for everything, and for memory. */
const perCpu: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8 };

/** `large` has 2 processors, `xlarge` 4, `12xlarge` 48. */
function sized(family: string, size: string): OtherType | undefined {
  const [, times] = /^(\d*)xlarge$/.exec(size) ?? [];
  const small = { medium: 1, large: 2 }[size];
  if (times === undefined && small === undefined) return undefined;
  const cpus = small ?? 4 * Number(times === "" ? 1 : times);
  // c5n has a little more.
  const memory = /^[cmr]\d/.test(family) && family !== "c5n" ? perCpu[family[0]!] : undefined;
  return { cpus, ...(memory !== undefined && { memory: memory * cpus }) };
}
