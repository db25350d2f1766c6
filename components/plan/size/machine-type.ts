import type { Catalog, MachineType } from "../../model/catalog";
import { nearest } from "../../model/problem";
import { orList } from "../../model/schema";
import type { Context } from "../context";

/** A cloud's type for a size of the config: `small` and so on, or the cloud's own name. */
export function typeNamed(catalog: Catalog, region: string | null, size: string): string {
  const sizes: Readonly<Record<string, string>> =
    catalog.machinesIn?.[region ?? ""] ?? catalog.machines;
  return sizes[size] ?? size;
}

/** What a type has, as far as it is known. */
export function capacityOf(
  catalog: Catalog,
  type: string,
  shape: "vm" | "cluster",
): Partial<Omit<MachineType, "monthly">> {
  return catalog.machineTypes[type] ?? catalog.otherType?.(type, shape) ?? {};
}

/** Refuses a type that the cloud does not have, or of which Berth makes nothing, with the nearest that works. */
export function checkType(
  { settings, catalog, problems }: Context,
  key: string,
  type: string,
): void {
  if (type in catalog.machineTypes) return;
  const known = catalog.otherType?.(type, settings.shape);
  if (known !== undefined && known.refused === undefined) return;
  const take = replacement(catalog, type, known ?? {});
  const message =
    known === undefined
      ? `${settings.cloud} has no machine type ${type} that Berth knows`
      : `${type} cannot be used: ${known.refused!}`;
  problems.push({ key, message: `${message}; take ${take}` });
}

/** The cheapest of the price list that has as much; for a name that is none, those nearest to it. */
function replacement(
  { machines, machineTypes }: Catalog,
  type: string,
  { cpus, memory }: { readonly cpus?: number; readonly memory?: number },
): string {
  const byPrice = Object.entries(machineTypes).sort(([, a], [, b]) => a.monthly - b.monthly);
  if (cpus !== undefined) {
    const enough = byPrice.find(([, one]) => one.cpus >= cpus && one.memory >= (memory ?? 0));
    const [name, { cpus: has, memory: holds }] = enough ?? byPrice.at(-1)!;
    return `${name} (${has} processors, ${holds} GiB)`;
  }
  const near = nearest(type, Object.keys(machineTypes));
  const [start = ""] = type.split(/[.-]|\d/);
  const related = byPrice
    .map(([name]) => name)
    .filter((name) => start !== "" && name.startsWith(start));
  const names = [...new Set([...(near === undefined ? [] : [near]), ...related])].slice(0, 3);
  const sizes = Object.keys(machines).join(", ");
  return names.length === 0
    ? `${sizes}, or one of its types such as ${machines.small}`
    : `${orList(names)}, or ${sizes}`;
}
