import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { command, stackOption } from "../machine/command";
import { type Container, containersOf, ofServices } from "../machine/containers";
import { engineOf, onDocker, run } from "../machine/docker";
import { machineStack } from "../machine/stack";
import { describeOptions } from "../options";

const options = {
  stack: stackOption,
  follow: { help: "Go on with what is written from now on, until Ctrl-C." },
  since: { value: "TIME", help: "From then on: 10m, 3h, 2026-11-21T09:00:00." },
  tail: { value: "N", help: "That many last lines of each container (default: 100)." },
} as const;

const help = `npm run logs -- [options] [SERVICE...]

What the containers of these services write; of all services when none is named.

${describeOptions(options)}

Exit: 1 when the stack, its machine or a service cannot be reached.
`;

/** The command; what it returns is the exit code. */
export function main(folder: string, words: readonly string[]): Promise<number> {
  return command(
    { options, help },
    words,
    async ({ stack, follow, since, tail = "100" }, services) => {
      const found = machineStack(folder, stack);
      const containers = ofServices(await containersOf(await engineOf(found), found), services);
      const asked = ["logs", "--tail", tail, ...(since === undefined ? [] : ["--since", since])];
      if (follow) asked.push("--follow");
      const codes = await onDocker(found, (env) => inTurn(containers, follow, asked, env));
      return codes.find((code) => code !== 0) ?? 0;
    },
  );
}

/** One container after the other, or all of them at once where their lines go on. */
async function inTurn(
  containers: readonly Container[],
  together: boolean,
  asked: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<readonly number[]> {
  const width = Math.max(0, ...containers.map(({ name }) => name.length));
  const show = ({ name }: Container): Promise<number> =>
    run("docker", [...asked, name], env, { stdio: ["ignore", "pipe", "pipe"] }, (child) => {
      prefix(child, `${name.padEnd(width)} | `);
    });
  if (together) return Promise.all(containers.map(show));
  const codes: number[] = [];
  for (const container of containers) codes.push(await show(container));
  return codes;
}

function prefix({ stdout, stderr }: ChildProcess, start: string): void {
  for (const [stream, out] of [
    [stdout, process.stdout],
    [stderr, process.stderr],
  ] as const)
    createInterface({ input: stream! }).on("line", (line) => out.write(`${start}${line}\n`));
}
