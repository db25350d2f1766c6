import { X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import { freeSpace } from "../../components/docker/engine/free-space";
import { isKeeper, moment, snapshots } from "../backups/repository";
import { command, stackOption } from "../machine/command";
import { type Container, containersOf } from "../machine/containers";
import { engineOf, onDocker } from "../machine/docker";
import { type Access, machineStack, type MachineStack } from "../machine/stack";
import { BadInput, describeOptions } from "../options";

const options = { stack: stackOption } as const;

const help = `npm run status -- [options]

How each container of the stack is, what room the machine's disk has, and how long its certificates last.

${describeOptions(options)}

Exit: 0 when all is well, 1 when a container is not, or the stack or its machine cannot be reached.
`;

const day = 24 * 3600 * 1000;

/** The command; what it returns is the exit code. */
export function main(folder: string, words: readonly string[]): Promise<number> {
  return command({ options, help }, words, async ({ stack }, others) => {
    if (others.length > 0)
      throw new BadInput([`${others.join(" ")}: is not an option; see --help`]);
    const found = machineStack(folder, stack);
    const engine = await engineOf(found);
    const containers = await containersOf(engine, found);
    const lines = containers.map((one) => [one.service, stateOf(one), one.name] as const);
    const widths = [0, 1].map((column) =>
      Math.max(0, ...lines.map((line) => line[column]!.length)),
    );
    say(
      `${found.stack}: ${containers.length} containers on ${found.docker?.host ?? "this computer"}`,
    );
    for (const [service, state, name] of lines)
      say(`  ${service.padEnd(widths[0]!)}  ${state.padEnd(widths[1]!)}  ${name}`);
    if (found.docker !== undefined) {
      const free = await freeSpace(engine, found);
      if (free !== undefined) say(`disk: ${(free / 2 ** 30).toFixed(1)} GiB free`);
      for (const line of lifetimes(await certificates(found.docker), new Date())) say(line);
    }
    await sayBackups(found, containers);
    return lines.some(([, state]) => !well.has(state)) ? 1 : 0;
  });
}

/** When the newest backup was made. A container of backups that is unhealthy has made none for two schedules. */
async function sayBackups(found: MachineStack, containers: readonly Container[]): Promise<void> {
  const keeper = containers.find(isKeeper);
  if (found.backups === undefined || keeper?.found.State.Running !== true) return;
  const { host } = found.backups;
  const all = await onDocker(found, (env) => snapshots(keeper, host, env));
  const newest = all.at(-1);
  say(
    newest === undefined
      ? "newest backup: none yet; npm run backup -- now makes one"
      : `newest backup: ${moment(newest.time)}`,
  );
}

function say(line: string): void {
  process.stdout.write(`${line.trimEnd()}\n`);
}

const well = new Set(["healthy", "running", "done", "not run yet"]);

/** A container's state in one or two words; a one-shot is done when it ended with 0. */
export function stateOf({ found: { State, HostConfig } }: Pick<Container, "found">): string {
  const { Running, Restarting, Status, ExitCode, Health } = State;
  if (Restarting === true) return "restarting";
  if (Running) return Health === undefined || Health.Status === "none" ? "running" : Health.Status;
  const once = ["", "no", "on-failure"].includes(HostConfig?.RestartPolicy.Name ?? "");
  if (Status === "exited" && ExitCode === 0 && once) return "done";
  // It runs on a schedule.
  if (Status === "created" && once) return "not run yet";
  return Status === "exited" ? `exited ${ExitCode}` : Status;
}

interface Lifetime {
  readonly what: string;
  readonly end: Date;
  /** How many days before the end `status` warns. */
  readonly ahead: number;
  readonly remedy: string;
}

/** The last day of each certificate, and what to do about those that end soon (decisions.md: certificate-lifetimes). */
export function lifetimes(all: readonly Lifetime[], now: Date): readonly string[] {
  return all.map(({ what, end, ahead, remedy }) => {
    const days = Math.floor((end.getTime() - now.getTime()) / day);
    const line = `${what}: until ${end.toISOString().slice(0, 10)}`;
    return days > ahead ? line : `${line}, ${days} days from now; ${remedy}`;
  });
}

async function certificates(docker: Access): Promise<readonly Lifetime[]> {
  const lasting = { ahead: 90, remedy: "run npm run rotate, which replaces the machine" };
  const end = (pem: string): Date => new Date(new X509Certificate(pem).validTo);
  return [
    { what: "certificate of the authority", end: end(docker.ca), ...lasting },
    { what: "certificate of the machine", end: await shown(docker), ...lasting },
    {
      what: "certificate of this stack",
      end: end(docker.cert),
      // `up` renews it from 60 days before its end on.
      ahead: 59,
      remedy: "run pulumi up, which renews it",
    },
  ];
}

/** The last day of the certificate that the machine presents. */
function shown({ host, ca, cert, key }: Access): Promise<Date> {
  const { hostname, port } = new URL(host);
  return new Promise((done, fail) => {
    const socket = connect({ host: hostname, port: Number(port), ca, cert, key }, () => {
      const { valid_to: end } = socket.getPeerCertificate();
      socket.destroy();
      done(new Date(end));
    }).once("error", fail);
  });
}
