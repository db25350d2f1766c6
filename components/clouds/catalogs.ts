import type { Catalog } from "../model/catalog";
import { byCloud, cloudNames, type CloudName } from "./list";

/** What each cloud offers and costs, and what the config calls it: plain data, so that planning loads no SDK. */
export const catalogs = byCloud(
  (name) =>
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- by its folder's name
    (require(`./${name}/catalog`) as { readonly catalog: Catalog }).catalog,
);

/** The clouds whose DNS zones can hold records. */
export const dnsClouds: readonly CloudName[] = cloudNames.filter(
  (name) => catalogs[name]().can.dns,
);

/** The cloud that a package of Pulumi is the provider of: a package's name is its namespace in the config. */
export function cloudOfPackage(pkg: string): CloudName | undefined {
  return cloudNames.find((name) => catalogs[name]().config.namespace === pkg);
}
