import type { Catalog } from "../../model/catalog";
import type { Cost, Machine, Service } from "../plan";
import { reservedMemory } from "../services/rollout";
import { typeNamed } from "./machine-type";

/**
 * The cheapest of Berth's machine sizes that still holds what the services may use, both versions of a start-first
 * one included. Only where each states its memory: what a container without a limit takes is a guess.
 *
 * @returns undefined where no size is cheaper.
 */
export function cheaperMachine(
  { type }: Machine,
  services: readonly Service[],
  catalog: Catalog,
  region: string | null,
): Cost["cheaper"] {
  const now = catalog.machineTypes[type];
  const needs = services.map((service) => needOf(service));
  if (now === undefined || needs.length === 0 || needs.includes(undefined)) return undefined;
  const memory = reservedMemory + needs.reduce((sum: number, need) => sum + need!, 0);
  const cpus = Math.max(
    services.reduce((sum, { cpu, replicas }) => sum + (cpu?.request ?? 0) * replicas, 0),
    ...services.map(({ cpu }) => cpu?.limit ?? 0),
  );
  const [best] = Object.keys(catalog.machines)
    .map((size) => ({ size, other: catalog.machineTypes[typeNamed(catalog, region, size)] }))
    .flatMap(({ size, other }) => (other === undefined ? [] : [{ size, other }]))
    .filter(({ other }) => other.memory * 1024 >= memory && other.cpus >= cpus)
    .filter(({ other }) => other.monthly < now.monthly)
    .sort((a, b) => a.other.monthly - b.other.monthly);
  if (best === undefined) return undefined;
  const monthly = Math.round((now.monthly - best.other.monthly) * 100) / 100;
  return { key: "machine", value: best.size, monthly };
}

/** MiB of all copies of a service at once; undefined where it does not say. */
function needOf({ memory, replicas, rollout }: Service): number | undefined {
  const one = Math.max(memory?.limit ?? 0, memory?.request ?? 0);
  return one === 0 ? undefined : one * replicas * (rollout === "start-first" ? 2 : 1);
}
