import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as encrypt } from "node:tls";
import { logIn } from "../../components/databases/postgres/program/server";
import {
  int32,
  message,
  packed,
  take,
  type Message,
} from "../../components/databases/postgres/program/wire";

/** Of TLS, as PostgreSQL's own request for it (`request`) or from the first byte on (`direct`). */
type Encryption = "none" | "request" | "direct";

interface Wanted {
  readonly port: number;
  /** What the start-up packet has, in order. */
  readonly start: Readonly<Record<string, string>>;
  readonly password?: string;
  readonly encryption?: Encryption;
}

/** A client that says byte by byte what a driver says. */
export class Client {
  private constructor(
    private readonly stream: Duplex,
    /** The server's process and its secret, by which a statement is cancelled. */
    readonly key: Buffer,
  ) {}

  /** @throws Error with the server's message when it admits nobody. */
  static async open({ port, start, password = "", encryption }: Wanted): Promise<Client> {
    const stream = await secured(await dialled(port), encryption ?? "none");
    stream.write(startup(start));
    let key = Buffer.alloc(0);
    const admitted = await logIn(stream, { user: start["user"]!, password }, () => undefined);
    for (let said = admitted; said.type !== "Z"; said = await message(stream)) {
      if (said.type === "E") throw new Error(textOf(said));
      if (said.type === "K") key = Buffer.from(said.body);
    }
    return new Client(stream, key);
  }

  /** The first column of what a statement returns. */
  async query(sql: string): Promise<string[]> {
    this.stream.write(packed("Q", `${sql}\0`));
    const rows: string[] = [];
    let failed: string | undefined;
    for (let said = await message(this.stream); said.type !== "Z";) {
      if (said.type === "D") rows.push(said.body.toString("utf8", 6, 6 + said.body.readInt32BE(2)));
      if (said.type === "E") failed = textOf(said);
      said = await message(this.stream);
    }
    if (failed !== undefined) throw new Error(failed);
    return rows;
  }

  async end(): Promise<void> {
    this.stream.end(packed("X"));
    await once(this.stream, "close");
  }
}

export async function dialled(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

export const sslRequest = Buffer.concat([int32(8), int32(80877103)]);

async function secured(socket: Socket, encryption: Encryption): Promise<Duplex> {
  if (encryption === "none") return socket;
  if (encryption === "request") {
    socket.write(sslRequest);
    const answer = (await take(socket, 1)).toString();
    if (answer !== "S") throw new Error(`answers ${answer} to a request for TLS`);
  }
  const stream = encrypt({ socket, rejectUnauthorized: false, ALPNProtocols: ["postgresql"] });
  await once(stream, "secureConnect");
  if (encryption === "direct" && stream.alpnProtocol !== "postgresql") throw new Error("no ALPN");
  return stream;
}

function startup(start: Readonly<Record<string, string>>): Buffer {
  const words = Object.entries(start).flatMap((pair) => pair.map((word) => `${word}\0`));
  const body = Buffer.concat([int32(196608), Buffer.from(`${words.join("")}\0`)]);
  return Buffer.concat([int32(body.length + 4), body]);
}

export const textOf = ({ body }: Message): string => /\0M([^\0]*)/.exec(body.toString())?.[1] ?? "";
