import type { Plan } from "../plan/plan";
import { plainError, type EngineApi } from "./engine-api";

const giB = 2 ** 30;

/** What the disk of a machine has free before anything new is pulled or built there, in bytes: 2 GiB. */
const least = 2 * giB;

/**
 * Refuses an update for which the machine has no room: images and layers fill the disk first, and then the
 * databases on it stop (rule 20). Docker's API does not tell what is free; a container of the edge does. A
 * machine that has none yet is new.
 *
 * @throws Error of one line when there is less than 2 GiB.
 */
export async function enoughSpace(
  engine: Pick<EngineApi, "list" | "exec">,
  { project, stack }: Pick<Plan, "project" | "stack">,
): Promise<void> {
  const [page] = await engine.list({
    "berth.project": project,
    "berth.stack": stack,
    "berth.service": "maintenance",
  });
  if (page === undefined) return;
  // A container that does not run answers nothing, and its update is to go on.
  const table = await engine.exec(page.id, ["df", "-Pk", "/"]).catch(() => "");
  const free = freeIn(table);
  if (free !== undefined && free < least)
    throw plainError(
      `docker: the machine's disk has ${(free / giB).toFixed(1)} GiB free, and an update needs 2; remove images that nothing uses (docker image prune -a), or take a larger berth:disk and restart the machine`,
    );
}

/** Bytes, from the last line's fourth column of `df -Pk` (POSIX: blocks of 1,024 bytes). */
function freeIn(table: string): number | undefined {
  const columns = table.trim().split("\n").at(-1)?.split(/\s+/) ?? [];
  const blocks = Number(columns[3]);
  return columns.length < 6 || !Number.isFinite(blocks) ? undefined : blocks * 1024;
}
