import * as http from "node:http";
import * as https from "node:https";
import type * as pulumi from "@pulumi/pulumi";
import type { DockerEndpoint } from "../../clouds/cloud";

/** What of a container's state matters here (Docker Engine API, ContainerInspect). */
export interface ContainerState {
  readonly Id: string;
  readonly Name: string;
  /** The id of its image. */
  readonly Image?: string;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly Restarting?: boolean;
    readonly ExitCode: number;
    readonly Error?: string;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null };
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<
      Record<string, { readonly IPAddress: string; readonly Aliases: readonly string[] | null }>
    >;
  };
  readonly Mounts?: readonly { readonly Name?: string; readonly Destination: string }[];
  readonly HostConfig?: { readonly RestartPolicy: { readonly Name: string } };
}

/** Why Docker did not answer: Node's or OpenSSL's code, and one line. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

interface Address {
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: number;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/**
 * The few calls of the Docker Engine API that the provider has no resource for: watching a job, checks before
 * an update, and cleaning up after an interrupted one. The same endpoint and certificates as the provider's.
 */
export class EngineApi {
  private address: Promise<Address> | undefined;

  constructor(private readonly endpoint: DockerEndpoint) {}

  /** Whether Docker answers; undefined: it does, else the code and the message of the failure. */
  async ping(): Promise<Refusal | undefined> {
    try {
      const { status, body } = await this.call("GET", "/_ping", 5);
      return status === 200 ? undefined : { code: `HTTP_${status}`, message: messageOf(body) };
    } catch (error) {
      const cause = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
      // An error without a code is this program's own timeout.
      const message = cause.message
        .replace(/^docker: /, "")
        .trim()
        .split("\n")[0]!;
      return { code: cause.code ?? "ETIMEDOUT", message };
    }
  }

  /** The version of the API that Docker speaks: `1.45`. */
  async version(): Promise<string> {
    const { status, body } = await this.call("GET", "/version");
    return (this.parsed(status, body, "version") as { ApiVersion: string }).ApiVersion;
  }

  /** The container of that id or name; undefined when it does not exist. */
  async inspect(container: string): Promise<ContainerState | undefined> {
    const { status, body } = await this.call("GET", `/containers/${container}/json`);
    if (status === 404) return undefined;
    return this.parsed(status, body, "inspect") as ContainerState;
  }

  async start(container: string): Promise<void> {
    const { status, body } = await this.call("POST", `/containers/${container}/start`);
    if (status !== 304) this.ok(status, body, "start");
  }

  async rename(container: string, name: string): Promise<void> {
    const { status, body } = await this.call(
      "POST",
      `/containers/${container}/rename?name=${encodeURIComponent(name)}`,
    );
    this.ok(status, body, "rename");
  }

  /** Stops it within `grace` seconds, by default its own; no error when it is not running or does not exist. */
  async stop(container: string, grace?: number): Promise<void> {
    const query = grace === undefined ? "" : `?t=${grace}`;
    const { status, body } = await this.call(
      "POST",
      `/containers/${container}/stop${query}`,
      (grace ?? 3600) + 60,
    );
    if (![304, 404].includes(status)) this.ok(status, body, "stop");
  }

  /** Stops it within `grace` seconds and removes it; no error when it does not exist. */
  async remove(container: string, grace: number): Promise<void> {
    await this.stop(container, grace);
    const { status, body } = await this.call("DELETE", `/containers/${container}?force=1`);
    if (![404, 409].includes(status)) this.ok(status, body, "remove");
  }

