import type { Service as ComposeService } from "../../compose/app";
import { isEdge } from "../edge/own-edge";
import type { Context } from "../context";
import type { Service, Volume } from "../plan";
import { checkLabels } from "./labels";
import { fileKeys, networkKeys, volumeKeys } from "./resource-keys";
import { serviceKeys } from "./service-keys";
import type { Row, Treatment } from "./treatment";

/** One key of the file with its row; without one, nobody has said what becomes of it. */
export interface Leaf {
  /** From the service or resource on: `deploy.placement.constraints`. */
  readonly path: string;
  readonly row?: Row;
  readonly value: unknown;
}

/**
 * A notice for every key of the application that is not honoured on this stack's shape, from the tables: a key
 * without a row is a loss by itself (decisions.md: accounting).
 *
 * @param replaced services that do not run as containers here, and that their own notices account for
 */
export function account(
  context: Context,
  replaced: ReadonlySet<string>,
  services: readonly Service[],
  volumes: readonly Volume[],
): void {
  const { app, settings } = context;
  for (const [name, compose] of Object.entries(app.services)) {
    const { build, ...rest } = compose;
    // An image from the config takes the place of the build.
    const all =
      settings.images[name] === undefined && build !== undefined ? { ...rest, build } : rest;
    const gone = replaced.has(name) || (settings.shape === "cluster" && isEdge(name, compose));
    for (const leaf of leaves(serviceKeys, all))
      if ((!gone || leaf.row === undefined) && !impliedRestart(compose, leaf))
        tell(context, name, "", leaf);
    if (!gone) checkLabels(context, name, compose);
  }
  const used = {
    networks: new Set(services.flatMap(({ networks }) => Object.keys(networks))),
    volumes: new Set(
      volumes.filter(({ filledBy }) => filledBy === undefined).map(({ name }) => name),
    ),
  };
  const tables = {
    networks: networkKeys,
    volumes: volumeKeys,
    secrets: fileKeys,
    configs: fileKeys,
  };
  for (const kind of ["networks", "volumes", "secrets", "configs"] as const)
    for (const [name, declared] of Object.entries(app[kind]))
      if (!(kind in used) || used[kind as keyof typeof used].has(name))
        for (const leaf of leaves(tables[kind], declared))
          tell(context, null, `${kind}.${name}.`, leaf);
}

/** `restart` of a dependency that the loader makes of `links`, `volumes_from` and shared namespaces: no one wrote it. */
function impliedRestart(compose: ComposeService, { path }: Leaf): boolean {
  const other = /^depends_on\.(.*)\.restart$/.exec(path)?.[1];
  const { links = [], volumes_from = [], network_mode, ipc, pid } = compose;
  return (
    other !== undefined &&
    ([...links, ...volumes_from].some((line) => line.split(":")[0] === other) ||
      [network_mode, ipc, pid].includes(`service:${other}`))
  );
}

/** The keys of a value that are set, each down to where its table has a row. */
export function leaves(table: unknown, value: unknown, path = ""): Leaf[] {
  if (!isSet(value)) return [];
  const rows = table as Readonly<Record<string, unknown>>;
  if (isRow(rows)) return [{ path, row: rows, value }];
  if ("whole" in rows) return [{ path, row: rows["whole"] as Row, value }];
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => leaves(rows, item, `${path}[${index}]`));
  // A scalar where the table has keys: a form that it does not know.
  if (typeof value !== "object") return [{ path, value }];
  return Object.entries(value as Readonly<Record<string, unknown>>).flatMap(([key, one]) => {
    const below = path === "" ? key : `${path}.${key}`;
    const next = "each" in rows ? rows["each"] : Object.hasOwn(rows, key) ? rows[key] : undefined;
    if (next !== undefined) return leaves(next, one, below);
    return isSet(one) ? [{ path: below, value: one }] : [];
  });
}

export const isRow = (rows: object): rows is Row => "vm" in rows && "cluster" in rows;

function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

const unknown: Treatment = {
  level: "loss",
  message: "is not known to this version of Berth and has no effect; remove it, or accept it",
};

function tell(
  { settings, notices }: Context,
  service: string | null,
  prefix: string,
  { path, row, value }: Leaf,
): void {
  const fate =
    row === undefined
      ? unknown
      : row.when?.holds(value) === false
        ? "honoured"
        : row[settings.shape];
  if (fate !== "honoured") notices[fate.level](service, `${prefix}${path}`, fate.message);
}
