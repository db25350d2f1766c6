import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Account, Refusal, type Fields } from "./account";
import { clusters } from "./clusters";
import { databases } from "./databases";
import { machines } from "./machines";
import { networks } from "./networks";
import { others } from "./others";

/** A request, with what its path says. */
export interface Question {
  readonly account: Account;
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Fields;
}

/** Handlers by method and path, such as `GET /v2/vpcs/:id`; one that answers nothing has nothing to say (204). */
export type Routes = Readonly<Record<string, (question: Question) => Fields | undefined>>;

/**
 * Stands for DigitalOcean's API, version 2, as far as Berth's resources ask it: written from the public
 * documentation, so that the provider plugin before it can be the real one where the account is not. It keeps what
 * was made, computes what the documentation says is computed, and refuses what it says is refused. Nothing takes time.
 *
 * @see https://docs.digitalocean.com/reference/api/digitalocean/
 */
export class Api {
  readonly account = new Account();
  /** Requests that nothing here answers. */
  readonly unknown: string[] = [];
  private readonly server: Server;
  private readonly routes = Object.entries({
    ...machines,
    ...networks,
    ...databases,
    ...clusters,
    ...others,
  }).map(([route, answer]) => {
    const [method = "", path = ""] = route.split(" ");
    return { method, parts: path.split("/"), answer };
  });

  private constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(body === undefined ? undefined : JSON.stringify(body));
      });
    });
  }

  static async listen(): Promise<Api> {
    const api = new Api();
    await new Promise<void>((resolve) => api.server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** What the API answers to a request, such as `DELETE /v2/vpcs/1`: also for who changes something by hand. */
  ask(method: string, target: string, body: Fields = {}): { status: number; body?: Fields } {
    const { pathname, searchParams: query } = new URL(target, this.url);
    const parts = pathname.replace(/^\/+/, "/").split("/").map(decodeURIComponent);
    for (const route of this.routes) {
      if (route.method !== method || route.parts.length !== parts.length) continue;
      const fits = route.parts.every((part, n) => part.startsWith(":") || part === parts[n]);
      if (!fits) continue;
      const path = Object.fromEntries(
        route.parts.flatMap((part, n) =>
          part.startsWith(":") ? [[part.slice(1), parts[n] ?? ""]] : [],
        ),
      );
      try {
        const found = route.answer({ account: this.account, path, query, body });
        if (found === undefined) return { status: 204 };
        // An answer of its own: what is kept must not change with it, nor the other way round.
        return { status: method === "POST" ? 201 : 200, body: structuredClone(found) };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return { status: error.status, body: { id: error.id, message: error.message } };
      }
    }
    this.unknown.push(`${method} ${pathname}`);
    return {
      status: 404,
      body: { id: "not_found", message: `${method} ${pathname} is not part of the stand-in` },
    };
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body?: Fields }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    if (request.headers.authorization?.replace(/^Bearer /, "") === "")
      return { status: 401, body: { id: "Unauthorized", message: "Unable to authenticate you" } };
    const body = text === "" ? {} : (JSON.parse(text) as Fields);
    return this.ask(request.method ?? "", request.url ?? "", body);
  }
}