  /** Names of the containers that carry all of these labels, running or not. */
  async list(labels: Readonly<Record<string, string>>): Promise<{ id: string; name: string }[]> {
    const filters = { label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) };
    const { status, body } = await this.call(
      "GET",
      `/containers/json?all=1&filters=${encodeURIComponent(JSON.stringify(filters))}`,
    );
    const found = this.parsed(status, body, "list") as { Id: string; Names: string[] }[];
    return found.map(({ Id, Names }) => ({ id: Id, name: (Names[0] ?? "").replace(/^\//, "") }));
  }

  /** The last lines that a container wrote, oldest first. */
  async logs(container: string, lines: number): Promise<string[]> {
    const { status, body } = await this.call(
      "GET",
      `/containers/${container}/logs?stdout=1&stderr=1&tail=${lines}`,
    );
    if (status !== 200) return [];
    return demultiplex(body)
      .toString("utf8")
      .split("\n")
      .map((line) => line.trimEnd())
      .filter((line) => line !== "");
  }

  /** What a command in a running container writes to its standard output; by default its own user runs it. */
  async exec(container: string, command: readonly string[], user?: string): Promise<string> {
    const asked = { AttachStdout: true, Cmd: command, ...(user !== undefined && { User: user }) };
    const made = await this.call("POST", `/containers/${container}/exec`, 60, asked);
    const { Id } = this.parsed(made.status, made.body, "exec") as { Id: string };
    const run = await this.call("POST", `/exec/${Id}/start`, 60, { Detach: false, Tty: false });
    return demultiplex(this.ok(run.status, run.body, "exec")).toString("utf8");
  }

  /** The environment that an image comes with, by name; empty when the image does not exist. */
  async imageEnvironment(image: string): Promise<Readonly<Record<string, string>>> {
    const { status, body } = await this.call("GET", `/images/${encodeURIComponent(image)}/json`);
    if (status === 404) return {};
    const { Config } = this.parsed(status, body, "inspect") as {
      Config: { Env: readonly string[] | null } | null;
    };
    return Object.fromEntries(
      (Config?.Env ?? []).map((pair) => {
        const [name = "", ...value] = pair.split("=");
        return [name, value.join("=")];
      }),
    );
  }

  /** Makes a container and does not start it; gives its id. */
  async create(body: object): Promise<string> {
    const made = await this.call("POST", "/containers/create", 60, body);
    return (this.parsed(made.status, made.body, "create") as { Id: string }).Id;
  }

  /** A small file of a container, whether it runs or not; undefined when it does not exist. */
  async read(container: string, path: string): Promise<string | undefined> {
    const { status, body } = await this.call(
      "GET",
      `/containers/${container}/archive?path=${encodeURIComponent(path)}`,
    );
    if (status === 404) return undefined;
    // A tar archive: the first header has 512 bytes, with the size in octal digits at 124 (POSIX ustar).
    const archive = this.ok(status, body, "read");
    const size = parseInt(archive.toString("ascii", 124, 136), 8);
    return archive.toString("utf8", 512, 512 + size);
  }

  private parsed(status: number, body: Buffer, what: string): unknown {
    return JSON.parse(this.ok(status, body, what).toString("utf8")) as unknown;
  }

  private ok(status: number, body: Buffer, what: string): Buffer {
    if (status < 300) return body;
    throw plainError(`docker: ${what}: ${messageOf(body)} (${status})`);
  }

  private async call(
    method: string,
    path: string,
    seconds = 60,
    sent?: object,
  ): Promise<{ status: number; body: Buffer }> {
    this.address ??= resolve(this.endpoint);
    const { tls, ...address } = await this.address;
    return new Promise((done, fail) => {
      const request = (tls === undefined ? http : https).request(
        {
          ...address,
          ...tls,
          method,
          path,
          timeout: seconds * 1000,
          ...(sent === undefined ? {} : { headers: { "content-type": "application/json" } }),
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", fail);
          response.on("end", () => {
            done({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) });
          });
        },
      );
      request.on("timeout", () => {
        request.destroy(plainError(`docker: no answer within ${seconds} seconds`));
      });
      request.on("error", (error) => {
        const words = `docker: ${error.message}; is Docker running, and this address allowed?`;
        fail(plainError(words, error));
      });
      request.end(sent === undefined ? undefined : JSON.stringify(sent));
    });
  }
}

/** An error that prints as its message alone: it is about the user's application, so a stack trace would not help. */
export function plainError(message: string, cause?: Error): Error {
  const error = new Error(message, { cause });
  error.stack = message;
  return error;
}

/** @throws Error for a host that is neither a socket nor an address. */
async function resolve(endpoint: DockerEndpoint): Promise<Address> {
  const [host, ca, cert, key] = await Promise.all([
    valueOf(endpoint.host),
    valueOf(endpoint.ca),
    valueOf(endpoint.cert),
    valueOf(endpoint.key),
  ]);
  const where = host ?? process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
  const url = new URL(where);
  if (url.protocol === "unix:") return { socketPath: where.slice("unix://".length) };
  if (url.protocol === "npipe:") return { socketPath: where.slice("npipe:".length) };
  if (!["tcp:", "http:", "https:"].includes(url.protocol))
    throw plainError(`DOCKER_HOST: cannot talk to "${where}"; use a unix:// or tcp:// address`);
  const secure = ca !== undefined || url.protocol === "https:";
  return {
    host: url.hostname,
    port: Number(url.port === "" ? (secure ? 2376 : 2375) : url.port),
    ...(secure
      ? {
          tls: {
            ...(ca === undefined ? {} : { ca }),
            ...(cert === undefined ? {} : { cert }),
            ...(key === undefined ? {} : { key }),
          },
        }
      : {}),
  };
}

function valueOf(output: pulumi.Output<string> | undefined): Promise<string | undefined> {
  return new Promise((done) => {
    if (output === undefined) done(undefined);
    else output.apply(done);
  });
}

/** Docker's stream of frames: one byte of source, three of zero, four of length, then the text. */
function demultiplex(body: Buffer): Buffer {
  const frames: Buffer[] = [];
  let at = 0;
  while (at + 8 <= body.length) {
    const source = body[at]!;
    if (source > 2 || body[at + 1] !== 0 || body[at + 2] !== 0 || body[at + 3] !== 0) return body;
    const length = body.readUInt32BE(at + 4);
    frames.push(body.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return frames.length === 0 ? body : Buffer.concat(frames);
}

function messageOf(body: Buffer): string {
  const text = body.toString("utf8");
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.trim();
  }
}
