import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { dockerHost } from "../docker/rig";
import { aws } from "../simulators/aws";
import { World, type Thing } from "../simulators/cloud/world";
import { digitalocean } from "../simulators/digitalocean";
import { gcp } from "../simulators/gcp";
import type { Simulator } from "../simulators/simulator";
import { Disk } from "./disk";
import { Machine } from "./machine";
import { diskOf, kinds, userDataOf } from "./parts";

const simulators = { aws, gcp, digitalocean } as const;
export type SimulatedCloud = keyof typeof simulators;

/** How long an attachment of its own takes, in seconds: the machine runs without its disk until then. */
const attaching = 20;

/** A cloud whose machine is one that boots and whose disks are block devices. */
export class Cloud {
  readonly world = new World();
  /** Images that every new machine's Docker is given from the outer one: nothing can be pulled there. */
  images: readonly string[] = [];
  private readonly disks = new Map<string, Disk>();
  private running: Machine | undefined;

  /** @param address The static address: one of 127.0.0.0/8. */
  constructor(
    readonly name: SimulatedCloud,
    readonly address: string,
  ) {}

  /** The machine that runs. @throws Error when there is none. */
  get machine(): Machine {
    if (this.running === undefined) throw new Error("no machine runs");
    return this.running;
  }

  /** The number of the loop device that is the machine's data disk. */
  get disk(): string {
    return [...this.disks.values()].at(-1)!.number;
  }

  simulator(): Simulator {
    return simulators[this.name]({
      world: this.world,
      env: {},
      address: (type) => (kinds.address.test(type) ? this.address : undefined),
      hook: (moment, thing) => this.act(moment, thing),
    });
  }

  private async act(moment: "created" | "updated" | "deleting", thing: Thing): Promise<void> {
    const { type, id, inputs } = thing;
    if (moment === "created") {
      if (kinds.disk.test(type)) this.disks.set(id, new Disk());
      if (kinds.machine.test(type)) await this.boot(thing);
      if (kinds.attachment.test(type)) {
        await sleep(attaching * 1000);
        this.machine.attach(this.disks.get(String(inputs.volumeId))!);
        await this.load();
      }
    }
    if (moment !== "deleting") return;
    if (kinds.disk.test(type)) {
      this.disks.get(id)?.dispose();
      this.disks.delete(id);
    }
    // As `stopInstanceBeforeDetaching` does it.
    if (kinds.attachment.test(type)) await this.machine.stop();
    if (kinds.machine.test(type)) {
      // As `gracefulShutdown` does it.
      await this.machine.stop();
      this.machine.destroy();
      this.running = undefined;
    }
  }

  private async boot(thing: Thing): Promise<void> {
    const userData = userDataOf(thing);
    const disk = this.disks.get(diskOf(thing, this.world).id)!;
    const late = this.name === "aws";
    this.running = new Machine(userData, {
      address: this.address,
      path: diskPath(userData),
      ...(late ? {} : { disk }),
    });
    if (!late) await this.load();
  }

  /** Puts images into the machine's Docker under their names, once that runs. */
  async load(images = this.images): Promise<void> {
    if (images.length === 0) return;
    while (!/^\d/.test(this.machine.shell("docker version -f '{{.Server.Version}}'")))
      await sleep(1000);
    const there = this.machine.shell("docker image ls --format '{{.Repository}}:{{.Tag}}'");
    const wanted = images.filter((image) => !there.split("\n").includes(image));
    if (wanted.length === 0) return;
    const save = spawn("docker", ["--host", dockerHost!, "save", ...wanted], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const args = ["exec", "--interactive", this.machine.name, "docker", "load", "--quiet"];
    const load = spawn("docker", ["--host", dockerHost!, ...args], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    save.stdout.pipe(load.stdin);
    const [code] = (await once(load, "exit")) as [number];
    if (code !== 0) throw new Error(`docker load of ${wanted.join(", ")} ended with ${code}`);
  }

  /** Takes everything away that Pulumi may have left. */
  dispose(): void {
    this.running?.destroy();
    for (const disk of this.disks.values()) disk.dispose();
  }
}

/** The path under which a user-data waits for its data disk. */
function diskPath(userData: string): string {
  const path = /^ *disk=(\/dev\/disk\/by-id\/\S+)$/m.exec(userData)?.[1];
  if (path === undefined) throw new Error("the user-data waits for no disk");
  return path;
}
