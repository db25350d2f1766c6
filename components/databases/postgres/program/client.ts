import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type SecureContext, TLSSocket } from "node:tls";
import { mechanism, ScramServer, type Verifier } from "./scram";
import { asks, authentication, int32, message, Refusal, take } from "./wire";

/** A client that has said what it wants. */
export interface Client {
  readonly stream: Duplex;
  readonly encrypted: boolean;
  /** Its start-up packet, or its request to cancel a statement. */
  readonly packet: Buffer;
}

const codes = { cancel: 80877102, tls: 80877103, gss: 80877104 } as const;
const handshake = 0x16;
/** What PostgreSQL itself takes. */
const longest = 10_000;

/** Answers all that comes before the start-up packet. */
export async function greet(socket: Socket, own: SecureContext | undefined): Promise<Client> {
  let stream: Duplex = socket;
  const encrypt = (): void => {
    stream = new TLSSocket(socket, {
      isServer: true,
      ...(own === undefined ? {} : { secureContext: own }),
      ALPNProtocols: ["postgresql"],
    });
    stream.on("error", ignored);
  };
  // TLS, and encryption by Kerberos, are each asked for once.
  for (let left = 3; left > 0; left--) {
    const head = await take(stream, 8);
    const encrypted = stream !== socket;
    const [length, code] = [head.readInt32BE(), head.readInt32BE(4)];
    if (head[0] === handshake && !encrypted && own !== undefined) {
      socket.unshift(head);
      encrypt();
    } else if (length === 8 && code === codes.tls && !encrypted && own !== undefined) {
      // Whoever stands between could have sent it (CVE-2021-23214).
      if (socket.readableLength > 0)
        throw new Refusal("08P01", "received unencrypted data after SSL request");
      socket.write("S");
      encrypt();
    } else if (length === 8 && (code === codes.tls || code === codes.gss)) stream.write("N");
    else if (length < 8 || length > longest)
      throw new Refusal("08P01", "invalid length of startup packet");
    else {
      const rest = length === 8 ? Buffer.alloc(0) : await take(stream, length - 8);
      return { stream, encrypted, packet: Buffer.concat([head, rest]) };
    }
  }
  throw new Refusal("08P01", "a startup packet is missing");
}

const ignored = (): void => undefined;

/** Names and values of a start-up packet, a byte a character; undefined: it asks to cancel a statement. */
export function parameters(packet: Buffer): Map<string, string> | undefined {
  if (packet.readInt32BE(4) === codes.cancel) return undefined;
  const words = packet.toString("latin1", 8).split("\0");
  const found = new Map<string, string>();
  for (let at = 0; at + 1 < words.length && words[at] !== ""; at += 2)
    found.set(words[at]!, words[at + 1]!);
  return found;
}

/** The same packet for another user, and for the same database. */
export function renamed(packet: Buffer, asked: ReadonlyMap<string, string>, user: string): Buffer {
  const changed = new Map(asked)
    .set("user", Buffer.from(user).toString("latin1"))
    // PostgreSQL's default is the user's name.
    .set("database", asked.get("database") ?? asked.get("user") ?? "");
  const words = [...changed].flat().map((word) => `${word}\0`);
  const body = Buffer.concat([packet.subarray(4, 8), Buffer.from(`${words.join("")}\0`, "latin1")]);
  return Buffer.concat([int32(body.length + 4), body]);
}

/** @throws Refusal when the client does not know the password. */
export async function challenge(client: Duplex, user: string, known: Verifier): Promise<void> {
  const scram = new ScramServer(known);
  client.write(authentication(asks.sasl, `${mechanism}\0\0`));
  const first = await reply(client);
  const at = first.indexOf(0);
  if (first.toString("latin1", 0, at) !== mechanism)
    throw new Refusal("08P01", "client selected an invalid SASL authentication mechanism");
  // The mechanism's name, and the length of what follows.
  client.write(authentication(asks.continue, scram.challenge(first.toString("utf8", at + 5))));
  const last = scram.answer((await reply(client)).toString());
  if (last === undefined)
    throw new Refusal("28P01", `password authentication failed for user "${user}"`);
  client.write(authentication(asks.final, last));
}

/** The password of a client that is under TLS. */
export async function password(client: Duplex): Promise<string> {
  client.write(authentication(asks.password));
  return (await reply(client)).toString().replace(/\0$/, "");
}

async function reply(client: Duplex): Promise<Buffer> {
  const { type, body } = await message(client);
  if (type !== "p") throw new Refusal("08P01", "expected password response");
  return body;
}
