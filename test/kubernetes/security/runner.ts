import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { get } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { KubernetesObject } from "../../rig/kube/api";
import {
  Contents,
  environmentOf,
  plain,
  podsIn,
  rights,
  Volumes,
  type Container,
  type Probe,
  type Spec,
} from "./pod";

const run = promisify(execFile);

/** Longest wait for one pod, in seconds. */
const patience = 240;

/** Pods of a cluster as containers of a Docker on this computer: same rights, files and environment. */
export class PodRunner {
  readonly pods: ReadonlyMap<string, Spec>;
  private readonly contents: Contents;
  private readonly volumes: Volumes;
  private readonly folder = mkdtempSync(join(tmpdir(), "berth-pods-"));
  private readonly prefix: string;
  private readonly started: string[] = [];

  constructor(
    private readonly host: string,
    label: string,
    private readonly objects: readonly KubernetesObject[],
    /** The image on this Docker for each container. */
    private readonly imageOf: (container: Container) => string,
  ) {
    this.prefix = `pods${process.pid}-${label}`;
    this.pods = podsIn(objects);
    this.contents = new Contents(objects);
    this.volumes = new Volumes(this.folder, this.contents);
  }

  async docker(...args: readonly string[]): Promise<string> {
    const { stdout, stderr } = await run("docker", ["--host", this.host, ...args], {
      env: { ...process.env, DOCKER_BUILDKIT: "0" },
    });
    return (stdout + (args[0] === "logs" ? stderr : "")).trim();
  }

  async network(): Promise<void> {
    await this.docker("network", "create", this.prefix);
  }

  /** Starts a pod, what fills its volumes first. */
  async start(name: string): Promise<void> {
    const spec = this.pods.get(name)!;
    for (const [number, container] of (spec.initContainers ?? []).entries())
      await this.docker(
        "run",
        "--rm",
        ...this.runArguments(name, `init-${number}`, spec, container),
      );
    const [first, ...others] = spec.containers;
    const names = this.objects
      .filter(({ kind, spec: service }) => kind === "Service" && selects(service, name))
      .flatMap(({ metadata }) => ["--network-alias", metadata.name]);
    const own = this.containerOf(name);
    this.started.push(own);
    await this.docker(
      "run",
      "--detach",
      "--network",
      this.prefix,
      ...names,
      ...this.runArguments(name, "", spec, first!),
    );
    for (const [number, container] of others.entries()) {
      this.started.push(`${own}-${number}`);
      await this.docker(
        "run",
        "--detach",
        "--network",
        `container:${own}`,
        ...this.runArguments(name, String(number), spec, container),
      );
    }
  }

  containerOf(pod: string): string {
    return `${this.prefix}-${pod}`;
  }

  private runArguments(pod: string, part: string, spec: Spec, container: Container): string[] {
    const [entry, ...words] = plain(container.command);
    const inside = part !== "" && !part.startsWith("init");
    const { securityContext: own } = container;
    // The kernel settings are the pod's, and so its first container's.
    const pods = inside ? { ...spec.securityContext, sysctls: [] } : spec.securityContext;
    const flags = rights(pods, own);
    const at = flags.indexOf("--sysctl");
    return [
      "--name",
      this.containerOf(pod) + (part === "" ? "" : `-${part}`),
      ...(inside && at >= 0 ? flags.slice(0, at) : flags),
      ...[...environmentOf(container, this.contents)].flatMap(([key, value]) => [
        "--env",
        `${key}=${value}`,
      ]),
      ...this.volumes.mounts(pod, spec, container),
      ...(container.workingDir === undefined ? [] : ["--workdir", container.workingDir]),
      ...(entry === undefined ? [] : ["--entrypoint", entry]),
      this.imageOf(container),
      ...words,
      ...plain(container.args),
    ];
  }

  /** Waits until a pod is ready. @throws Error with its last lines when it ends or takes too long. */
  async ready(name: string): Promise<void> {
    const own = this.containerOf(name);
    const [container] = this.pods.get(name)!.containers;
    const { readinessProbe: probe, ports = [] } = container!;
    const [door] = ports.filter(({ protocol = "TCP" }) => protocol === "TCP");
    const asked: Probe | undefined =
      probe ?? (door === undefined ? undefined : { tcpSocket: { port: door.containerPort } });
    const end = Date.now() + patience * 1000;
    for (;;) {
      const format = "{{.State.Running}} {{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
      const [running, address = ""] = (await this.docker("inspect", "-f", format, own)).split(" ");
      if (running !== "true") throw await this.failure(name, "it ended");
      if (asked === undefined) return;
      if (await this.answers(own, address, asked)) return;
      if (Date.now() > end) throw await this.failure(name, `not ready after ${patience} s`);
      await sleep(700);
    }
  }

  private async answers(own: string, address: string, probe: Probe): Promise<boolean> {
    const { exec, httpGet, tcpSocket } = probe;
    if (exec !== undefined)
      return this.docker("exec", own, ...plain(exec.command)).then(
        () => true,
        () => false,
      );
    return new Promise((done) => {
      if (httpGet !== undefined)
        get({ host: address, ...httpGet, timeout: 3000 }, (response) => {
          response.resume();
          done((response.statusCode ?? 500) < 400);
        })
          .on("error", () => {
            done(false);
          })
          .on("timeout", () => {
            done(false);
          });
      else {
        const socket = connect({ host: address, port: tcpSocket!.port, timeout: 3000 });
        const end = (good: boolean) => (): void => {
          socket.destroy();
          done(good);
        };
        socket.on("connect", end(true)).on("error", end(false)).on("timeout", end(false));
      }
    });
  }

  /** Waits until a job's pod has ended well. @throws Error with its last lines. */
  async completed(name: string): Promise<void> {
    const code = await this.docker("wait", this.containerOf(name));
    if (code !== "0") throw await this.failure(name, `it failed with exit code ${code}`);
  }

  /** Stops a pod's container; the exit code. */
  async stop(name: string, seconds: number): Promise<number> {
    await this.docker("stop", "-t", String(seconds), this.containerOf(name));
    return Number(
      await this.docker("inspect", "-f", "{{.State.ExitCode}}", this.containerOf(name)),
    );
  }

  private async failure(name: string, what: string): Promise<Error> {
    const lines = await this.docker("logs", "--tail", "15", this.containerOf(name));
    return new Error(`${name}: ${what}; its last lines:\n${lines}`);
  }

  async end(): Promise<void> {
    if (this.started.length > 0)
      await this.docker("rm", "--force", "--volumes", ...this.started).catch(() => undefined);
    await this.docker("network", "rm", this.prefix).catch(() => undefined);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function selects(spec: unknown, pod: string): boolean {
  const { selector } = spec as { selector?: Readonly<Record<string, string>> };
  return selector?.["berth.service"] === pod;
}
