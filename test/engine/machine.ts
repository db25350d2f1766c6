import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Context } from "mocha";
import { parse } from "yaml";
import { dockerHost } from "../docker/rig";
import { needsMachine, outer } from "../machine/machine";

const image = "berth-rig/docker:1";
/** Stands for 443 at a machine's static address: this computer may use that one itself. */
export const httpsPort = 18243;
const execFileLater = promisify(execFile);
const running = new Set<DockerMachine>();
process.on("exit", () => {
  for (const machine of running) machine.destroy();
});

/** Skips with the reason, or fails where rigs are required, when no machine can be made here. */
export function needsDockerMachine(context: Context): void {
  needsMachine(context);
  outer("build", "-q", "--network", "host", "-t", image, join(__dirname, "machine"));
}

/**
 * A cloud's machine whose boot is over: a Docker of its own on its data disk, whose API shows and
 * demands the certificates of the user-data. What cloud-init makes of a user-data, test/machine tests.
 */
export class DockerMachine {
  readonly name: string;
  /** Its address in its cloud: on the bridge of the outer Docker. */
  private address = "";
  private readonly folder = mkdtempSync(join(tmpdir(), "berth-docker-machine-"));

  /** @param disk Name of the volume that stands for the data disk. */
  constructor(userData: string, disk: string) {
    for (const [name, content] of certificates(userData))
      writeFileSync(join(this.folder, name), content, { mode: 0o600 });
    this.name = basename(this.folder);
    running.add(this);
    outer(
      ...["run", "--detach", "--name", this.name, "--hostname", "machine"],
      ...["--label", "berth.rig=machine", "--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE"],
      ...["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"].flatMap((way) => [
        "--security-opt",
        way,
      ]),
      ...["--device-cgroup-rule", "a *:* rwm", "--cgroupns", "private"],
      ...["--tmpfs", "/run:exec", "--tmpfs", "/tmp:exec"],
      ...["--volume", `${disk}:/var/lib/docker`, "--volume", `${this.folder}:/machine:ro`],
      image,
    );
  }

  /** Waits for its Docker, and gives it images: nothing can be pulled there. */
  async start(images: readonly string[]): Promise<void> {
    for (let left = 120; ; left--)
      try {
        this.docker("version");
        break;
      } catch (error) {
        if (left === 0) throw new Error(outer("logs", "--tail", "20", this.name), { cause: error });
        await sleep(500);
      }
    this.address = outer("inspect", "-f", "{{.NetworkSettings.IPAddress}}", this.name);
    const there = this.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split("\n");
    const wanted = images.filter((name) => !there.includes(name));
    if (wanted.length === 0) return;
    const save = spawn("docker", ["--host", dockerHost!, "save", ...wanted], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const args = ["exec", "--interactive", this.name, "docker", "load", "--quiet"];
    const load = spawn("docker", ["--host", dockerHost!, ...args], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    save.stdout.pipe(load.stdin);
    const [code] = (await once(load, "exit")) as [number];
    if (code !== 0) throw new Error(`docker load of ${wanted.join(", ")} ended with ${code}`);
  }

  /** The docker program on the machine. */
  docker(...args: readonly string[]): string {
    return execFileSync("docker", ["--host", dockerHost!, "exec", this.name, "docker", ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }

  /** Ids of the containers on it by name, all or the running ones. */
  containers({ all = true } = {}): Record<string, string> {
    const lines = this.docker("ps", ...(all ? ["-a"] : []), "--format", "{{.Names}} {{.ID}}");
    const pairs = lines.split("\n").filter((line) => line !== "");
    return Object.fromEntries(pairs.sort().map((line) => line.split(" "))) as Record<
      string,
      string
    >;
  }

  /** Lets what comes to `address` through to the machine, as a cloud's static address does. */
  async hold(address: string): Promise<Hold> {
    const hold = new Hold(address, () => this.address);
    await hold.open();
    return hold;
  }

  /** Shuts down as the cloud's power button does, and removes all but the disk. */
  async stop(): Promise<void> {
    await execFileLater("docker", ["--host", dockerHost!, "stop", "-t", "30", this.name]);
    this.destroy();
  }

  destroy(): void {
    if (!running.delete(this)) return;
    outer("rm", "--force", this.name);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A static address that a machine holds. */
export class Hold {
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Socket>();

  constructor(
    readonly address: string,
    private readonly machine: () => string,
  ) {}

  async open(): Promise<void> {
    for (const [outside, port] of [
      [httpsPort, 443],
      [2376, 2376],
    ] as const) {
      const server = createServer({ allowHalfOpen: true }, (from) => {
        const to = connect({ port, host: this.machine(), allowHalfOpen: true });
        for (const [one, other] of [
          [from, to],
          [to, from],
        ] as const) {
          this.sockets.add(one);
          one.on("error", () => other.destroy()).on("close", () => this.sockets.delete(one));
          one.pipe(other);
        }
      });
      this.servers.push(server);
      server.listen(outside, this.address);
      await once(server, "listening");
    }
  }

  close(): void {
    for (const server of this.servers) server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

/** The files of Docker's API in a cloud-config, by their last name. */
function certificates(userData: string): [string, string][] {
  const { write_files: files } = parse(userData) as {
    write_files: { path: string; content: string }[];
  };
  return files
    .filter(({ path }) => path.startsWith("/etc/docker/tls/"))
    .map(({ path, content }) => [basename(path), content]);
}
