import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const rigFolder = process.env.BERTH_RIG ?? join(homedir(), ".cache/berth-rig");
const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { encoding: "utf8" }).trim();
const attached = new Set<Disk>();
process.on("exit", () => {
  for (const disk of attached) disk.dispose();
});

/** A block device that is a file of this computer: blank, as a cloud hands it out. */
export class Disk {
  private readonly folder: string;
  /** Number of the loop device. */
  readonly number: string;

  /** @param gigabytes Size; the file holds only what was written. */
  constructor(gigabytes = 40) {
    const parent = join(rigFolder, "machine");
    mkdirSync(parent, { recursive: true });
    this.folder = mkdtempSync(join(parent, "disk-"));
    const file = join(this.folder, "disk.img");
    run("truncate", "-s", `${gigabytes}G`, file);
    this.number = run("losetup", "--find", "--show", file).replace("/dev/loop", "");
    attached.add(this);
  }

  /** Writes to the start of the disk, as whoever had it before. */
  write(text: string): void {
    execFileSync("dd", [`of=/dev/loop${this.number}`, "conv=fsync", "status=none"], {
      input: text,
    });
  }

  /** Gives the device back and removes the file. */
  dispose(): void {
    if (!attached.delete(this)) return;
    run("losetup", "--detach", `/dev/loop${this.number}`);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
