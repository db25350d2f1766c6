import { command, stackOption } from "../machine/command";
import { engineOf, onDocker, run } from "../machine/docker";
import { machineStack } from "../machine/stack";
import { BadInput, describeOptions } from "../options";

const options = { stack: stackOption } as const;

const help = `npm run docker -- [options] COMMAND...

The Docker CLI against the stack's machine: npm run docker -- ps, -- stats, -- system df. The certificates
come from the stack's outputs and are not written to disk.

${describeOptions(options)}

Exit: that of the Docker CLI; 1 when the stack or its machine cannot be reached.
`;

/** The command; what it returns is the exit code. */
export function main(folder: string, words: readonly string[]): Promise<number> {
  return command({ options, help, stop: true }, words, async ({ stack }, others) => {
    if (others.length === 0)
      throw new BadInput(["docker: no command is given; try npm run docker -- ps, or --help"]);
    const found = machineStack(folder, stack);
    await engineOf(found);
    return onDocker(found, (env) => run("docker", others, env));
  });
}
