import { request as plain, type ClientRequest, type IncomingMessage } from "node:http";
import { request as secure } from "node:https";
import type { Properties } from "../values";

/** Where a Docker daemon answers, and with which certificates. */
export interface Endpoint {
  readonly host: string;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** The daemon refused: its status and its own words. */
export class DockerError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

interface Sent {
  readonly body?: unknown;
  readonly tar?: Buffer;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** What a provider resource's inputs say of its daemon; the bridged part takes a key pair alone. */
export function endpointOf(config: Properties, fallback: string): Endpoint {
  const text = (key: string): string | undefined => {
    const value = config[key];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const [ca, cert, key] = [text("caMaterial"), text("certMaterial"), text("keyMaterial")];
  if ((cert === undefined) !== (key === undefined))
    throw new Error("certMaterial and keyMaterial must be given together");
  return { host: text("host") ?? fallback, ca, cert, key };
}

/** Docker's Engine API, as old as 1.41 (Docker 20.10), over a socket, TCP or TCP with TLS. */
export class Engine {
  private version: string | undefined;

  constructor(readonly endpoint: Endpoint) {}

  /** Sends a request and reads its answer as JSON, or as text where it is not. */
  async call<T = Properties>(method: string, path: string, sent: Sent = {}): Promise<T> {
    const text = (await this.bytes(method, path, sent)).toString();
    try {
      return JSON.parse(text) as T;
    } catch {
      return text as T;
    }
  }

  /** Sends a request and reads its whole answer. */
  async bytes(method: string, path: string, sent: Sent = {}): Promise<Buffer> {
    this.version ??= await this.negotiate();
    const response = await this.send(method, `/v${this.version}${path}`, sent);
    const body = await whole(response);
    const status = response.statusCode ?? 500;
    if (status >= 400) {
      let message = body.toString();
      try {
        message = (JSON.parse(message) as { message: string }).message;
      } catch {
        // A proxy's answer, not the daemon's: it stands as it is.
      }
      throw new DockerError(status, `Error response from daemon: ${message}`);
    }
    return body;
  }

  /** The second number of the version that both sides speak. */
  async minor(): Promise<number> {
    this.version ??= await this.negotiate();
    return Number(this.version.split(".")[1]);
  }

  /** Like `call`, but nothing where the daemon knows no such thing. */
  async find<T = Properties>(path: string): Promise<T | undefined> {
    try {
      return await this.call<T>("GET", path);
    } catch (error) {
      if (error instanceof DockerError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** The progress messages of a build, pull or push; the first error in them is thrown. */
  async progress(method: string, path: string, sent: Sent = {}): Promise<Properties[]> {
    const text = (await this.bytes(method, path, sent)).toString();
    const messages = text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => JSON.parse(line) as Properties);
    const failed = messages.find(({ error }) => typeof error === "string");
    if (failed !== undefined) {
      const output = messages.map(({ stream }) => (typeof stream === "string" ? stream : ""));
      throw new Error(`${output.slice(-20).join("")}${String(failed.error)}`.trim());
    }
    return messages;
  }

  /** The newest version that both sides speak: daemons refuse what is too old for them. */
  private async negotiate(): Promise<string> {
    let response: IncomingMessage;
    try {
      response = await this.send("GET", "/_ping", {});
    } catch (error) {
      throw new Error(
        `Error pinging Docker server at ${this.endpoint.host}: ${(error as Error).message}`,
        { cause: error },
      );
    }
    const body = (await whole(response)).toString();
    if (response.statusCode !== 200)
      throw new Error(`Error pinging Docker server at ${this.endpoint.host}: ${body.trim()}`);
    const minor = Number(String(response.headers["api-version"]).split(".")[1]);
    return `1.${Math.min(minor, 47)}`;
  }

  private send(method: string, path: string, sent: Sent): Promise<IncomingMessage> {
    const { host, ca, cert, key } = this.endpoint;
    const url = new URL(host.replace(/^unix:\/\//, "unix:"));
    const body = sent.tar ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body));
    const options = {
      method,
      path,
      headers: {
        ...(body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) }),
        "Content-Type": sent.tar === undefined ? "application/json" : "application/x-tar",
        ...sent.headers,
      },
      agent: false as const,
      ...(sent.signal === undefined ? {} : { signal: sent.signal }),
    };
    return new Promise((resolve, reject) => {
      let request: ClientRequest;
      if (url.protocol === "unix:")
        request = plain({ ...options, socketPath: host.replace(/^unix:\/\//, "") }, resolve);
      else {
        const at = { ...options, host: url.hostname, port: url.port };
        // Without a CA the provider verifies nothing: so does this.
        const tls = { ca, cert, key, rejectUnauthorized: ca !== undefined };
        request = cert === undefined ? plain(at, resolve) : secure({ ...at, ...tls }, resolve);
      }
      request.on("error", reject);
      request.end(body);
    });
  }
}

function whole(response: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("end", () => {
      resolve(Buffer.concat(chunks));
    });
    response.on("error", reject);
  });
}

/** Waits, or ends at once when the engine cancels. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new Error("operation was cancelled"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
