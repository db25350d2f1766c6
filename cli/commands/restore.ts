import { createInterface } from "node:readline/promises";
import type { EngineApi } from "../../components/docker/engine/engine-api";
import { choose, type Choice, type Places } from "../backups/choose";
import {
  backupOutput,
  backupsContainer,
  berthBackup,
  moment,
  snapshots,
  type Variables,
} from "../backups/repository";
import { command, stackOption } from "../machine/command";
import { type Container, containersOf } from "../machine/containers";
import { engineOf, onDocker } from "../machine/docker";
import { machineStack, type MachineStack } from "../machine/stack";
import { BadInput, describeOptions } from "../options";
import { stateOf } from "./status";

const options = {
  stack: { ...stackOption, help: "The stack whose backups are taken (default: the selected one)." },
  into: { value: "NAME", help: "The stack that gets them (default: the same)." },
  service: { value: "NAME", help: "One database, volume or service (default: everything)." },
  at: { value: "TIME", help: "The newest of that time: 2026-11-29T03:00, UTC (default: latest)." },
  yes: { help: "Do not ask." },
} as const;

const help = `npm run restore -- [options]

Brings back what was backed up: says what it overwrites, stops what writes, restores, starts, and waits until all
is well. Into another stack, its own secrets stay: databases keep the passwords of their users there.

${describeOptions(options)}

Exit: 0 when everything is restored and runs, 1 otherwise.
`;

/** The command; what it returns is the exit code. */
export function main(folder: string, words: readonly string[]): Promise<number> {
  return command({ options, help }, words, async (given, others) => {
    if (others.length > 0)
      throw new BadInput([`${others.join(" ")}: is not an option; see --help`]);
    const at = timeOf(given.at);
    const source = machineStack(folder, given.stack);
    if (source.backups === undefined)
      throw new BadInput([
        `${source.stack}: nothing of it is backed up, so nothing can be restored from it`,
      ]);
    const target = given.into === undefined ? source : machineStack(folder, given.into);
    const engine = await engineOf(target);
    const keeper = await backupsContainer(engine, target);
    const { repository, password, credentials, host } = source.backups;
    const variables: Variables = {
      ...credentials,
      RESTIC_REPOSITORY: repository,
      RESTIC_PASSWORD: password,
      HOST: host,
    };
    return onDocker(target, async (env) => {
      const restic = (...words: readonly string[]) => berthBackup(keeper, words, env, variables);
      const all = await snapshots(keeper, host, env, variables);
      const containers = await containersOf(engine, target);
      const places = await placesOf(keeper, containers, env);
      const { service } = given;
      const choice = choose(all, places, {
        ...(service === undefined ? {} : { service }),
        ...(at === undefined ? {} : { at }),
      });
      const stopped = toStop(containers, choice);
      announce(source, target, choice, stopped);
      if (!(given.yes || (await confirmed()))) {
        say("nothing was changed");
        return 1;
      }
      return restore(engine, choice, stopped, restic);
    });
  });
}

/** @throws BadInput for what is no time. */
function timeOf(stated: string | undefined): Date | undefined {
  if (stated === undefined || stated === "latest") return undefined;
  const utc = /[zZ]$|[+-]\d\d:?\d\d$/.test(stated) ? stated : `${stated}Z`;
  const time = new Date(/^\d{4}-\d\d-\d\d$/.test(stated) ? `${stated}T23:59:59Z` : utc);
  if (Number.isNaN(time.getTime()))
    throw new BadInput([
      `--at: "${stated}" is no time; write latest, a day such as 2026-11-29, or 2026-11-29T03:00`,
    ]);
  return time;
}

