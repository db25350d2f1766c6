import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Kills a process that leads its group, and all below it: the engine gives each plugin a group of its own. */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  for (const one of [pid, ...descendants(pid)])
    for (const target of [-one, one])
      try {
        process.kill(target, "SIGKILL");
      } catch {
        // It ended by itself in between, or leads no group.
      }
}

/** The processes below one, where the system tells: Linux does. */
function descendants(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8")
        .split(" ")
        .filter((word) => word !== "")
        .flatMap((word) => [Number(word), ...descendants(Number(word))]),
    );
  } catch {
    return [];
  }
}
