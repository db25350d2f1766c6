import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { readEvents } from "./events";
import type { Events, Step } from "./events";
import { killGroup } from "./processes";
import { realProviders, shareInstalledPlugins } from "./providers";
import { pulumiPath } from "./pulumi";

/** What a stack is made of. */
export interface StackOptions {
  readonly name: string;
  /** Folder with the Pulumi.yaml; nothing is written into it. */
  readonly project: string;
  /** Stack file to start from, such as `Pulumi.qa.yaml`; its copy is used. */
  readonly configFile?: string;
  /** Values laid over the stack file by key; a key without a namespace is the project's. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Secrets by config path, such as `secrets.STRIPE_KEY`. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Port of the gRPC server on this machine that stands for each provider plugin. */
  readonly providers: Readonly<Record<string, number>>;
  /** Environment of the CLI and of the program over this process's own, which gives its `PULUMI_*` and `DOCKER_*` away. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What one command of the CLI did. */
export interface Run extends Events {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** How one operation is run. */
export interface RunOptions {
  /** More arguments, such as `--exclude-protected` or `--target`. */
  readonly args?: readonly string[];
  /** Previews before `up`, `refresh` and `destroy` as the CLI does by default. Default: no, to save its time. */
  readonly preview?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

type Operation = "preview" | "up" | "refresh" | "destroy";

/** An operation under way. */
export interface Running {
  readonly done: Promise<Run>;
  /** Waits until a step matches; rejects when the operation ends without one. */
  reached(matches: (step: Step) => boolean): Promise<Step>;
  /** Kills the CLI, the language host and the program as a power cut would, and waits for their end. */
  kill(): Promise<Run>;
}

const passphrase = "a passphrase of the tests";
const alive = new Map<ChildProcess, { stack: EngineStack; operation: string; eventLog: string }>();
process.on("exit", () => {
  for (const child of alive.keys()) killGroup(child);
});

/** A stack on the real engine, in a file backend of its own, with attached providers. */
export class EngineStack {
  /** Temporary folder with `state`, `home` and `config`; all that the CLI writes is below it. */
  readonly folder: string;
  /** The stack file in use. */
  readonly configFile: string;
  private runs = 0;

  private constructor(private readonly options: StackOptions) {
    this.folder = mkdtempSync(join(tmpdir(), "berth-engine-"));
    for (const name of ["state", "home", "config"]) mkdirSync(join(this.folder, name));
    if (realProviders) shareInstalledPlugins(join(this.folder, "home"));
    this.configFile = join(this.folder, "config", `Pulumi.${options.name}.yaml`);
  }

  /** Makes the stack and its stack file. @throws Error when the CLI is missing or refuses. */
  static async create(options: StackOptions): Promise<EngineStack> {
    const stack = new EngineStack(options);
    const definition = join(resolve(options.project), "Pulumi.yaml");
    copyFileSync(definition, join(stack.folder, "config", "Pulumi.yaml"));
    if (options.configFile) copyFileSync(options.configFile, stack.configFile);
    stack.configure(options.config ?? {});
    await stack.demand(["stack", "init", options.name]);
    await stack.setSecrets(options.secrets ?? {});
    return stack;
  }

  /** Lays `config` over the stack file; undefined takes a key away. */
  configure(config: Readonly<Record<string, unknown>>): void {
    const { name } = parse(
      readFileSync(join(this.folder, "config", "Pulumi.yaml"), "utf8"),
    ) as Record<string, string>;
    const before = existsSync(this.configFile) ? readFileSync(this.configFile, "utf8") : "";
    const file = (parse(before) ?? {}) as { config?: Record<string, unknown> };
    const entries = Object.entries(config).map(([key, value]) => [
      key.includes(":") ? key : `${name ?? ""}:${key}`,
      value,
    ]);
    file.config = { ...file.config, ...(Object.fromEntries(entries) as object) };
    writeFileSync(this.configFile, stringify(file));
  }

  /** Sets secrets by config path, encrypted as `pulumi config set --secret --path` does. */
  async setSecrets(secrets: Readonly<Record<string, string>>): Promise<void> {
    const pairs = Object.entries(secrets).flatMap(([path, value]) => [
      "--secret",
      `${path}=${value}`,
    ]);
    if (pairs.length === 0) return;
    await this.demand(["config", "set-all", "--path", "--stack", this.options.name, ...pairs]);
  }

  preview(options?: RunOptions): Promise<Run> {
    return this.start("preview", options).done;
  }

  up(options?: RunOptions): Promise<Run> {
    return this.start("up", options).done;
  }

  refresh(options?: RunOptions): Promise<Run> {
    return this.start("refresh", options).done;
  }

  destroy(options?: RunOptions): Promise<Run> {
    return this.start("destroy", options).done;
  }

  /** Gives up the lock that a killed update left. */
  cancel(): Promise<Run> {
    return this.command(["cancel", "--yes", "--stack", this.options.name]).done;
  }