/** What the stack has that can be restored, as its backups container knows it. */
async function placesOf(
  keeper: Container,
  containers: readonly Container[],
  env: NodeJS.ProcessEnv,
): Promise<Places> {
  const listed = await backupOutput(keeper, ["places"], env);
  const of = (kind: string): string[] =>
    listed
      .split("\n")
      .flatMap((line) => (line.startsWith(`${kind} `) ? [line.slice(kind.length + 1)] : []));
  const mounts = ({ found }: Container) => found.Mounts ?? [];
  const names = new Map(
    mounts(keeper).flatMap(({ Name, Destination }) =>
      Name === undefined ? [] : [[Name, Destination.split("/").at(-1)!] as const],
    ),
  );
  const volumesOf: Record<string, string[]> = {};
  for (const container of containers)
    for (const { Name } of mounts(container)) {
      const volume = names.get(Name ?? "");
      if (volume !== undefined) (volumesOf[container.service] ??= []).push(volume);
    }
  return { databases: of("database"), volumes: of("volume"), volumesOf };
}

/** Berth's own containers, which hold no data of the application. */
const own = new Set(["edge", "maintenance", "backups"]);

/** All that runs or should run, but for databases that take a dump: what writes, and what would read half of it. */
function toStop(containers: readonly Container[], { restored }: Choice): readonly Container[] {
  const dumps = new Set(restored.flatMap(({ kind, name }) => (kind === "database" ? [name] : [])));
  return containers.filter(
    ({ service, found: { State, HostConfig } }) =>
      !own.has(service) &&
      !dumps.has(service) &&
      (State.Running ||
        ["always", "unless-stopped"].includes(HostConfig?.RestartPolicy.Name ?? "")),
  );
}

function announce(
  source: MachineStack,
  target: MachineStack,
  { restored, untouched }: Choice,
  stopped: readonly Container[],
): void {
  say(`${target.stack}: this overwrites, with backups of ${source.stack}:`);
  for (const { kind, name, time } of restored) say(`  ${kind} ${name}, as of ${moment(time)}`);
  for (const line of untouched) say(line);
  const services = [...new Set(stopped.map(({ service }) => service))];
  if (services.length > 0) say(`stops meanwhile: ${services.join(", ")}`);
}

async function confirmed(): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new BadInput(["restore: there is no terminal to ask on; give --yes to go on"]);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question("Go on? [y/N] ")).trim());
  } finally {
    terminal.close();
  }
}

async function restore(
  engine: EngineApi,
  { restored }: Choice,
  stopped: readonly Container[],
  restic: (...words: readonly string[]) => Promise<number>,
): Promise<number> {
  const running = stopped.filter(({ found: { State } }) => State.Running);
  for (const { name } of running) say(`stops ${name}`);
  await Promise.all(running.map(({ id }) => engine.stop(id)));
  const failed: string[] = [];
  for (const { kind, name, id } of restored) {
    say(`restores ${kind} ${name}`);
    if ((await restic(`restore-${kind}`, name, id)) !== 0) failed.push(`${kind} ${name}`);
  }
  if (failed.length > 0)
    throw new BadInput([
      `restore: ${failed.join(", ")} could not be restored, and may be half there; what was stopped stays stopped`,
      "run it again, or start the services with npm run docker -- start NAME",
    ]);
  for (const { id, name } of stopped) {
    say(`starts ${name}`);
    await engine.start(id);
  }
  return wait(engine, stopped);
}

/** Waits at most five minutes. */
async function wait(engine: EngineApi, started: readonly Container[]): Promise<number> {
  const end = Date.now() + 300_000;
  let left = started;
  for (;;) {
    const still: Container[] = [];
    for (const one of left) {
      const found = await engine.inspect(one.id);
      if (found === undefined || !["healthy", "running"].includes(stateOf({ found })))
        still.push(one);
    }
    left = still;
    if (left.length === 0) break;
    if (Date.now() > end)
      throw new BadInput([
        `restore: the data is restored, but ${left.map(({ name }) => name).join(", ")} did not become healthy; npm run logs says more`,
      ]);
    await new Promise((done) => setTimeout(done, 1000));
  }
  say("everything is restored and runs");
  return 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
