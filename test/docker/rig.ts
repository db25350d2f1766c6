import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Agent } from "node:http";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Context } from "mocha";
import { EngineStack, type Run } from "../rig/engine";
import { ask, type Answer } from "../rig/http";
import { freePort } from "../rig/port";
import { portsOf, serveProviders } from "../rig/providers";
import { needsPulumi } from "../rig/pulumi";
import { docker } from "../simulators/docker";
import { random } from "../simulators/random";
import type { ServedProvider } from "../simulators/server";
import { tls } from "../simulators/tls";

const repository = resolve(__dirname, "../..");
const rigFolder = process.env.BERTH_RIG ?? join(homedir(), ".cache/berth-rig");

/** The Docker of the tests: `BERTH_DOCKER_HOST`, `DOCKER_HOST`, else the rig's own; undefined when none runs. */
export const dockerHost: string | undefined =
  process.env.BERTH_DOCKER_HOST ??
  process.env.DOCKER_HOST ??
  (existsSync(join(rigFolder, "docker/run/docker.sock"))
    ? `unix://${join(rigFolder, "docker/run/docker.sock")}`
    : undefined);

/** Skips with the reason, or fails where rigs are required, when the engine or Docker is missing. */
export function needsDocker(context: Context): void {
  needsPulumi(context);
  if (dockerHost !== undefined) return;
  const reason = "no Docker answers; run test/rig/dockerd.sh up, or set BERTH_DOCKER_HOST";
  if (process.env.BERTH_RIG_REQUIRED === "1") throw new Error(reason);
  console.error(`skipped: ${reason}`);
  context.skip();
}

/** One application under test: a Compose file of its own, the real program, engine and Docker. */
export class Bench {
  readonly folder: string;
  readonly prefix: string;
  #served: Readonly<Record<string, ServedProvider>> = {};
  stack!: EngineStack;

  private constructor(
    readonly name: string,
    readonly http: number,
    stack: string,
  ) {
    this.folder = mkdtempSync(join(tmpdir(), "berth-docker-"));
    this.prefix = `${name}-${stack}`;
  }

  /** One with a name and ports of its own, so that two runs on one Docker leave each other alone. */
  static async alone(
    label: string,
    config: Readonly<Record<string, unknown>> = {},
    stack?: string,
  ): Promise<Bench> {
    return Bench.create(`${label}${process.pid}`, await freePort(), config, stack);
  }

  /**
   * @param name The application's: its containers are called `<name>-rig-…`.
   * @param http The port that the edge listens on.
   * @param config Stack config besides cloud, compose and listen.
   * @param stack Default: `rig`.
   */
  static async create(
    name: string,
    http: number,
    config: Readonly<Record<string, unknown>> = {},
    stack = "rig",
  ): Promise<Bench> {
    const bench = new Bench(name, http, stack);
    bench.buildApp();
    const host = dockerHost!;
    const simulators = [docker({ env: {}, host, folder: repository }), random, tls()];
    bench.#served = await serveProviders(simulators);
    bench.stack = await EngineStack.create({
      name: stack,
      project: repository,
      config: {
        cloud: "local",
        compose: join(bench.folder, "compose.yaml"),
        listen: { http, https: await freePort() },
        // The rig's Traefik.
        images: { traefik: "traefik:v3.5" },
        ...config,
      },
      providers: portsOf(bench.#served),
      env: { DOCKER_HOST: host },
    });
    return bench;
  }

  /** The image `berth-test-app:1`, from one C file. */
  private buildApp(): void {
    const app = join(this.folder, "app");
    mkdirSync(app);
    execFileSync("cc", ["-static", "-Os", "-o", join(app, "app"), join(__dirname, "app/app.c")]);
    copyFileSync(join(__dirname, "app/Dockerfile"), join(app, "Dockerfile"));
    this.docker("build", "-q", "-t", "berth-test-app:1", app);
  }

  /** Writes the Compose file; `services` as YAML. */
  compose(text: string): void {
    writeFileSync(join(this.folder, "compose.yaml"), `name: ${this.name}\n${text}`);
  }

  /** The docker program against the Docker of the tests. */
  docker(...args: readonly string[]): string {
    return execFileSync("docker", ["--host", dockerHost!, ...args], {
      encoding: "utf8",
      env: { ...process.env, DOCKER_BUILDKIT: "0" },
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }

  /** Names of this application's containers, sorted. */
  containers(...more: readonly string[]): string[] {
    const names = this.docker(
      "ps",
      "-a",
      "--filter",
      `label=berth.project=berth`,
      "--filter",
      `name=^${this.prefix}-`,
      "--format",
      "{{.Names}}",
      ...more,
    );
    return names
      .split("\n")
      .filter((name) => name !== "")
      .sort();
  }

  /** One request to the edge; status 0 where there was no answer. */
  get(host: string, path = "/", agent?: Agent): Promise<Answer> {
    return ask({ port: this.http, host, path, agent, patience: 10 });
  }

  /** Takes everything down, also what is protected and what state does not know. */
  async dispose(): Promise<void> {
    this.stack.halt();
    await this.stack.cancel();
    await this.stack.destroy({ args: ["--exclude-protected"] });
    for (const name of this.containers()) this.docker("rm", "-f", name);
    for (const kind of ["volume", "network"])
      for (const name of this.docker(kind, "ls", "-q", "--filter", `name=${this.prefix}-`).split(
        "\n",
      ))
        if (name !== "") this.docker(kind, "rm", name);
    this.stack.dispose();
    for (const served of Object.values(this.#served)) await served.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a failed command wrote, for the message of an assertion. */
export const said = (run: Run): string => `${run.stdout}\n${run.stderr}`;
