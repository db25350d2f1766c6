import type { Catalog, MachineType, OtherType } from "../../model/catalog";

/**
 * Prices: USD a month before tax, converted from Hetzner's in EUR at 1.1133, the ECB's reference rate of 2026-10-28.
 * Server types as they were on 2026-09-03, in Europe (cx, cpx12 to cpx62, ccx) and in the United States (cpx11 to cpx51;
 * Singapore's are a third dearer than Europe's), read from public transcripts of Hetzner's price API, not from
 * Hetzner: github.com/robhunter/agentdeals/pull/1286 and github.com/mixxor/eu-cloud-prices (there with 19 % tax).
 * Volumes, 0.0572 EUR a GB, as the API said in May 2026, which the change of June left as they were.
 */
const usd = (euro: number): number => Math.round(euro * 111.33) / 100;

const type = (cpus: number, memory: number, euro: number): MachineType => ({
  cpus,
  memory,
  monthly: usd(euro),
});

/** The United States have the generation before, under names of its own. */
const american: Catalog["machines"] = {
  small: "cpx21",
  medium: "cpx31",
  large: "cpx41",
  xlarge: "cpx51",
};

export const catalog: Catalog = {
  cloud: "hetzner",
  // A token belongs to one project and does not say to which, so there is no account to check.
  config: { namespace: "hcloud", region: "location" },
  regions: { europe: "fsn1", "us-east": "ash", "us-west": "hil", asia: "sin" },
  // Not the cx types, a third of the price: in September 2026 new ones could not be ordered.
  machines: { small: "cpx22", medium: "cpx32", large: "cpx42", xlarge: "cpx62" },
  machinesIn: { ash: american, hil: american },
  machineTypes: {
    cx23: type(2, 4, 5.99),
    cx33: type(4, 8, 8.99),
    cx43: type(8, 16, 16.49),
    cx53: type(16, 32, 29.99),
    cpx12: type(1, 2, 11.99),
    cpx22: type(2, 4, 19.99),
    cpx32: type(4, 8, 35.99),
    cpx42: type(8, 16, 69.99),
    cpx52: type(12, 24, 100.99),
    cpx62: type(16, 32, 130.49),
    ccx13: type(2, 8, 43.49),
    ccx23: type(4, 16, 86.49),
    ccx33: type(8, 32, 138.99),
    cpx11: type(2, 2, 17.99),
    cpx21: type(3, 4, 32.49),
    cpx31: type(4, 8, 62.99),
    cpx41: type(8, 16, 120.99),
    cpx51: type(16, 32, 238.49),
  },
  otherType,
  nodeSize: "cpx22",
  podsPerNode: 110,
  engines: {},
  prices: {
    date: "2026-09-03",
    regions: ["fsn1", "nbg1", "hel1", "ash", "hil"],
    diskGiB: 0.0637,
    bootDisk: 0,
    address: usd(0.5),
    volumeGiB: 0.0637,
    controlPlane: 0,
    loadBalancer: 0,
    balancerAddresses: 0,
    nat: 0,
    natPerNode: 0,
    nodeDisk: 0,
    registry: 0,
    site: 0,
    bucket: 0,
    bucketGiB: 0,
    notIncluded: {},
  },
  can: {
    cluster: false,
    sites: false,
    dns: true,
    registry: false,
    buckets: false,
    finalSnapshots: false,
    alerts: false,
  },
};

/** Types that are no longer sold and may still run, or of which no price was read; processors and GiB. */
const others: Readonly<Record<string, readonly [number, number]>> = {
  cx22: [2, 4],
  cx32: [4, 8],
  cx42: [8, 16],
  cx52: [16, 32],
  ccx43: [16, 64],
  ccx53: [32, 128],
  ccx63: [48, 192],
};
const ampere: typeof others = { cax11: [2, 4], cax21: [4, 8], cax31: [8, 16], cax41: [16, 32] };

function otherType(name: string): OtherType | undefined {
  const [cpus, memory] = others[name] ?? ampere[name] ?? [];
  if (cpus === undefined || memory === undefined) return undefined;
  const refused = "it is arm64, and machines are made for amd64";
  return { cpus, memory, ...(name in ampere && { refused }) };
}
