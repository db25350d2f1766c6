import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { Context } from "mocha";

/** The folder of what the rig builds and keeps: `BERTH_RIG`, by default `~/.cache/berth-rig`. */
const rigFolder = process.env.BERTH_RIG ?? join(homedir(), ".cache", "berth-rig");

/**
 * `PATH` with which both the Pulumi CLI and its Node language host are found: the user's own,
 * or the rig's programs behind it.
 *
 * @throws Error when one of the two is nowhere, with the command that builds it.
 */
export function pulumiPath(): string {
  return pathTo(
    ["pulumi", "pulumi-language-nodejs"],
    "install Pulumi, or run test/rig/install.sh pulumi",
  );
}

function pathTo(programs: readonly string[], advice: string): string {
  const folders = [...(process.env.PATH ?? "").split(delimiter), join(rigFolder, "bin")];
  const missing = programs.filter(
    (program) => !folders.some((folder) => executable(join(folder, program))),
  );
  if (missing.length === 0) return folders.join(delimiter);
  throw new Error(`${missing.join(" and ")}: neither on PATH nor in ${rigFolder}; ${advice}`);
}

/**
 * Skips the test or suite, with the reason on stderr, where the real engine is not to be had;
 * with `BERTH_RIG_REQUIRED=1` (as in `.ci/run`) fails it instead.
 */
export function needsPulumi(context: Context): void {
  needs(context, pulumiPath);
}

/** The same for the plugin of a provider. */
export function needsProvider(context: Context, name: "kubernetes"): void {
  needs(context, () => pathTo([`pulumi-resource-${name}`], `run test/rig/install.sh ${name}`));
}

/** The same for the programs of the backup tests. */
export function needsBackups(context: Context): void {
  needs(context, () => pathTo(["restic", "versitygw"], "run test/rig/install.sh backups"));
}

/** Where a program of the user's own `PATH`, or of the rig, is. @throws Error where it is nowhere. */
export function programAt(program: string): string {
  return join(
    pathTo([program], "run test/rig/install.sh")
      .split(delimiter)
      .find((folder) => executable(join(folder, program)))!,
    program,
  );
}

function needs(context: Context, find: () => string): void {
  try {
    find();
  } catch (error) {
    if (process.env.BERTH_RIG_REQUIRED === "1") throw error;
    console.error(`skipped: ${(error as Error).message}`);
    context.skip();
  }
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
