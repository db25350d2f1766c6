import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get, request as plain } from "node:http";
import { request as secure } from "node:https";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { EngineStack, type Run, type StackOptions } from "../rig/engine";
import { docker } from "../simulators/docker";
import { random } from "../simulators/random";
import { serve, type Served } from "../simulators/server";
import { tls } from "../simulators/tls";
import { Cloud } from "./cloud";
import { webPorts } from "./machine";

const repository = resolve(__dirname, "../..");

/** An application on a machine of the simulated DigitalOcean, by the real program and engine. */
export class Deployment {
  readonly folder = mkdtempSync(join(tmpdir(), "berth-deployment-"));
  readonly cloud: Cloud;
  /** The tls provider's clock. */
  now = (): Date => new Date();
  stack!: EngineStack;
  private readonly served: Served[] = [];

  private constructor(address: string) {
    this.cloud = new Cloud(address);
  }

  /** @param options `text`: the Compose file, or `configFile`: a stack file that names one. */
  static async create(
    address: string,
    { text, ...options }: Partial<StackOptions> & { readonly text?: string },
  ): Promise<Deployment> {
    const made = new Deployment(address);
    for (const simulator of [
      docker({ env: {}, folder: repository }),
      made.cloud.simulator(),
      random,
      tls(() => made.now()),
    ])
      made.served.push(await serve(simulator));
    const [dockerPort, cloudPort, randomPort, tlsPort] = made.served.map(({ port }) => port);
    const compose = join(made.folder, "compose.yaml");
    if (text !== undefined) writeFileSync(compose, text);
    made.stack = await EngineStack.create({
      name: "qa",
      project: repository,
      providers: {
        docker: dockerPort!,
        digitalocean: cloudPort!,
        random: randomPort!,
        tls: tlsPort!,
      },
      ...options,
      config: {
        cloud: "digitalocean",
        "digitalocean:token": "t",
        ...(text === undefined ? {} : { compose }),
        operators: ["127.0.0.0/8"],
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

  /** Leaves nothing: the machine is destroyed with all that runs on it. */
  async dispose(): Promise<void> {
    this.cloud.dispose();
    (this.stack as EngineStack | undefined)?.dispose();
    for (const served of this.served) await served.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What the edge answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly location: string;
}

/** `op type name` of each step that did something, but of the stack's own. */
export function changes(run: Run): string[] {
  return run.steps
    .filter(({ op, type }) => !/^(same|read)$/.test(op) && type !== "pulumi:pulumi:Stack")
    .map(({ op, type, name }) => `${op} ${type} ${name}`);
}
