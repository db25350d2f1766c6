import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

/** A provider plugin that runs. */
export interface Plugin {
  readonly port: number;
  stop(): void;
}

/** A plugin's program: the one on PATH, else the newest in Pulumi's plugin cache. */
export function findPlugin(name: string): string | undefined {
  const program = `pulumi-resource-${name}`;
  const cache = join(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "plugins");
  const cached = existsSync(cache)
    ? readdirSync(cache)
        .filter((folder) => folder.startsWith(`resource-${name}-v`))
        .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
    : [];
  return [
    ...(process.env.PATH ?? "").split(delimiter),
    ...cached.map((folder) => join(cache, folder)),
  ]
    .map((folder) => join(folder, program))
    .find((file) => existsSync(file));
}

/** Starts a plugin's program, which says its port in its first line. */
export async function startPlugin(program: string): Promise<Plugin> {
  // What the user's own Docker is must not decide what is recorded.
  const { DOCKER_HOST: _, DOCKER_CONTEXT: _context, ...env } = process.env;
  const child = spawn(program, [], { stdio: ["ignore", "pipe", "inherit"], env });
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).once("line", (line) => resolve(Number(line)));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${program} ended with ${String(code)}`)));
  });
  return { port, stop: () => void child.kill() };
}
