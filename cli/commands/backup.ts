import { backupsContainer, berthBackup, bytes, moment, snapshots } from "../backups/repository";
import { command, stackOption } from "../machine/command";
import { engineOf, onDocker } from "../machine/docker";
import { machineStack } from "../machine/stack";
import { BadInput, describeOptions } from "../options";

const options = { stack: stackOption } as const;

const actions = ["now", "list", "check"] as const;

const help = `npm run backup -- [options] now|list|check

now    backs up every database and volume of the stack, besides the schedule.
list   shows the backups that are there.
check  reads the repository, and restores each database's newest dump into a server
       that is made for it and deleted again.

${describeOptions(options)}

Exit: 0 when all is well, 1 when something could not be backed up, read or restored, or the stack cannot be
reached.
`;

/** The command; what it returns is the exit code. */
export function main(folder: string, words: readonly string[]): Promise<number> {
  return command({ options, help }, words, async ({ stack }, others) => {
    const [word = "", ...more] = others;
    const action = actions.find((one) => one === word);
    if (action === undefined || more.length > 0)
      throw new BadInput(["backup: give one of now, list and check, as in npm run backup -- now"]);
    const found = machineStack(folder, stack);
    if (found.backups === undefined)
      throw new BadInput([
        `${found.stack}: nothing of it is backed up; npm run preview -- --stack ${found.stack} says why, beside "backups"`,
      ]);
    const { host } = found.backups;
    const container = await backupsContainer(await engineOf(found), found);
    return onDocker(found, async (env) => {
      if (action !== "list") return (await berthBackup(container, [action], env)) === 0 ? 0 : 1;
      const all = await snapshots(container, host, env);
      if (all.length === 0) say(`${found.stack}: no backup yet; npm run backup -- now makes one`);
      for (const { time, kind, name, size, id } of all)
        say(
          `${moment(time)}  ${kind.padEnd(8)}  ${name}  ${size === undefined ? "" : bytes(size)}  ${id}`,
        );
      return 0;
    });
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
