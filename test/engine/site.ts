import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { outer } from "../machine/machine";
import { diskOf, kinds, userDataOf } from "../machine/parts";
import { EngineStack, type Run, type StackOptions } from "../rig/engine";
import { portsOf } from "../rig/providers";
import { ask } from "../rig/http";
import { aws } from "../simulators/aws";
import { World, type Thing } from "../simulators/cloud/world";
import type { CloudOptions } from "../simulators/cloud/cloud";
import { digitalocean } from "../simulators/digitalocean";
import { docker } from "../simulators/docker";
import { gcp } from "../simulators/gcp";
import { random } from "../simulators/random";
import { serve, type ServedProvider } from "../simulators/server";
import { tls } from "../simulators/tls";
import { DockerMachine, httpsPort, type Hold } from "./machine";

export const repository = resolve(__dirname, "../..");
export const clouds = ["aws", "gcp", "digitalocean"] as const;
export type SimulatedCloud = (typeof clouds)[number];

export interface SiteOptions extends Partial<StackOptions> {
  /** Start of the addresses that the clouds hand out: three numbers of 127.0.0.0/8, another in each file. */
  readonly net: string;
  /** The Compose file's text. */
  readonly compose?: string;
  /** Images of the outer Docker that each machine has from the start. */
  readonly images?: readonly string[];
}

/** The program on the real engine with three simulated clouds whose machines run a real Docker. */
export class Site {
  readonly folder = mkdtempSync(join(tmpdir(), "berth-site-"));
  readonly world = new World();
  readonly served = {} as Record<SimulatedCloud | "docker" | "random" | "tls", ServedProvider>;
  stack!: EngineStack;
  private readonly machines = new Map<string, DockerMachine>();
  private readonly holds = new Map<string, Hold>();
  private readonly disks = new Set<string>();
  private addresses = 0;

  private constructor(private readonly options: SiteOptions) {}

  static async create(options: SiteOptions): Promise<Site> {
    const site = new Site(options);
    const cloudOptions: CloudOptions = {
      world: site.world,
      env: {},
      address: (type) =>
        kinds.address.test(type) ? `${options.net}.${++site.addresses}` : undefined,
      hook: (moment, thing) => site.act(moment, thing),
    };
    const simulators = [
      ...[aws, gcp, digitalocean].map((make) => make(cloudOptions)),
      docker({ env: {}, folder: repository }),
      random,
      tls(),
    ];
    for (const simulator of simulators)
      site.served[simulator.name as keyof Site["served"]] = await serve(simulator);
    const compose = join(site.folder, "compose.yaml");
    if (options.compose !== undefined) site.write("compose.yaml", options.compose);
    site.stack = await EngineStack.create({
      name: "qa",
      project: repository,
      providers: portsOf(site.served),
      ...options,
      config: {
        cloud: "digitalocean",
        "gcp:project": "acme-qa",
        ...(options.compose === undefined ? {} : { compose }),
        operators: ["127.0.0.0/8"],
        // No bucket is there: test/docker/backups.test.ts is about them.
        backups: false,
        // The rig's Traefik.
        images: { traefik: "traefik:v3.5" },
        ...options.config,
      },
      secrets: { "digitalocean:token": "a-token-that-nobody-reads", ...options.secrets },
    });
    // Where the program looks for what of its config is secret, beside the project's own folder.
    symlinkSync(site.stack.configFile, join(site.folder, basename(site.stack.configFile)));
    return site;
  }

  /** Writes a file beside the Compose file. */
  write(name: string, content: string): void {
    writeFileSync(join(this.folder, name), content);
  }

  /** The machines that run, oldest first. */
  get running(): readonly DockerMachine[] {
    return [...this.machines.values()];
  }

  /** The one machine that runs. @throws Error when it is not one. */
  get machine(): DockerMachine {
    const [machine, ...more] = this.running;
    if (machine === undefined || more.length > 0)
      throw new Error(`${this.running.length} machines run, not one`);
    return machine;
  }

  /** How many things were asked for at all clouds, Docker, random and tls together. */
  creates(): number {
    const counts = Object.values(this.served).map(({ stage }) => stage.of("create").length);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** What the edge answers at an address, over TLS without looking at its certificate. */
  async get(address: string, host: string): Promise<string> {
    const question = { address, port: httpsPort, host, tls: true, patience: 20 };
    return (await ask(question)).body;
  }

  /** Leaves nothing, whatever Pulumi knows. */
  async dispose(): Promise<void> {
    (this.stack as EngineStack | undefined)?.dispose();
    for (const served of Object.values(this.served)) await served.close();
    for (const hold of this.holds.values()) hold.close();
    for (const machine of this.machines.values()) machine.destroy();
    for (const disk of this.disks) outer("volume", "rm", "--force", disk);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async act(moment: "created" | "updated" | "deleting", thing: Thing): Promise<void> {
    const { type, id } = thing;
    const key = `${type} ${id}`;
    if (moment === "created" && kinds.machine.test(type)) {
      const machine = new DockerMachine(userDataOf(thing), this.volume(diskOf(thing, this.world)));
      this.machines.set(key, machine);
      await machine.start(this.options.images ?? []);
    }
    if (moment === "created" && kinds.assignment.test(type)) await this.assign(thing);
    if (moment !== "deleting") return;
    if (kinds.assignment.test(type)) {
      this.holds.get(key)?.close();
      this.holds.delete(key);
    }
    if (kinds.machine.test(type)) {
      await this.machines.get(key)?.stop();
      this.machines.delete(key);
    }
    if (kinds.disk.test(type)) {
      const name = this.volume(thing);
      outer("volume", "rm", "--force", name);
      this.disks.delete(name);
    }
  }

  private async assign(thing: Thing): Promise<void> {
    const { machine, address } = assigned(thing, this.world);
    const [, found] = [...this.machines].find(([key]) => key.endsWith(` ${machine}`))!;
    this.holds.set(`${thing.type} ${thing.id}`, await found.hold(address));
  }

  private volume({ type, id }: Thing): string {
    const hash = createHash("sha256").update(`${this.folder} ${type} ${id}`).digest("hex");
    const name = `berth-disk-${hash.slice(0, 12)}`;
    this.disks.add(name);
    return name;
  }
}

/** Which machine's an address becomes, and which address. */
export function assigned(
  { id, inputs }: Thing,
  world: World,
): { readonly machine: string; readonly address: string } {
  const eip = world
    .things("aws:ec2/eip:Eip")
    .find(({ outputs }) => outputs.allocationId === inputs.allocationId);
  const [face] = (inputs.networkInterfaces ?? []) as { accessConfigs: { natIp: string }[] }[];
  const address = inputs.ipAddress ?? face?.accessConfigs[0]?.natIp ?? eip?.outputs.publicIp;
  const machine = (inputs.dropletId ?? inputs.instanceId ?? id) as string | number;
  return { machine: String(machine), address: String(address) };
}

/** `op type name` of each step that a provider did: components and the stack are the state's alone. */
export function changes(run: Run): string[] {
  return run.steps
    .filter(
      ({ op, type }) => !/^(same|read|refresh)$/.test(op) && !/^(pulumi:pulumi|berth):/.test(type),
    )
    .map(({ op, type, name }) => `${op} ${type.split(":").at(-1)!} ${name}`);
}
