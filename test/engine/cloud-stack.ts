import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kinds, userDataOf } from "../machine/parts";
import { EngineStack, type Run, type StackOptions } from "../rig/engine";
import { portsOf } from "../rig/providers";
import { aws } from "../simulators/aws";
import { World, type Thing } from "../simulators/cloud/world";
import { digitalocean } from "../simulators/digitalocean";
import { docker } from "../simulators/docker";
import { Daemon } from "../simulators/docker/daemon";
import { face, type Face } from "../simulators/docker/face";
import { gcp } from "../simulators/gcp";
import { random } from "../simulators/random";
import { serve, type ServedProvider } from "../simulators/server";
import { tls } from "../simulators/tls";
import { Loaded } from "./loaded";
import { assigned, repository, type SimulatedCloud } from "./site";

export interface CloudStackOptions extends Partial<StackOptions> {
  readonly cloud: SimulatedCloud | "local";
  /** The machine's static address: one of 127.0.0.0/8 that no other test has. */
  readonly address: string;
}

const simulators = { aws, gcp, digitalocean };

/** Credentials as a user has them; nobody reads them. */
const credentials: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aws: {},
  gcp: { "gcp:project": "acme-qa" },
  digitalocean: { "digitalocean:token": "a-token" },
  local: {},
};

/**
 * The program on the real engine with one simulated cloud and no other provider, and a Docker that runs
 * nothing behind the address that the cloud's machine holds, with the certificates of its user-data.
 */
export class CloudStack {
  readonly world = new World();
  readonly served: Record<string, ServedProvider> = {};
  readonly folder = mkdtempSync(join(tmpdir(), "berth-cloud-"));
  /** What the program loads. */
  readonly loaded = new Loaded(this.folder);
  daemon!: Daemon;
  stack!: EngineStack;
  private readonly faces = new Map<string, Face>();

  private constructor(private readonly options: CloudStackOptions) {}

  static async create(options: CloudStackOptions): Promise<CloudStack> {
    const made = new CloudStack(options);
    await made.open();
    return made;
  }

  private async open(): Promise<void> {
    const { cloud, address, ...options } = this.options;
    this.daemon = await Daemon.listen();
    const host = `unix://${this.daemon.socket}`;
    const providers = [docker({ env: {}, host, folder: repository, patience: 2 }), random, tls()];
    if (cloud !== "local")
      providers.push(
        simulators[cloud]({
          world: this.world,
          env: {},
          address: (type) => (kinds.address.test(type) ? address : undefined),
          hook: (moment, thing) => this.act(moment, thing),
        }),
      );
    for (const one of providers) this.served[one.name] = await serve(one);
    this.stack = await EngineStack.create({
      name: "qa",
      project: repository,
      providers: portsOf(this.served),
      ...options,
      // No bucket is there: test/docker/backups.test.ts is about them.
      config: { cloud, backups: false, ...credentials[cloud], ...options.config },
      env: {
        ...this.loaded.env,
        ...(cloud === "local" ? { DOCKER_HOST: host } : {}),
        ...options.env,
      },
    });
  }

  /** The machines that there are, whatever Pulumi knows. */
  machines(): Thing[] {
    return this.world.things().filter(({ type }) => kinds.machine.test(type));
  }

  /** Deletes the machines as their owner does on the cloud's console. */
  loseMachines(): void {
    for (const { type, id, name } of this.machines()) {
      this.world.lose(type, name);
      this.faces.get(`${type} ${id}`)?.close();
      this.faces.delete(`${type} ${id}`);
    }
  }

  get cloud(): ServedProvider {
    return this.served[this.options.cloud]!;
  }

  async dispose(): Promise<void> {
    for (const one of this.faces.values()) one.close();
    (this.stack as EngineStack | undefined)?.dispose();
    for (const one of Object.values(this.served)) await one.close();
    this.daemon.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async act(moment: "created" | "updated" | "deleting", thing: Thing): Promise<void> {
    const key = `${thing.type} ${thing.id}`;
    if (!kinds.assignment.test(thing.type)) return;
    if (moment === "created") {
      const { machine, address } = assigned(thing, this.world);
      const holder = this.machines().find(({ id }) => id === machine)!;
      this.faces.set(key, await face(userDataOf(holder), address, this.daemon.socket));
    }
    if (moment === "deleting") {
      this.faces.get(key)?.close();
      this.faces.delete(key);
    }
  }
}

/** What a failed command wrote, for the message of an assertion. */
export const said = (run: Run): string => `${run.stdout}\n${run.stderr}`;
