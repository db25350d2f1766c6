import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { dockerHost } from "../docker/rig";
import type { Thing } from "../simulators/cloud/world";
import { digitalocean, World } from "../simulators/digitalocean";
import type { Simulator } from "../simulators/simulator";
import { Disk } from "./disk";
import { Machine } from "./machine";

/** The path under which a user-data waits for its data disk. */
export function diskPath(userData: string): string {
  const path = /^ *disk=(\/dev\/disk\/by-id\/\S+)$/m.exec(userData)?.[1];
  if (path === undefined) throw new Error("the user-data waits for no disk");
  return path;
}

/** DigitalOcean whose droplets are machines that boot and whose volumes are block devices. */
export class Cloud {
  readonly world = new World();
  /** Images that every new machine's Docker is given from the outer one: nothing can be pulled there. */
  images: readonly string[] = [];
  private readonly disks = new Map<string, Disk>();
  private droplet: Machine | undefined;

  /** @param address The reserved address: one of 127.0.0.0/8. */
  constructor(readonly address: string) {}

  /** The droplet that runs. @throws Error when there is none. */
  get machine(): Machine {
    if (this.droplet === undefined) throw new Error("no droplet runs");
    return this.droplet;
  }

  simulator(): Simulator {
    return digitalocean({
      world: this.world,
      env: {},
      address: (type) => (/Ip$/.test(type) ? this.address : undefined),
      hook: (moment, thing) => this.act(moment, thing),
    });
  }

  private async act(moment: "created" | "updated" | "deleting", thing: Thing): Promise<void> {
    const kind = `${moment} ${thing.type.split(":").at(-1)!}`;
    if (kind === "created Volume") this.disks.set(thing.id, new Disk());
    if (kind === "deleting Volume") {
      this.disks.get(thing.id)?.dispose();
      this.disks.delete(thing.id);
    }
    if (kind === "created Droplet") {
      const [volume] = thing.inputs.volumeIds as string[];
      const userData = String(thing.inputs.userData);
      this.droplet = new Machine(userData, {
        address: this.address,
        disk: this.disks.get(volume!)!,
        path: diskPath(userData),
      });
      if (this.images.length > 0) await this.load();
    }
    if (kind === "deleting Droplet") {
      // As `gracefulShutdown` does it.
      await this.machine.stop();
      this.machine.destroy();
      this.droplet = undefined;
    }
  }

  /** Puts images into the machine's Docker under their names, once that runs. */
  async load(images = this.images): Promise<void> {
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
    this.droplet?.destroy();
    for (const disk of this.disks.values()) disk.dispose();
  }
}
