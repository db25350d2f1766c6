import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get, request as plain } from "node:http";
import { request as secure } from "node:https";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { EngineStack, type Checkpoint, type Run, type StackOptions } from "../rig/engine";
import { portsOf, serveProviders } from "../rig/providers";
import { docker } from "../simulators/docker";
import { random } from "../simulators/random";
import type { ServedProvider } from "../simulators/server";
import { tls } from "../simulators/tls";
import type { Pair } from "./authority";
import { Cloud, type SimulatedCloud } from "./cloud";
import { webPorts } from "./machine";

const repository = resolve(__dirname, "../..");

/** An application on the machine of a simulated cloud, by the real program and engine. */
export class Deployment {
  readonly folder = mkdtempSync(join(tmpdir(), "berth-deployment-"));
  readonly cloud: Cloud;
  /** The tls provider's clock. */
  now = (): Date => new Date();
  stack!: EngineStack;
  private served: Readonly<Record<string, ServedProvider>> = {};

  private constructor(cloud: SimulatedCloud, address: string) {
    this.cloud = new Cloud(cloud, address);
  }

  /** @param options `text`: the Compose file, or `configFile`: a stack file that names one. */
  static async create(
    address: string,
    {
      text,
      cloud = "digitalocean",
      ...options
    }: Partial<StackOptions> & { readonly text?: string; readonly cloud?: SimulatedCloud },
  ): Promise<Deployment> {
    const made = new Deployment(cloud, address);
    made.served = await serveProviders([
      docker({ env: {}, folder: repository }),
      made.cloud.simulator(),
      random,
      tls(() => made.now()),
    ]);
    const compose = join(made.folder, "compose.yaml");
    if (text !== undefined) writeFileSync(compose, text);
    made.stack = await EngineStack.create({
      name: "qa",
      project: repository,
      providers: portsOf(made.served),
      ...options,
      config: {
        cloud,
        ...(cloud === "digitalocean" && { "digitalocean:token": "t" }),
        ...(cloud === "gcp" && { "gcp:project": "acme-qa" }),
        ...(text === undefined ? {} : { compose }),
        operators: ["203.0.113.0/24"],
        // No bucket is there: test/docker/backups.test.ts is about them.
        backups: false,
        // The rig's Traefik.
        images: { traefik: "traefik:v3.5" },
        ...options.config,
      },
    });
    return made;
  }

  /** The docker program on the machine. */
  docker(...args: readonly string[]): string {
    return this.cloud.machine.run("docker", ...args);
  }

  /** Ids of the application's containers by name. */
  containers(): Record<string, string> {
    const lines = this.docker("ps", "-a", "--no-trunc", "--format", "{{.Names}} {{.ID}}");
    return Object.fromEntries(
      lines
        .split("\n")
        .filter((line) => line !== "")
        .sort()
        .map((line) => line.split(" ")),
    ) as Record<string, string>;
  }

  /** One request to the edge, over TLS without looking at its certificate. */
  call(host: string, path: string, body?: object): Promise<Answer> {
    return this.send(true, host, path, body);
  }

  /** One request to port 80. */
  callPlain(host: string, path: string): Promise<Answer> {
    return this.send(false, host, path);
  }

  private send(tlsToo: boolean, host: string, path: string, body?: object): Promise<Answer> {
    const options = {
      host: this.cloud.address,
      port: tlsToo ? webPorts.https : webPorts.http,
      path,
      method: body === undefined ? "GET" : "POST",
      headers: { host, "content-type": "application/json" },
      timeout: 60_000,
      agent: false as const,
    };
    return new Promise((done, failed) => {
      const sent = tlsToo
        ? secure({ ...options, servername: host, rejectUnauthorized: false })
        : body === undefined
          ? get(options)
          : plain(options);
      sent.on("response", (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => {
          const { location = "" } = response.headers;
          done({ status: response.statusCode ?? 0, body: text, location });
        });
      });
      sent.on("timeout", () => sent.destroy(new Error("no answer in a minute")));
      sent.on("error", failed);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** The certificates in the stack's state by what they are for. */
  async certificates(): Promise<Record<Role, Pair>> {
    const state = await this.stack.export({ showSecrets: true });
    const pair = (role: Role): Pair => ({
      cert: opened(part(state, `-${role}`).outputs!.certPem),
      key: opened(part(state, `-${role}-key`).outputs!.privateKeyPem),
    });
    return { ca: pair("ca"), server: pair("server"), client: pair("client") };
  }

  /** Puts another certificate and key in the place of the stack's client certificate, as an edited state has it. */
  async impersonate({ cert, key }: Pair): Promise<void> {
    const state = await this.stack.export({ showSecrets: true });
    const certificate = part(state, "-client").outputs!;
    certificate.certPem = cert;
    for (const [name, at] of [
      ["-client-key", "outputs"],
      ["-client-request", "inputs"],
      ["-client-request", "outputs"],
    ] as const) {
      const values = part(state, name)[at]!;
      values.privateKeyPem = {
        ...(values.privateKeyPem as object),
        plaintext: JSON.stringify(key),
      };
    }
    await this.stack.import(state);
  }

  /** Leaves nothing: the machine is destroyed with all that runs on it. */
  async dispose(): Promise<void> {
    (this.stack as EngineStack | undefined)?.dispose();
    for (const served of Object.values(this.served)) await served.close();
    this.cloud.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What the edge answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly location: string;
}

/** Whose a certificate is: the stack's authority's, the machine's, Pulumi's. */
type Role = "ca" | "server" | "client";

type StateResource = NonNullable<Checkpoint["deployment"]["resources"]>[number];

interface Part {
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
}

/** One resource of the machine's certificates. */
function part({ deployment }: Checkpoint, end: string): Part {
  const found = deployment.resources!.find(
    ({ type, urn }: StateResource) => type.startsWith("tls:") && urn.endsWith(`-machine${end}`),
  );
  return found as Part;
}

/** A text of a state that is shown with its secrets. */
function opened(value: unknown): string {
  return typeof value === "string"
    ? value
    : (JSON.parse((value as { plaintext: string }).plaintext) as string);
}

/** `op type name` of each step that did something, but of the stack's own. */
export function changes(run: Run): string[] {
  return run.steps
    .filter(({ op, type }) => !/^(same|read)$/.test(op) && type !== "pulumi:pulumi:Stack")
    .map(({ op, type, name }) => `${op} ${type} ${name}`);
}
