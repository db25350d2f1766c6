import { BadInput } from "../options";
import { moment, type Snapshot } from "./repository";

/** What a stack can take back. */
export interface Places {
  readonly databases: readonly string[];
  readonly volumes: readonly string[];
  /** The volumes that each service mounts. */
  readonly volumesOf: Readonly<Record<string, readonly string[]>>;
}

/** What is restored, and what of the backups or of the stack is left as it is. */
export interface Choice {
  readonly restored: readonly Snapshot[];
  readonly untouched: readonly string[];
}

/**
 * The newest snapshot of each database and volume at a time.
 *
 * @param service One service, database or volume; absent: all.
 * @param at The moment; absent: the newest.
 * @throws BadInput where nothing is left to restore.
 */
export function choose(
  all: readonly Snapshot[],
  places: Places,
  { service, at }: { readonly service?: string; readonly at?: Date },
): Choice {
  const asked = ({ kind, name }: Pick<Snapshot, "kind" | "name">): boolean =>
    service === undefined ||
    name === service ||
    (kind === "volume" && (places.volumesOf[service] ?? []).includes(name));
  const newest = new Map<string, Snapshot>();
  for (const one of all)
    if (asked(one) && (at === undefined || one.time <= at))
      newest.set(`${one.kind} ${one.name}`, one);
  const known = new Map<string, Pick<Snapshot, "kind" | "name">>([
    ...places.databases.map((name) => [`database ${name}`, { kind: "database", name }] as const),
    ...places.volumes.map((name) => [`volume ${name}`, { kind: "volume", name }] as const),
  ]);
  const restored = [...newest].flatMap(([place, one]) => (known.has(place) ? [one] : []));
  if (restored.length === 0) throw new BadInput([nothing(all, { service, at })]);
  const untouched = [
    ...[...known].flatMap(([place, one]) =>
      asked(one) && !newest.has(place)
        ? [`${place}: has no backup of that time, and stays as it is`]
        : [],
    ),
    ...[...newest].flatMap(([place, { kind }]) =>
      known.has(place) ? [] : [`${place}: is in the backup, and the stack has no such ${kind}`],
    ),
  ];
  return { restored, untouched };
}

function nothing(
  all: readonly Snapshot[],
  { service, at }: { readonly service: string | undefined; readonly at: Date | undefined },
): string {
  const [first] = all;
  const names = [...new Set(all.map(({ name }) => name))];
  const what = service === undefined ? "the stack" : service;
  if (first === undefined)
    return "restore: there is no backup yet; npm run backup -- now makes one";
  if (at !== undefined && all.every(({ time }) => time > at))
    return `restore: there is no backup of ${what} at ${moment(at)}; the oldest is of ${moment(first.time)}`;
  return `restore: there is no backup of ${what} that fits; there are ${names.join(", ")} (npm run backup -- list)`;
}
