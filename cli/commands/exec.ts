import { command, stackOption } from "../machine/command";
import { containersOf, ofServices } from "../machine/containers";
import { engineOf, onDocker, run } from "../machine/docker";
import { machineStack } from "../machine/stack";
import { BadInput, describeOptions } from "../options";

const options = { stack: stackOption } as const;

const help = `npm run exec -- [options] SERVICE COMMAND...

Runs a command in the first running container of a service: npm run exec -- db psql -U app.

${describeOptions(options)}

Exit: that of the command; 1 when the stack, its machine or the service cannot be reached.
`;

/** The command; what it returns is the exit code. */
export function main(folder: string, words: readonly string[]): Promise<number> {
  return command({ options, help, stop: true }, words, async ({ stack }, others) => {
    const [service, ...line] = others;
    if (service === undefined || line.length === 0)
      throw new BadInput(["exec: give a service and a command, as in npm run exec -- web sh"]);
    const found = machineStack(folder, stack);
    const containers = ofServices(await containersOf(await engineOf(found), found), [service]);
    const running = containers.find(({ found: { State } }) => State.Running);
    if (running === undefined)
      throw new BadInput([`${service}: no container of it runs; npm run status says more`]);
    const terminal = process.stdin.isTTY && process.stdout.isTTY ? ["--tty"] : [];
    return onDocker(found, (env) =>
      run("docker", ["exec", "--interactive", ...terminal, running.name, ...line], env),
    );
  });
}
