import type { Plan } from "../../plan/plan";
import { plainError, type EngineApi } from "./engine-api";

export const giB = 2 ** 30;

/** What the disk of a machine has free before anything new is pulled or built there, in bytes: 2 GiB. */
export const least = 2 * giB;

type Engine = Pick<EngineApi, "list" | "exec">;
export type Owner = Pick<Plan, "project" | "stack">;

/**
 * Refuses an update for which the machine has no room: images and layers fill the disk first, and then the
 * databases on it stop (decisions.md: disk-space). Docker's API does not report free space; a container of the edge
 * does. A machine without one is new.
 *
 * @throws Error of one line when there is less than 2 GiB.
 */
export async function enoughSpace(engine: Engine, of: Owner): Promise<void> {
  const free = await freeSpace(engine, of);
  if (free !== undefined && free < least)
    throw plainError(
      `docker: the machine's disk has ${(free / giB).toFixed(1)} GiB free, and an update needs 2; remove images that nothing uses (docker image prune -a), or take a larger berth:disk`,
    );
}

/** Bytes that the disk below a machine's Docker has free; undefined without a container of the edge. */
export async function freeSpace(engine: Engine, of: Owner): Promise<number | undefined> {
  return (await roomOf(engine, of))?.free;
}

/** The file system below a machine's Docker, in bytes, as the container of the edge sees it that was asked. */
export interface Room {
  readonly total: number;
  readonly free: number;
  readonly asked: string;
}

export async function roomOf(engine: Engine, { project, stack }: Owner): Promise<Room | undefined> {
  const [page] = await engine.list({
    "berth.project": project,
    "berth.stack": stack,
    "berth.service": "maintenance",
  });
  if (page === undefined) return undefined;
  // A container that does not run cannot answer; that must not stop the update.
  const table = await engine.exec(page.id, ["df", "-Pk", "/"]).catch(() => "");
  // The last line of `df -Pk` (POSIX: blocks of 1,024 bytes).
  const columns = table.trim().split("\n").at(-1)?.split(/\s+/) ?? [];
  const [total, free] = [Number(columns[1]), Number(columns[3])];
  if (columns.length < 6 || !Number.isFinite(total) || !Number.isFinite(free)) return undefined;
  return { total: total * 1024, free: free * 1024, asked: page.id };
}
