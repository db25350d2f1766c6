import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Rule } from "./firewall";
import type { Found, Metadata, Trial } from "./probe";

/** Who calls: an address of `operators`, and one that is not. */
export const callers = { operator: "203.0.113.77", stranger: "198.51.100.23" } as const;
const machineAddress = "192.0.2.10";
const wallAddress = "192.0.2.1";
const outside = { wall: "10.255.1.1", callers: "10.255.1.2" };
const metadataAddress = "169.254.169.254";
const cable = "cloud0";
const running = new Set<NetworkSandbox>();
process.on("exit", () => {
  for (const wall of running) wall.dispose();
});

/** A network namespace of this computer: it ends by itself within the hour, whoever forgets it. */
class Namespace {
  private constructor(
    readonly pid: number,
    private readonly holder?: ChildProcess,
  ) {}

  static async create(): Promise<Namespace> {
    const holder = spawn("unshare", ["--net", "sleep", "3600"], { stdio: "ignore" });
    const pid = holder.pid!;
    const own = readlinkSync("/proc/self/ns/net");
    while (readlinkSync(`/proc/${pid}/ns/net`) === own) await sleep(10);
    return new Namespace(pid, holder);
  }

  /** That of a process which is there already. */
  static of(pid: number): Namespace {
    return new Namespace(pid);
  }

  run(line: string, input?: string): string {
    const args = ["--target", `${this.pid}`, "--net", "sh", "-ec", line];
    return execFileSync("nsenter", args, {
      encoding: "utf8",
      ...(input === undefined ? {} : { input }),
    });
  }

  fork(): ChildProcess {
    const node = [process.execPath, "-r", "ts-node/register/transpile-only"];
    return spawn(
      "nsenter",
      ["--target", `${this.pid}`, "--net", ...node, join(__dirname, "probe.ts")],
      { stdio: ["ignore", "inherit", "inherit", "ipc"] },
    );
  }

  dispose(): void {
    this.holder?.kill("SIGKILL");
  }
}

/** What stands between the world and a machine: a cloud's firewall as packet filter rules of this kernel. */
export class NetworkSandbox {
  private questions = 0;
  private readonly probes = new Map<Namespace, ChildProcess>();

  private constructor(
    private readonly callers: Namespace,
    private readonly wall: Namespace,
    private readonly machine: Namespace,
  ) {
    running.add(this);
  }

  /** @param pid A process of the machine behind it. Default: a machine on which nothing listens. */
  static async create(pid?: number): Promise<NetworkSandbox> {
    const machine = pid === undefined ? await Namespace.create() : Namespace.of(pid);
    const made = new NetworkSandbox(await Namespace.create(), await Namespace.create(), machine);
    made.connect();
    return made;
  }

  private connect(): void {
    const { callers: out, wall, machine } = this;
    wall.run(`
      ip link add w0 type veth peer name c0 netns ${out.pid}
      ip link add w1 type veth peer name ${cable} netns ${machine.pid}
      ip addr add ${outside.wall}/24 dev w0
      ip addr add ${wallAddress}/24 dev w1
      ip addr add ${metadataAddress}/32 dev w1
      for device in lo w0 w1; do ip link set $device up; done
      echo 1 >/proc/sys/net/ipv4/ip_forward`);
    out.run(`
      for device in lo c0; do ip link set $device up; done
      ip addr add ${outside.callers}/24 dev c0
      ip route add default via ${outside.wall}`);
    for (const address of Object.values(callers)) {
      out.run(`ip addr add ${address}/32 dev c0`);
      wall.run(`ip route add ${address}/32 via ${outside.callers}`);
    }
    machine.run(`
      for device in lo ${cable}; do ip link set $device up; done
      ip addr add ${machineAddress}/24 dev ${cable}
      for address in ${metadataAddress} ${Object.values(callers).join(" ")}; do
        ip route add $address/32 via ${wallAddress}
      done
      # It says of every closed port that it is: 0 is no limit.
      echo 0 >/proc/sys/net/ipv4/icmp_ratemask`);
    this.allow([]);
  }

  /** Lets in what these rules let in, and nothing else. */
  allow(rules: readonly Rule[]): void {
    const lines = rules.map(({ verdict, protocol, ports, source }) =>
      [
        `-A FORWARD -i w0 -s ${source}`,
        ...(protocol === undefined ? [] : [`-p ${protocol}`]),
        ...(ports === undefined ? [] : [`--dport ${ports.join(":")}`]),
        `-j ${verdict}`,
      ].join(" "),
    );
    const text = ["*filter", ":FORWARD DROP", "-A FORWARD -i w1 -j ACCEPT", ...lines, "COMMIT", ""];
    this.wall.run("iptables-restore", text.join("\n"));
  }

  /** The ports of the machine that a caller reaches, of these. */
  async reached(
    caller: keyof typeof callers,
    { tcp, udp }: Pick<Trial, "tcp" | "udp">,
  ): Promise<Pick<Found, "tcp" | "udp">> {
    const trial = { from: callers[caller], to: machineAddress, tcp, udp };
    const { id: _, ...found } = await this.ask(this.callers, trial);
    return found;
  }

  /** @param hops How many machines its answers get across; 1: the first alone. */
  async serveMetadata(hops: number): Promise<void> {
    this.wall.run(`echo ${hops} >/proc/sys/net/ipv4/ip_default_ttl`);
    await this.ask(this.wall, { metadata: metadataAddress });
  }

  private ask(
    where: Namespace,
    question: Omit<Trial, "id"> | Omit<Metadata, "id">,
  ): Promise<Found> {
    const probe = this.probes.get(where) ?? where.fork();
    this.probes.set(where, probe);
    const id = ++this.questions;
    return new Promise((done, failed) => {
      const hear = (found: Found): void => {
        if (found.id !== id) return;
        probe.off("message", hear).off("exit", end);
        done(found);
      };
      const end = (code: number | null): void => {
        failed(new Error(`the probe ended with ${code}`));
      };
      probe.on("message", hear).on("exit", end);
      probe.send({ id, ...question });
    });
  }

  dispose(): void {
    if (!running.delete(this)) return;
    for (const probe of this.probes.values()) probe.kill("SIGKILL");
    for (const namespace of [this.callers, this.wall, this.machine]) namespace.dispose();
  }
}
