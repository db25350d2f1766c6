import { command, stackOption } from "./machine/command";
import { engineOf, onDocker, run } from "./machine/docker";
import { machineStack } from "./machine/stack";
import { BadInput, describeOptions, parseOptions, separate } from "./options";

const options = { stack: stackOption } as const;

const usage = `npm run docker -- [options] COMMAND...

The Docker CLI against the stack's machine: npm run docker -- ps, -- stats, -- system df. The certificates
come from the stack's outputs and are not written to disk.

${describeOptions(options)}

Exit: that of the Docker CLI; 1 when the stack or its machine cannot be reached.
`;

/** The command; what it returns is the exit code. */
export function main(folder: string, words: readonly string[]): Promise<number> {
  return command(async () => {
    const { own, others } = separate(options, words, { stop: true });
    const { help, stack } = parseOptions(options, own);
    if (help) {
      process.stdout.write(usage);
      return 0;
    }
    if (others.length === 0)
      throw new BadInput(["docker: no command is given; try npm run docker -- ps, or --help"]);
    const found = machineStack(folder, stack);
    await engineOf(found);
    return onDocker(found, (env) => run("docker", others, env));
  });
}
