import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import { challenge, type Client, greet, parameters, password, renamed } from "./client";
import type { Verifier } from "./scram";
import { type Address, connect, logIn } from "./server";
import { askedBy, asks, authentication, failure, message, type Message, Refusal } from "./wire";

/** What all connections share. */
export interface Gate {
  readonly server: Address;
  /** The authorities that sign the server's certificate. */
  readonly trusted: SecureContext;
  /** What is shown to clients that ask for TLS; undefined: they are told that there is none. */
  readonly own: SecureContext | undefined;
  /** The user that is another one on the server; undefined: each is itself. */
  readonly exchanged: Exchange | undefined;
}

export interface Exchange {
  readonly user: string;
  /** undefined: it needs no password. */
  readonly verifier: Verifier | undefined;
  readonly server: { readonly user: string; readonly password: string };
}

/** Milliseconds for a login: PostgreSQL's own `authentication_timeout`. */
const patience = 60_000;

/** One client from its first byte to its last. */
export async function serve(socket: Socket, gate: Gate): Promise<void> {
  let client: Duplex = socket;
  let server: Duplex | undefined;
  socket.on("error", () => undefined);
  const slow = setTimeout(() => socket.destroy(), patience);
  try {
    const greeted = await greet(socket, gate.own);
    client = greeted.stream;
    server = await admitted(greeted, gate);
    join(client, server);
  } catch (error) {
    if (!(error instanceof Refusal)) return void socket.destroy();
    console.error(error.message);
    client.end(failure(error), () => socket.destroySoon());
  } finally {
    clearTimeout(slow);
  }
}

/** The server's connection of a client, past its login; or one that gets to know whom to refuse. */
async function admitted(client: Client, gate: Gate): Promise<Duplex> {
  const asked = parameters(client.packet);
  const user = asked?.get("user") ?? "";
  const other = nameOf(user) === gate.exchanged?.user ? gate.exchanged : undefined;
  if (other?.verifier !== undefined) await challenge(client.stream, other.user, other.verifier);
  const server = await connect(gate.server, gate.trusted);
  try {
    if (asked === undefined) server.write(client.packet);
    else client.stream.write((await opened(client, server, user, asked, other)).bytes);
    return server;
  } catch (error) {
    server.destroy();
    throw error;
  }
}

const nameOf = (user: string): string => Buffer.from(user, "latin1").toString();

/** The server's first message that the client reads by itself. */
async function opened(
  { stream: client, encrypted, packet }: Client,
  server: Duplex,
  user: string,
  asked: ReadonlyMap<string, string>,
  other: Exchange | undefined,
): Promise<Message> {
  const aside = (said: Message): void => void client.write(said.bytes);
  if (other !== undefined) {
    server.write(renamed(packet, asked, other.server.user));
    const as = Buffer.from(other.server.user).toString("latin1");
    return logIn(server, { user: as, password: other.server.password }, aside);
  }
  server.write(packet);
  let said = await message(server);
  for (; said.type === "v" || said.type === "N"; said = await message(server)) aside(said);
  const mechanisms = said.body.toString("latin1", 4).split("\0").filter(Boolean);
  const unbound = mechanisms.filter((name) => !name.endsWith("-PLUS"));
  if (askedBy(said) !== asks.sasl || unbound.length === mechanisms.length) return said;
  // Bound to the channel of TLS, which is another one on the client's side. Without TLS clients need not know of it;
  // with it they would tell the server that nobody offered it, which the server takes for an attack.
  if (encrypted) return logIn(server, { user, password: await password(client) }, aside, said);
  const bytes = authentication(asks.sasl, `${unbound.join("\0")}\0\0`);
  return { ...said, bytes };
}

/** Passes everything on, until one of both ends. */
function join(client: Duplex, server: Duplex): void {
  client.on("error", () => undefined);
  server.on("error", () => undefined);
  client.pipe(server);
  server.pipe(client);
  client.once("close", () => {
    server.end(() => server.destroy());
  });
  server.once("close", () => {
    // What is on its way still arrives.
    client.end(() => setTimeout(() => client.destroy(), 5_000).unref());
  });
  if (client.destroyed) server.destroy();
  if (server.destroyed) client.end();
}
