import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { type Document, message, MSG, QUERY, Reader, REPLY, type Value } from "./bson";

interface MongoArgs {
  readonly cert: string;
  readonly key: string;
  readonly user: string;
  readonly password: string;
  /** Whether it takes writes; others of its set do not. */
  readonly primary?: boolean;
}

/** A member of a replica set, whose members nobody can reach, over TLS: what drivers ask first, logins, and a shelf. */
export class Mongo {
  readonly shelf: Value[] = [];
  readonly heard: Document[] = [];
  private readonly server: Server;
  private readonly sockets = new Set<TLSSocket>();
  primary: boolean;

  constructor(private readonly args: MongoArgs) {
    this.primary = args.primary ?? true;
    this.server = createServer(
      { cert: readFileSync(args.cert), key: readFileSync(args.key) },
      (socket) => {
        this.sockets.add(socket);
        const reader = new Reader();
        const talk: Talk = { known: false };
        let id = 0;
        socket.on("error", () => socket.destroy());
        socket.on("close", () => this.sockets.delete(socket));
        socket.on("data", (piece: Buffer) => {
          for (const asked of reader.take(piece)) {
            const answer = this.answer(asked.body, talk);
            const kind = asked.kind === QUERY ? REPLY : MSG;
            const bytes = message(++id, asked.id, kind, answer);
            if ("slowly" in asked.body) void slowly(socket, bytes);
            else socket.write(bytes);
          }
        });
      },
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

  private answer(body: Record<string, Value>, talk: Talk): Document {
    const [name = ""] = Object.keys(body);
    this.heard.push(body);
    switch (name.toLowerCase()) {
      case "hello":
      case "ismaster":
        return this.hello(body, name, talk);
      case "endsessions":
        return { ok: 1 };
      case "saslstart":
      case "saslcontinue":
        return login(this.args, body, talk);
    }
    if (!talk.known) return { ok: 0, errmsg: "command requires authentication", code: 13 };
    switch (name) {
      case "insert":
        // As a real one would: a proxy asks each of them, and until it knows may ask the wrong one.
        if (!this.primary) return { ok: 0, errmsg: "not primary", code: 10107 };
        this.shelf.push(...(body.documents as Value[]));
        return { n: (body.documents as Value[]).length, ok: 1 };
      case "find":
        return {
          cursor: {
            firstBatch: this.shelf,
            id: 0n,
            ns: "app.things",
          },
          ok: 1,
        };
      default:
        return { ok: 0, errmsg: `no such command: ${name}`, code: 59 };
    }
  }

  private hello(body: Record<string, Value>, name: string, talk: Talk): Document {
    const { ok, ...speculative } =
      body.speculativeAuthenticate === undefined
        ? { ok: 0 }
        : login(
            this.args,
            { $db: "admin", ...(body.speculativeAuthenticate as Record<string, Value>) },
            talk,
          );
    return {
      ...(body.saslSupportedMechs === `admin.${this.args.user}`
        ? { saslSupportedMechs: ["SCRAM-SHA-256"] }
        : {}),
      helloOk: true,
      hosts: ["one.invalid:27018", "two.invalid:27018"],
      passives: ["three.invalid:27018"],
      arbiters: ["four.invalid:27018"],
      setName: "rs0",
      setVersion: 3,
      [name === "hello" ? "isWritablePrimary" : "ismaster"]: this.primary,
      secondary: !this.primary,
      primary: "one.invalid:27018",
      me: "one.invalid:27018",
      electionId: randomBytes(12),
      lastWrite: { hosts: ["kept"], setName: "kept", lastWriteDate: new Date(0) },
      maxBsonObjectSize: 16_777_216,
      maxMessageSizeBytes: 48_000_000,
      maxWriteBatchSize: 100_000,
      localTime: new Date(),
      logicalSessionTimeoutMinutes: 30,
      connectionId: 1,
      minWireVersion: 0,
      maxWireVersion: 21,
      readOnly: false,
      compression: ["zlib"],
      ...(ok === 1 ? { speculativeAuthenticate: speculative } : {}),
      ok: 1,
    };
  }
}

interface Talk {
  known: boolean;
  first?: string;
  challenge?: string;
}

const salt = randomBytes(28);

/** SCRAM-SHA-256 (RFC 7677) of its one user. */
function login({ user, password }: MongoArgs, body: Record<string, Value>, talk: Talk): Document {
  const refused = { ok: 0, errmsg: "Authentication failed.", code: 18 };
  const payload = (body.payload as Buffer).toString();
  const reply = (text: string, done: boolean): Document => ({
    conversationId: 1,
    done,
    payload: Buffer.from(text),
    ok: 1,
  });
  if (body.$db !== "admin") return refused;
  if ("saslStart" in body) {
    const [, bare = "", name, nonce = ""] = /^n,,(n=([^,]*),r=([^,]*))$/.exec(payload) ?? [];
    if (body.mechanism !== "SCRAM-SHA-256" || name !== user) return refused;
    talk.first = bare;
    talk.challenge = `r=${nonce}${randomBytes(12).toString("base64")},s=${salt.toString("base64")},i=15000`;
    return reply(talk.challenge, false);
  }
  if (talk.known) return reply("", true);
  const [, bare = "", proof = ""] = /^(.*),p=([^,]*)$/.exec(payload) ?? [];
  const salted = pbkdf2Sync(password, salt, 15_000, 32, "sha256");
  const hmac = (key: Buffer, text: string): Buffer =>
    createHmac("sha256", key).update(text).digest();
  const key = hmac(salted, "Client Key");
  const signed = `${talk.first ?? ""},${talk.challenge ?? ""},${bare}`;
  const signature = hmac(createHash("sha256").update(key).digest(), signed);
  const right = Buffer.from(key.map((byte, index) => byte ^ signature[index]!));
  if (right.toString("base64") !== proof) return refused;
  talk.known = true;
  return reply(`v=${hmac(hmac(salted, "Server Key"), signed).toString("base64")}`, true);
}

/** A byte at a time at first, then in odd pieces. */
async function slowly(socket: TLSSocket, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const next = at < 40 ? at + 1 : at + 61;
    socket.write(bytes.subarray(at, next));
    at = next;
    await new Promise((done) => setTimeout(done, 2));
  }
}
