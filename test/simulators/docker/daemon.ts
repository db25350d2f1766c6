import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answers, type Asked } from "./daemon-answers";
import type { Properties } from "../values";

/** A container of a daemon that runs nothing: what it was made of, and how it would be. */
export interface Box {
  readonly id: string;
  name: string;
  /** The body of its creation. */
  readonly made: Properties;
  running: boolean;
  started: boolean;
  readonly networks: Map<string, Properties>;
  /** Files that were put into it. */
  uploads: number;
}

/** The daemon refuses: its status and its words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Docker's Engine API with nothing behind it, for what needs no process: every image can be pulled and
 * built, a service is healthy as soon as it is started, a one-shot (no health check, and a restart policy of
 * `no` or `on-failure`) has then ended with 0. Names, conflicts and things in use are as with a real one.
 */
export class Daemon {
  readonly boxes = new Map<string, Box>();
  readonly networks = new Map<string, Properties>();
  readonly volumes = new Map<string, Properties>();
  /** Image ids by name. */
  readonly images = new Map<string, string>();
  /** Milliseconds until a container has started, by a part of its name. */
  readonly slow = new Map<string, number>();
  private readonly folder = mkdtempSync(join(tmpdir(), "berth-daemon-"));
  /** The socket that it listens on. */
  readonly socket = join(this.folder, "docker.sock");
  private readonly server = createServer((request, response) => {
    void this.answer(request, response);
  });
  private made = 0;

  static async listen(): Promise<Daemon> {
    const daemon = new Daemon();
    await new Promise<void>((done, failed) => {
      daemon.server.once("error", failed).listen(daemon.socket, done);
    });
    return daemon;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** An id that no other thing has. */
  id(of: string): string {
    return createHash("sha256").update(`${of} ${++this.made}`).digest("hex");
  }

  /** By id, by the start of it, or by name. */
  box(key: string): Box {
    const found = [...this.boxes.values()].find(
      ({ id, name }) => name === key || (key.length >= 12 && id.startsWith(key)),
    );
    if (found === undefined) throw new Refused(404, `No such container: ${key}`);
    return found;
  }

  network(key: string): Properties {
    const found = [...this.networks.values()].find(({ Id, Name }) => Id === key || Name === key);
    if (found === undefined) throw new Refused(404, `network ${key} not found`);
    return found;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://docker");
    const path = decodeURIComponent(url.pathname.replace(/^\/v1\.\d+/, ""));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const json = request.headers["content-type"] === "application/json" && chunks.length > 0;
    const asked: Asked = {
      daemon: this,
      query: url.searchParams,
      body: json ? (JSON.parse(Buffer.concat(chunks).toString()) as Properties) : {},
    };
    const send = (status: number, body: unknown): void => {
      const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
      response.writeHead(status, { "api-version": "1.47", "content-type": "application/json" });
      response.end(text);
    };
    try {
      for (const [method, pattern, act] of answers) {
        const match = method === request.method ? pattern.exec(path) : null;
        if (match === null) continue;
        const body = await act(asked, match[1] ?? "");
        send(body === undefined ? 204 : 200, body);
        return;
      }
      send(501, { message: `${request.method ?? ""} ${path}: nothing simulates it` });
    } catch (error) {
      const { message } = error as Error;
      send(error instanceof Refused ? error.status : 500, { message });
    }
  }
}
