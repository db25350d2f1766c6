import type { Engine } from "./engine";

/** A Compose service's command line; null is the image's own. */
export interface CommandLine {
  readonly entrypoint: readonly string[] | null;
  readonly command: readonly string[] | null;
}

/**
 * Whether a service with an engine's image runs its server. A backup that calls `pg_dump`, or a worker that calls
 * `redis-cli`, has the image for its client programs: its command line starts another program.
 */
export function runsServer({ programs }: Engine, { entrypoint, command }: CommandLine): boolean {
  const words = [...(entrypoint ?? []), ...(command ?? [])];
  const [first] = words;
  // Options alone go to the server, by the image's entrypoint.
  if (first === undefined || (entrypoint === null && first.startsWith("-"))) return true;
  return starts(words).some(
    (program) => programs.includes(program) || /entrypoint|^run\.sh$/.test(program),
  );
}

const shells = /^(ba|da|a)?sh$/;
/** Programs that start another one, after these many words of their own. */
const wrappers: Readonly<Record<string, number>> = {
  exec: 0,
  tini: 0,
  "dumb-init": 0,
  nice: 0,
  gosu: 1,
  "su-exec": 1,
  setpriv: 0,
};

/** The programs that a command line starts, without their folders: those of a shell's script, too. */
function starts(words: readonly string[]): string[] {
  const rest = words.filter((word) => !/^[A-Za-z_]\w*=/.test(word));
  const [first = ""] = rest;
  const program = first.split("/").at(-1)!;
  const skip = wrappers[program];
  if (skip !== undefined)
    return starts(rest.slice(1 + skip).filter((word) => !word.startsWith("-")));
  if (!shells.test(program)) return [program];
  const script = rest.slice(1).find((word) => !word.startsWith("-")) ?? "";
  return script
    .split(/[;&|\n(){}]|\b(?:do|then|else)\b/)
    .map((part) => part.trim().split(/\s+/))
    .flatMap((part) =>
      part[0] === "" ? [] : starts(part.map((word) => word.replace(/["']/g, ""))),
    );
}
