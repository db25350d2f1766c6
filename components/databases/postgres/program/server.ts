import { createHash } from "node:crypto";
import { connect as dial, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as encrypt, type SecureContext } from "node:tls";
import type { Upstream } from "../../proxy";
import { mechanism, ScramClient } from "./scram";
import { askedBy, asks, int32, message, type Message, packed, Refusal, take } from "./wire";

const sslRequest = Buffer.concat([int32(8), int32(80877103)]);

/** Milliseconds until a server has to answer. */
const patience = 10_000;

export type Address = Pick<Upstream, "host" | "port" | "tls" | "verify">;

/** A connection to the server, encrypted and checked, on which nothing was said yet. */
export async function connect(at: Address, trusted: SecureContext): Promise<Duplex> {
  const socket = dial({ host: at.host, port: at.port, noDelay: true, keepAlive: true });
  socket.setKeepAlive(true, 60_000);
  const slow = setTimeout(
    () => socket.destroy(new Error("it does not answer within 10 seconds")),
    patience,
  );
  try {
    await event(socket, "connect");
    return at.tls ? await secured(socket, at, trusted) : socket;
  } catch (error) {
    socket.destroy();
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal("08006", `the database server cannot be reached: ${why}`);
  } finally {
    clearTimeout(slow);
  }
}

async function secured(
  socket: Socket,
  { host, verify }: Address,
  trusted: SecureContext,
): Promise<Duplex> {
  socket.write(sslRequest);
  const answer = await take(socket, 1);
  if (answer.toString() !== "S") throw new Error("it speaks no TLS");
  if (socket.readableLength > 0) throw new Error("it sends unencrypted data");
  const stream = encrypt({
    socket,
    host,
    secureContext: trusted,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(verify === "authority" ? { checkServerIdentity: () => undefined } : {}),
  });
  await event(stream, "secureConnect");
  return stream;
}

function event(stream: Duplex, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once(name, resolve);
    // For good: an error without a listener ends the process.
    stream.on("error", reject);
    stream.once("close", () => reject(new Error("it closes the connection")));
  });
}

/** What a login at the server needs. */
export interface Login {
  /** A byte a character. */
  readonly user: string;
  readonly password: string;
}

/**
 * Answers what the server asks, until it admits the user or refuses it with the message that is returned.
 *
 * @param aside Receives what is for the client meanwhile.
 */
export async function logIn(
  server: Duplex,
  { user, password }: Login,
  aside: (said: Message) => void,
  first?: Message,
): Promise<Message> {
  const scram = new ScramClient(password);
  let proved = true;
  for (let said = first ?? (await message(server)); ; said = await message(server)) {
    if (said.type === "E") return said;
    const asked = askedBy(said);
    const data = said.body.subarray(4);
    switch (asked) {
      case asks.nothing:
        if (!proved) throw new Refusal("08P01", "the server ends its login too early");
        return said;
      case asks.password:
        server.write(packed("p", `${password}\0`));
        break;
      case asks.md5:
        server.write(packed("p", `md5${md5(md5(password, user), data)}\0`));
        break;
      case asks.sasl: {
        if (!data.toString().split("\0").includes(mechanism))
          throw new Refusal("28000", `the server does not take ${mechanism}`);
        proved = false;
        const text = Buffer.from(scram.first());
        server.write(packed("p", `${mechanism}\0`, int32(text.length), text));
        break;
      }
      case asks.continue:
        server.write(packed("p", await scram.proof(data.toString())));
        break;
      case asks.final:
        scram.verify(data.toString());
        proved = true;
        break;
      case undefined:
        aside(said);
        break;
      default:
        throw new Refusal("28000", `the server asks for a login of kind ${asked}`);
    }
  }
}

const md5 = (secret: string, salt: string | Buffer): string =>
  createHash("md5")
    .update(secret)
    .update(typeof salt === "string" ? Buffer.from(salt, "latin1") : salt)
    .digest("hex");
