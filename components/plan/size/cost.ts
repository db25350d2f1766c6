import type { Settings } from "../../settings/settings";
import type { Catalog } from "../../model/catalog";
import type { ClusterPlan, Cost, Database, Machine, Service, Site, Volume } from "../plan";

interface Parts {
  readonly machine: Machine | null;
  readonly cluster: ClusterPlan | null;
  readonly databases: readonly Database[];
  readonly services: readonly Service[];
  readonly volumes: readonly Volume[];
  readonly sites: readonly Site[];
}

/** What the plan costs a month: machines and services at list price, before traffic and tax. */
export function planCost(parts: Parts, catalog: Catalog, settings: Settings): Cost {
  if (settings.cloud === "local") return { currency: "USD", monthly: 0, items: [] };
  const { prices } = catalog;
  const items: Cost["items"][number][] = [];
  const add = (resource: string, item: string, monthly: number): void => {
    if (monthly > 0) items.push({ resource, item, monthly: round(monthly) });
  };
  const { machine, cluster } = parts;
  if (machine !== null) {
    add("machine", machine.type, catalog.machineTypes[machine.type]?.monthly ?? 0);
    add("machine", "root disk", prices.bootDisk);
    add("machine", `data disk, ${machine.disk} GiB`, machine.disk * prices.diskGiB);
    add("machine", "public address", prices.address);
  }
  if (cluster !== null) {
    const node = catalog.machineTypes[cluster.nodeType]?.monthly ?? 0;
    add("cluster", "control plane", prices.controlPlane);
    add("cluster", "the control plane's logs", prices.controlPlaneLogs ?? 0);
    add("cluster", `${cluster.min} nodes, ${cluster.nodeType}`, cluster.min * node);
    add("cluster", "the nodes' disks", cluster.min * prices.nodeDisk);
    add("cluster", "load balancer", prices.loadBalancer);
    add("cluster", "NAT gateway", prices.nat);
    const size = parts.volumes.reduce((sum, volume) => sum + volume.size, 0);
    add("cluster", `volumes, ${size} GiB`, size * prices.volumeGiB);
    if (parts.services.some(({ image }) => "build" in image))
      add("registry", "images", prices.registry);
  }
  for (const database of parts.databases) addDatabase(add, database, catalog);
  for (const site of parts.sites) add(site.name, "static site", prices.site);
  return {
    currency: "USD",
    monthly: round(items.reduce((sum, { monthly }) => sum + monthly, 0)),
    items,
  };
}

function addDatabase(
  add: (resource: string, item: string, monthly: number) => void,
  { service, engine, managed, url, size, storage = 0, highAvailability, readReplicas }: Database,
  catalog: Catalog,
): void {
  const managedEngine = catalog.engines[engine];
  if (!managed || url !== undefined || managedEngine === undefined) return;
  const found = managedEngine.sizes.find(({ name }) => name === size);
  const monthly = found?.monthly ?? 0;
  const together = managedEngine.highAvailableServers ?? 2;
  const standing = found?.highlyAvailable ?? together * monthly;
  const servers = (highAvailability ? together : 1) + readReplicas;
  add(
    service,
    `managed ${engine}, ${servers} × ${size ?? ""}`,
    (highAvailability ? standing : monthly) + readReplicas * monthly,
  );
  const { included, perGiB } = managedEngine.storage;
  add(service, `storage, ${storage} GiB`, Math.max(0, storage - included) * perGiB * servers);
}

function round(amount: number): number {
  return Math.round(amount * 100) / 100;
}
