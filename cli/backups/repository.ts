import { backupsLabel } from "../../components/docker/backups/backups";
import type { EngineApi } from "../../components/docker/engine/engine-api";
import { type Container, containersOf } from "../machine/containers";
import { run } from "../machine/docker";
import type { MachineStack } from "../machine/stack";
import { BadInput } from "../options";

/** One backup of one database or one volume. */
export interface Snapshot {
  readonly id: string;
  readonly kind: "database" | "volume";
  readonly name: string;
  readonly time: Date;
  /** Bytes that it holds; undefined where restic does not say. */
  readonly size?: number;
}

/** What opens another stack's backups: restic's variables. */
export type Variables = Readonly<Record<string, string>>;

/**
 * The container of a stack that makes its backups.
 *
 * @throws BadInput where there is none that runs.
 */
export async function backupsContainer(engine: EngineApi, found: MachineStack): Promise<Container> {
  const one = (await containersOf(engine, found)).find(isKeeper);
  if (one === undefined)
    throw new BadInput([
      `${found.stack}: nothing makes backups there; npm run preview -- --stack ${found.stack} says why, beside "backups"`,
    ]);
  if (!one.found.State.Running)
    throw new BadInput([
      `${found.stack}: ${one.name} does not run; npm run logs -- --stack ${found.stack} backups says why`,
    ]);
  return one;
}

/** Whether a container is the one that makes backups. */
export const isKeeper = ({ found: { Config } }: Container): boolean =>
  Config.Labels?.[backupsLabel] !== undefined;

/** Runs `berth-backup` in a stack's container on this terminal; gives its exit code. */
export function berthBackup(
  container: Container,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  variables: Variables = {},
): Promise<number> {
  return run("docker", asked(container, words, variables), { ...env, ...variables });
}

/** What `berth-backup` writes to its output. @throws BadInput when it fails; it has said why. */
export async function backupOutput(
  container: Container,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  variables: Variables = {},
): Promise<string> {
  let text = "";
  const code = await run(
    "docker",
    asked(container, words, variables),
    { ...env, ...variables },
    { stdio: ["ignore", "pipe", "inherit"] },
    ({ stdout }) => void stdout!.setEncoding("utf8").on("data", (part: string) => (text += part)),
  );
  if (code !== 0) throw new BadInput([`berth-backup ${words.join(" ")}: ended with ${code}`]);
  return text;
}

/** Values are not on the command line, which others on this computer can read. */
function asked({ name }: Container, words: readonly string[], variables: Variables): string[] {
  const env = Object.keys(variables).flatMap((key) => ["--env", key]);
  return ["exec", ...env, name, "berth-backup", ...words];
}

/** A stack's snapshots, oldest first. */
export async function snapshots(
  container: Container,
  host: string,
  env: NodeJS.ProcessEnv,
  variables: Variables = {},
): Promise<readonly Snapshot[]> {
  const words = ["restic", "snapshots", "--json", "--host", host];
  return readSnapshots(await backupOutput(container, words, env, variables));
}

/** @param json What `restic snapshots --json` prints. */
export function readSnapshots(json: string): readonly Snapshot[] {
  const all = JSON.parse(json) as readonly {
    readonly short_id: string;
    readonly time: string;
    readonly tags?: readonly string[] | null;
    readonly summary?: { readonly total_bytes_processed?: number };
  }[];
  return all
    .flatMap(({ short_id: id, time, tags, summary }): Snapshot[] => {
      const [, kind, name] = /^(database|volume):(.+)$/.exec(tags?.[0] ?? "") ?? [];
      if (kind === undefined || name === undefined) return [];
      const size = summary?.total_bytes_processed;
      return [
        {
          id,
          kind: kind as Snapshot["kind"],
          name,
          time: new Date(time),
          ...(size === undefined ? {} : { size }),
        },
      ];
    })
    .sort((one, other) => one.time.getTime() - other.time.getTime());
}

/** `12.3 MiB`. */
export function bytes(size: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024;
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]!}`;
}

/** `2026-11-29 03:12 UTC`. */
export function moment(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
