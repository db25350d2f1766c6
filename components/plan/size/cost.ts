import type { Settings } from "../../settings/settings";
import type { Catalog } from "../../model/catalog";
import type { Backups, ClusterPlan, Cost, Database, Machine, Service, Site, Volume } from "../plan";
import { cheaperMachine } from "./cheaper";

interface Parts {
  readonly region: string | null;
  readonly machine: Machine | null;
  readonly cluster: ClusterPlan | null;
  readonly databases: readonly Database[];
  readonly services: readonly Service[];
  readonly volumes: readonly Volume[];
  readonly sites: readonly Site[];
  readonly backups: Backups | null;
}

/** Takes an item of the price list; a price that is undefined is not known. */
type Add = (resource: string, item: string, monthly: number | undefined) => void;

/** What the plan costs a month: machines and services at list price, before traffic and tax. */
export function planCost(parts: Parts, catalog: Catalog, settings: Settings): Cost {
  if (settings.cloud === "local") return { currency: "USD", monthly: 0, items: [] };
  const { prices } = catalog;
  const items: Cost["items"][number][] = [];
  const unknown: NonNullable<Cost["unknown"]>[number][] = [];
  const add: Add = (resource, item, monthly) => {
    if (monthly === undefined) unknown.push({ resource, item });
    else if (monthly > 0) items.push({ resource, item, monthly: round(monthly) });
  };
  if (parts.machine !== null) addMachine(add, parts.machine, catalog);
  if (parts.cluster !== null) addCluster(add, parts.cluster, parts, catalog, settings);
  for (const database of parts.databases) addDatabase(add, database, catalog);
  if (parts.backups?.to.bucket === null)
    add(
      "backups",
      `bucket, the first ${firstGiB} GiB`,
      prices.bucket + firstGiB * prices.bucketGiB,
    );
  for (const site of parts.sites)
    add(site.name, "static site; with serve: edge it costs nothing more", prices.site);
  const cheaper =
    parts.machine === null
      ? undefined
      : cheaperMachine(parts.machine, parts.services, catalog, parts.region);
  const { regions } = prices;
  const elsewhere = parts.region !== null && regions?.includes(parts.region) === false;
  return {
    currency: "USD",
    monthly: round(items.reduce((sum, { monthly }) => sum + monthly, 0)),
    items,
    ...(unknown.length > 0 && { unknown }),
    ...(cheaper !== undefined && { cheaper }),
    date: prices.date,
    ...(elsewhere && { pricesOf: regions }),
    notIncluded: notIncluded(parts, catalog, settings),
  };
}

/** What a bucket is taken to hold: nobody knows before what the application stores. */
const firstGiB = 10;

function addMachine(add: Add, { type, disk }: Machine, { machineTypes, prices }: Catalog): void {
  add("machine", type, machineTypes[type]?.monthly);
  add("machine", "root disk", prices.bootDisk);
  add("machine", `data disk, ${disk} GiB`, disk * prices.diskGiB);
  add("machine", "public address", prices.address);
}

function addCluster(
  add: Add,
  { nodeType, min }: ClusterPlan,
  { volumes, services }: Parts,
  { machineTypes, prices }: Catalog,
  { registry = "cloud" }: Settings,
): void {
  const node = machineTypes[nodeType]?.monthly;
  const { controlPlane, controlPlaneCredit: credit } = prices;
  add("cluster", `control plane${credit === undefined ? "" : ` (${credit})`}`, controlPlane);
  add("cluster", "the control plane's logs", prices.controlPlaneLogs ?? 0);
  add("cluster", `${min} nodes, ${nodeType}`, node === undefined ? undefined : min * node);
  add("cluster", "the nodes' disks", min * prices.nodeDisk);
  add("cluster", "load balancer", prices.loadBalancer);
  add("cluster", "the load balancer's addresses", prices.balancerAddresses);
  add("cluster", "NAT gateway", prices.nat + min * prices.natPerNode);
  // Another class has another price, and those that several nodes write are other products.
  const own = volumes.filter(({ class: other, shared }) => other === undefined && !shared);
  const size = own.reduce((sum, volume) => sum + volume.size, 0);
  add("cluster", `volumes, ${size} GiB`, size * prices.volumeGiB);
  for (const volume of volumes)
    if (!own.includes(volume) && volume.external === undefined && volume.filledBy === undefined)
      add("cluster", `volume ${volume.name}, ${volume.size} GiB`, undefined);
  if (registry === "cloud" && services.some(({ image }) => "build" in image))
    add("registry", "images", prices.registry);
}

function addDatabase(
  add: Add,
  { service, engine, managed, url, size, storage = 0, highAvailability, readReplicas }: Database,
  catalog: Catalog,
): void {
  const managedEngine = catalog.engines[engine];
  if (!managed || url !== undefined || managedEngine === undefined) return;
  const found = managedEngine.sizes.find(({ name }) => name === size);
  const together = managedEngine.highAvailableServers ?? 2;
  const servers = (highAvailability ? together : 1) + readReplicas;
  const item = `managed ${engine}, ${servers} × ${size ?? ""}`;
  if (found === undefined) add(service, item, undefined);
  else {
    const { monthly, highlyAvailable = together * monthly } = found;
    const first = highAvailability ? highlyAvailable : monthly;
    add(service, item, first + readReplicas * monthly);
  }
  const { included, perGiB } = managedEngine.storage;
  add(service, `storage, ${storage} GiB`, Math.max(0, storage - included) * perGiB * servers);
}

function notIncluded(
  { machine, cluster, databases, services, sites }: Parts,
  { prices }: Catalog,
  settings: Settings,
): string[] {
  const {
    machine: ofMachine = [],
    cluster: ofCluster = [],
    databases: ofDatabases = [],
    mongodb = [],
    sites: ofSites = [],
    registry = [],
    alerts = [],
  } = prices.notIncluded;
  const made = databases.filter(({ managed, url }) => managed && url === undefined);
  const built = cluster !== null && services.some(({ image }) => "build" in image);
  return [
    "traffic",
    "tax",
    ...(machine === null ? [] : ofMachine),
    ...(cluster === null ? [] : ofCluster),
    ...(made.length === 0 ? [] : ofDatabases),
    ...(made.some(({ engine }) => engine === "mongodb") ? mongodb : []),
    ...(sites.length === 0 ? [] : ofSites),
    ...(built ? registry : []),
    ...(settings.monitoring.alerts === undefined ? [] : alerts),
  ];
}

function round(amount: number): number {
  return Math.round(amount * 100) / 100;
}