  /** The state as `pulumi stack export` gives it. */
  async export({ showSecrets = false } = {}): Promise<Checkpoint> {
    const args = ["stack", "export", "--stack", this.options.name];
    const { stdout } = await this.demand(showSecrets ? [...args, "--show-secrets"] : args);
    return JSON.parse(stdout) as Checkpoint;
  }

  /** Puts an edited state in the place of the stack's own, as `pulumi stack import` does. */
  async import(state: Checkpoint): Promise<void> {
    const file = join(this.folder, "imported.json");
    writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
    await this.demand(["stack", "import", "--stack", this.options.name, "--file", file]);
  }

  /** The stack's outputs; a secret is `[secret]` unless shown. */
  async outputs({ showSecrets = false } = {}): Promise<Record<string, unknown>> {
    const args = ["stack", "output", "--json", "--stack", this.options.name];
    const { stdout } = await this.demand(showSecrets ? [...args, "--show-secrets"] : args);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** Starts an operation, to be awaited, watched or killed. */
  start(operation: Operation, { args = [], preview = false, env = {} }: RunOptions = {}): Running {
    const eventLog = join(this.folder, `events-${++this.runs}.json`);
    const all = [operation, "--stack", this.options.name, "--config-file", this.configFile];
    all.push("--event-log", eventLog);
    if (operation !== "preview") all.push("--yes", ...(preview ? [] : ["--skip-preview"]));
    return this.command([...all, ...args], { cwd: resolve(this.options.project), eventLog, env });
  }

  /** Kills what still runs, as after a test that ran out of time, and says what it was waiting for. */
  halt(): void {
    for (const [child, { stack, operation, eventLog }] of alive) {
      if (stack !== this) continue;
      const steps = readEvents(eventLog).steps.filter(({ outcome }) => outcome === "begun");
      const waiting = steps.map(({ op, name }) => `${op} ${name}`).join(", ");
      console.error(`killed pulumi ${operation}, which waited for: ${waiting || "no step"}`);
      killGroup(child);
      alive.delete(child);
    }
  }

  /** Removes all that the stack left on this machine; resources stay as they are. `BERTH_RIG_KEEP=1` keeps the folder and says where it is. */
  dispose(): void {
    this.halt();
    if (process.env.BERTH_RIG_KEEP === "1") console.error(`kept ${this.folder}`);
    else rmSync(this.folder, { recursive: true, force: true });
  }

  private async demand(args: readonly string[]): Promise<Run> {
    const run = await this.command(args).done;
    if (run.code === 0) return run;
    throw new Error(`pulumi ${args[0] ?? ""}: ${run.stderr.trim() || run.stdout.trim()}`);
  }

  private command(
    args: readonly string[],
    { cwd = join(this.folder, "config"), eventLog = "", env = {} } = {},
  ): Running {
    const begun = Date.now();
    const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd,
      env: { ...this.environment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    alive.set(child, { stack: this, operation: args[0] ?? "", eventLog });
    const text = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (chunk: string) => (text[stream] += chunk));
    }
    let ended = false;
    const done = new Promise<Run>((fulfil, reject) => {
      child.once("error", reject).once("close", (code) => {
        ended = true;
        alive.delete(child);
        fulfil({ code, ...text, ...readEvents(eventLog), seconds: (Date.now() - begun) / 1000 });
      });
    });
    const reached = async (matches: (step: Step) => boolean): Promise<Step> => {
      for (;;) {
        const last = ended;
        const step = readEvents(eventLog).steps.find(matches);
        if (step !== undefined) return step;
        if (last) throw new Error(`the operation ended without that step\n${text.stdout}`);
        await sleep(20);
      }
    };
    const kill = (): Promise<Run> => {
      killGroup(child);
      return done;
    };
    return { done, reached, kill };
  }

  /** The environment of the CLI: for other programs that call it. */
  environment(): NodeJS.ProcessEnv {
    const own = Object.entries(process.env).filter(([key]) => !/^(PULUMI|DOCKER)_/.test(key));
    const providers = Object.entries(this.options.providers).map((pair) => pair.join(":"));
    return {
      ...Object.fromEntries(own),
      PATH: pulumiPath(),
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: backend(join(this.folder, "state")),
      PULUMI_CONFIG_PASSPHRASE: passphrase,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: String(!realProviders),
      // The event log is an option of debugging commands only.
      PULUMI_DEBUG_COMMANDS: "true",
      PULUMI_DEBUG_PROVIDERS: providers.join(","),
      ...this.options.env,
    };
  }
}

/** The parts of an exported state that tests read. */
export interface Checkpoint {
  readonly deployment: {
    readonly resources?: readonly StateResource[];
    readonly pending_operations?: readonly { type: string; resource: StateResource }[];
  };
}

/** One resource in the state. */
interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly parent?: string;
  readonly provider?: string;
  readonly protect?: boolean;
  readonly delete?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

// Pulumi replaces the state in one step, but not the file of attributes beside it: killed in between, it finds that
// one empty, and says "failed to load checkpoint: EOF" ever after. So there is none.
// https://pkg.go.dev/gocloud.dev/blob/fileblob#URLOpener
const backend = (folder: string): string => `file://${folder}?metadata=skip`;
