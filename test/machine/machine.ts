import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as plain } from "node:http";
import { request as secure } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Context } from "mocha";
import { dockerHost, needsDocker } from "../docker/rig";
import type { Pair } from "./authority";
import type { Disk } from "./disk";

const image = "berth-rig/machine:1";
const label = "berth.rig=machine";

/** Where a machine's ports 80 and 443 answer: others on this computer may use those on all addresses. */
export const webPorts = { http: 10080, https: 10443 } as const;

const execFileLater = promisify(execFile);

/** The machines' own outer Docker: what stands for the cloud's hypervisor. */
export function outer(...args: readonly string[]): string {
  return execFileSync("docker", ["--host", dockerHost!, ...args], {
    encoding: "utf8",
    env: { ...process.env, DOCKER_BUILDKIT: "0" },
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
  }).trim();
}

/** Skips with the reason, or fails where rigs are required, when no machine can be made here. */
export function needsMachine(context: Context): void {
  needsDocker(context);
  const reason =
    process.getuid?.() !== 0
      ? "machines need loop devices, and those root"
      : !dockerHost!.startsWith("unix://")
        ? "machines need a Docker of this computer"
        : undefined;
  if (reason === undefined) {
    outer("build", "-q", "--network", "host", "-t", image, join(__dirname, "image"));
    return;
  }
  if (process.env.BERTH_RIG_REQUIRED === "1") throw new Error(reason);
  console.error(`skipped: ${reason}`);
  context.skip();
}

export interface BootOptions {
  /** Where its port 2376 and the web's answer: an address of 127.0.0.0/8. */
  readonly address: string;
  readonly disk?: Disk;
  /** Path under which the machine sees the disk: /dev/disk/by-id/… */
  readonly path?: string;
}

const running = new Set<Machine>();
process.on("exit", () => {
  for (const machine of running) machine.destroy();
});

/** A cloud's machine, as a container: systemd and cloud-init, a data disk, and Docker if the user-data brings it. */
export class Machine {
  private readonly folder = mkdtempSync(join(tmpdir(), "berth-machine-"));
  readonly name: string;

  constructor(
    userData: string,
    readonly options: BootOptions,
  ) {
    const { address, disk } = options;
    this.name = `berth-machine-${address.split(".").pop()!}-${Date.now()}`;
    writeFileSync(join(this.folder, "user-data"), userData, { mode: 0o600 });
    writeFileSync(
      join(this.folder, "meta-data"),
      `instance-id: ${this.name}\nlocal-hostname: machine\n`,
    );
    if (disk !== undefined) this.plug(disk);
    running.add(this);
    outer(
      "run",
      "--detach",
      ...["--name", this.name, "--hostname", "machine", "--label", label],
      // Not --privileged: not every host has the right to give away all capabilities.
      ...["--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE"],
      ...["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"].flatMap((way) => [
        "--security-opt",
        way,
      ]),
      ...["--device-cgroup-rule", "a *:* rwm", "--cgroupns", "private"],
      ...["--tmpfs", "/run:exec", "--tmpfs", "/run/lock", "--tmpfs", "/tmp:exec"],
      ...Object.entries({ 80: webPorts.http, 443: webPorts.https, 2376: 2376 }).flatMap(
        ([port, at]) => ["--publish", `${address}:${at}:${port}`],
      ),
      ...["--volume", `${this.folder}:/var/lib/cloud/seed/nocloud:ro`],
      ...["--volume", `${this.folder}:/machine:ro`],
      image,
    );
  }

  /** Runs a command on the machine, as on its console. @throws Error when it fails. */
  run(...command: readonly string[]): string {
    return outer("exec", this.name, ...command);
  }

  /** A line of shell on the machine; what it wrote, whatever it ended with. */
  shell(line: string): string {
    return this.run("sh", "-c", `{ ${line}; } 2>&1 || true`);
  }

  /** Its first process, among this computer's; another after a reboot. */
  get pid(): number {
    return Number(outer("inspect", "-f", "{{.State.Pid}}", this.name));
  }

  /** The disk appears while the machine runs. */
  attach(disk: Disk): void {
    this.plug(disk);
    this.run("/sbin/machine-disks");
  }

  /** From the next boot on the disk is missing. */
  unplug(): void {
    rmSync(join(this.folder, "disks"));
  }

  private plug(disk: Disk): void {
    const path = this.options.path ?? "/dev/disk/by-id/data";
    writeFileSync(join(this.folder, "disks"), `${disk.number} ${path}\n`);
  }

  /** Waits until cloud-init has done all of it. @returns its last word: `done`. */
  async settled(seconds = 600): Promise<string> {
    const { stdout } = await execFileLater(
      "docker",
      ["--host", dockerHost!, "exec", this.name, "sh", "-c", "cloud-init status --wait || true"],
      { timeout: seconds * 1000 },
    );
    return stdout
      .replace(/[.\n]+/g, " ")
      .replace(/.*status: /, "")
      .trim();
  }

  /** Waits until Docker's API answers to this client. @throws Error with its last refusal. */
  async answers(client: Client, seconds = 600): Promise<void> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const answer = await ask(this.options.address, client);
      if (answer === "OK") return;
      if (Date.now() > end) throw new Error(`${answer} after ${seconds} s\n${this.report()}`);
      await sleep(500);
    }
  }

  /** What one wants to see when it did not come up. */
  report(): string {
    return this.shell(
      "systemctl --failed --no-legend; cloud-init status --long; journalctl --no-pager -n 60",
    );
  }

  /** Shuts down and starts again, as `reboot` does. */
  async reboot(): Promise<void> {
    await this.stop();
    outer("start", this.name);
  }

  /** Shuts down as the cloud's power button does. */
  async stop(): Promise<void> {
    await execFileLater("docker", ["--host", dockerHost!, "stop", "-t", "240", this.name]);
  }

  /** Pulls the plug, and removes all but the disk. */
  destroy(): void {
    if (!running.delete(this)) return;
    outer("rm", "--force", "--volumes", this.name);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Whom the machine's Docker is talked to as. */
export interface Client {
  /** The authority that the server's certificate must come from. */
  readonly ca: string;
  /** Absent: the client shows none. */
  readonly pair?: Pair;
  /** Speaks http without TLS. */
  readonly plain?: boolean;
}

/** What Docker's API answers to a ping: `OK`, or why not, in one line. */
export function ask(address: string, client: Client): Promise<string> {
  const at = { host: address, port: 2376, path: "/_ping", timeout: 5000, agent: false as const };
  return new Promise((done) => {
    const sent = client.plain
      ? plain(at)
      : secure({ ...at, ca: client.ca, cert: client.pair?.cert, key: client.pair?.key });
    sent.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      response.on("end", () => {
        done(body.trim());
      });
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer within 5 s")));
    sent.on("error", ({ message }) => {
      done(message.trim());
    });
    sent.end();
  });
}
