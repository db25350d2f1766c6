import { connect, createServer as createPlain, type Server, type Socket } from "node:net";
import { readFileSync } from "node:fs";
import { createServer } from "node:tls";
import { freePort } from "../rig/port";
import type { Bench } from "./servers";

/** The server's administrator, as a cloud would impose it. */
export const imposed = { user: "doadmin", password: "imp=osed," };

/**
 * Starts FerretDB (https://github.com/FerretDB/FerretDB), a server of others that speaks MongoDB's protocol and keeps
 * its data in SQLite. It is not MongoDB: it says that it is in a replica set and has no members besides itself.
 *
 * @returns its ports, with TLS and without.
 */
export async function startFerretdb(
  bench: Bench,
  { cert, key }: { readonly cert: string; readonly key: string },
): Promise<{ tls: number; plain: number }> {
  const [tls, plain] = [await freePort(), await freePort()];
  const room = bench.room("ferretdb");
  bench.start("ferretdb", [
    ...["--handler=sqlite", `--sqlite-url=file:${room}/`, `--state-dir=${room}`],
    ...["--repl-set-name=rs0", `--listen-addr=127.0.0.1:${plain}`, `--listen-tls=127.0.0.1:${tls}`],
    ...[`--listen-tls-cert-file=${cert}`, `--listen-tls-key-file=${key}`],
    ...["--debug-addr=-", "--telemetry=disable", "--log-level=error", "--test-enable-new-auth"],
    ...[`--setup-username=${imposed.user}`, `--setup-password=${imposed.password}`],
    "--setup-database=admin",
  ]);
  await bench.answers(plain);
  await bench.answers(tls);
  return { tls, plain };
}

interface RelayArgs {
  /** The port of the server behind it. */
  readonly to: number;
  /** What it shows to clients; undefined: they speak no TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Whether the first bytes of what it gets go on one by one, and the next in odd pieces. */
  readonly slow?: boolean;
  readonly primary?: boolean;
}

/** Stands before a server: in pieces, or as another member of its replica set that may be a secondary. */
export class Relay {
  primary: boolean;
  /** How often a client wrote through it. */
  inserts = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(private readonly args: RelayArgs) {
    this.primary = args.primary ?? true;
    const accept = (socket: Socket): void => {
      this.accept(socket);
    };
    this.server =
      args.tls === undefined
        ? createPlain(accept)
        : createServer(
            { cert: readFileSync(args.tls.cert), key: readFileSync(args.tls.key) },
            accept,
          );
    this.server.on("tlsClientError", () => undefined);
  }

  async listen(): Promise<number> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    return (this.server.address() as { port: number }).port;
  }

  async end(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }

  private accept(client: Socket): void {
    const server = connect(this.args.to, "127.0.0.1");
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", end);
      socket.on("close", end);
    }
    client.on("data", (bytes: Buffer) => {
      if (bytes.includes("\x02insert\0")) {
        // A real secondary refuses it; that a client meets one at all is what counts here.
        if (!this.primary) {
          end();
          return;
        }
        this.inserts++;
      }
      this.pass(bytes, client, server);
    });
    server.on("data", (bytes: Buffer) => {
      this.pass(this.primary ? bytes : secondary(bytes), server, client);
    });
  }

  private pass(bytes: Buffer, from: Socket, to: Socket): void {
    if (this.args.slow !== true) {
      to.write(bytes);
      return;
    }
    from.pause();
    void (async () => {
      for (let at = 0; at < bytes.length && !to.destroyed;) {
        const next = at < 40 ? at + 1 : at < 2000 ? at + 61 : bytes.length;
        to.write(bytes.subarray(at, next));
        at = next;
        await new Promise((done) => setTimeout(done, 1));
      }
      from.resume();
    })();
  }
}

/** An answer that says true of being the primary, with false in its place. */
function secondary(bytes: Buffer): Buffer {
  for (const name of ["ismaster", "isWritablePrimary"]) {
    const at = bytes.indexOf(`\x08${name}\0\x01`);
    if (at >= 0) bytes[at + name.length + 2] = 0;
  }
  return bytes;
}
