import type { Context } from "../context";
import type { Database } from "../plan";

/** Problems for config that the cloud's managed database cannot have. */
export function checkManaged(
  { settings, catalog, problems }: Context,
  databases: readonly Database[],
): void {
  for (const { service, engine, managed, url, readReplicas } of databases) {
    const made = catalog.engines[engine];
    if (!managed || url !== undefined || made === undefined) continue;
    const key = `berth:databases.${service}`;
    const what = `of a managed ${engine} on ${settings.cloud}`;
    if (readReplicas > made.readReplicas)
      problems.push({
        key: `${key}.readReplicas`,
        message:
          made.readReplicas === 0
            ? `read replicas ${what} cannot be made; remove it, or set ${key}: container`
            : `at most ${made.readReplicas} read replicas ${what} can be made; lower it`,
      });
    if (made.storage.stated === false && settings.databases[service]?.storage !== undefined)
      problems.push({
        key: `${key}.storage`,
        message: `the storage ${what} cannot be chosen: it comes with size, or grows by itself; remove it`,
      });
  }
}
