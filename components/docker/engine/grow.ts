import * as pulumi from "@pulumi/pulumi";
import { dataDiskFolder } from "../../model/data-disk";
import type { EngineApi } from "./engine-api";
import { giB, least, roomOf, type Owner, type Room } from "./free-space";

type Engine = Pick<EngineApi, "list" | "exec" | "inspect" | "create" | "start" | "logs" | "remove">;

/** The part of a disk that ext4 leaves for files: its tables and its journal take the rest. */
const usable = 0.97;

/** In the machine's own mount namespace and with its own programs. A disk of SCSI is asked for its size anew. */
const script = `
mountpoint -q ${dataDiskFolder} || exit 0
disk=$(findmnt -nvo SOURCE ${dataDiskFolder})
rescan=/sys/class/block/\${disk##*/}/device/rescan
[ ! -w "$rescan" ] || echo 1 > "$rescan"
resize2fs "$disk"
`.trim();

/**
 * Lets the file system of a machine grow into a disk that has grown, at once: the machine itself does so when it boots
 * and once a week. It follows the disk's update and precedes whatever needs the room. The running machine's user-data
 * cannot be changed, so a privileged container, of the image that the edge's own one has, runs the machine's resize2fs.
 *
 * @param disk GiB that the disk has.
 */
export async function growFileSystem(engine: Engine, of: Owner, disk: number): Promise<void> {
  const before = await roomOf(engine, of);
  if (before === undefined) return;
  // Of less growth than the file system's own tables it is known only when there is no room.
  if (before.total >= disk * giB * usable && before.free >= least) return;
  const wrong = await grow(engine, of, before).catch((error: unknown) => (error as Error).message);
  const after = await roomOf(engine, of);
  if (after !== undefined && after.total > before.total)
    void pulumi.log.info(
      `docker: the file system of the machine's disk grew to ${(after.total / giB).toFixed(1)} GiB`,
    );
  else if (wrong !== undefined)
    void pulumi.log.warn(
      `docker: the file system of the machine's disk did not grow to its ${disk} GiB (${wrong}); restart the machine, which does that at its start`,
    );
}

/** @returns what went wrong, as the last line of what resize2fs says */
async function grow(
  engine: Engine,
  { project, stack }: Owner,
  { asked }: Room,
): Promise<string | undefined> {
  const labels = { "berth.project": project, "berth.stack": stack, "berth.service": "grow" };
  // Of an update that was interrupted.
  for (const { id } of await engine.list(labels)) await engine.remove(id, 0);
  const image = (await engine.inspect(asked))?.Image;
  if (image === undefined) return undefined;
  const id = await engine.create({
    Image: image,
    Entrypoint: ["nsenter", "-t", "1", "-m", "--", "sh", "-c", script],
    Cmd: [],
    Labels: labels,
    HostConfig: { Privileged: true, PidMode: "host", NetworkMode: "none" },
  });
  try {
    await engine.start(id);
    const code = await ended(engine, id);
    if (code === 0) return undefined;
    return (await engine.logs(id, 1))[0] ?? `exit code ${code ?? "unknown"}`;
  } finally {
    await engine.remove(id, 0);
  }
}

/** The exit code; undefined when it does not end within five minutes. */
async function ended(engine: Engine, id: string): Promise<number | undefined> {
  const end = Date.now() + 300_000;
  while (Date.now() < end) {
    const state = (await engine.inspect(id))?.State;
    if (state === undefined) return undefined;
    if (!state.Running && state.Status !== "created") return state.ExitCode;
    await new Promise((done) => setTimeout(done, 200));
  }
  return undefined;
}
