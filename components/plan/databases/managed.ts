import type { ManagedEngine } from "../../model/catalog";
import type { Context } from "../context";
import type { Database } from "../plan";

/** Problems, and notices on the end of a version's support, for config that the cloud's managed database cannot have. */
export function checkManaged(context: Context, databases: readonly Database[]): void {
  const { settings, catalog, problems } = context;
  for (const database of databases) {
    const { service, engine, managed, url, readReplicas } = database;
    const made = catalog.engines[engine];
    if (!managed || url !== undefined || made === undefined) continue;
    checkSupport(context, database, made);
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

/**
 * A notice where the cloud stops to support a version as it is within a year of the catalog's day, and a loss where it
 * has stopped: by the catalog, not the clock, so that the same input makes the same plan.
 */
function checkSupport(
  { settings: { cloud, databases }, catalog: { prices }, notices }: Context,
  { service, engine, version }: Database,
  { support }: ManagedEngine,
): void {
  const end = support?.ends[version];
  const today = prices.date;
  const inAYear = `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`;
  if (support === undefined || end === undefined || end > inAYear) return;
  const ended = end < today;
  const level = ended && databases[service]?.version === undefined ? "loss" : "info";
  notices[level](
    service,
    "image",
    `standard support of ${engine} ${version} on ${cloud} ${ended ? "ended" : "ends"} on ${end}; from then on ${support.then}; take a newer version in the image, or in berth:databases.${service}.version`,
  );
}
