import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { type Document, message, type Message, MSG, Reader, type Value } from "./bson";

type Mechanism = "SCRAM-SHA-1" | "SCRAM-SHA-256";

/** As much of a driver as the tests need, without TLS. */
export class MongoClient {
  private readonly socket: Socket;
  private readonly reader = new Reader();
  private readonly waiting = new Map<number, (answer: Message) => void>();
  private readonly lost: Promise<never>;
  private id = 100;
  /** Bytes of its last answers. */
  heard = 0;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.lost = new Promise((_, fail) => {
      this.socket.once("error", fail);
      this.socket.once("close", () => {
        fail(new Error("connection closed"));
      });
    });
    this.lost.catch(() => undefined);
    this.socket.on("data", (piece: Buffer) => {
      this.heard += piece.length;
      for (const answer of this.reader.take(piece)) this.waiting.get(answer.to)?.(answer);
    });
  }

  /** What is answered; a message goes in pieces of `size` bytes. */
  async ask(body: Document, kind = MSG, size = Infinity): Promise<Record<string, Value>> {
    const id = ++this.id;
    const bytes = message(id, 0, kind, body);
    const answer = new Promise<Message>((done) => this.waiting.set(id, done));
    this.socket.setNoDelay(true);
    for (let at = 0; at < bytes.length; at += size) {
      this.socket.write(bytes.subarray(at, Math.min(at + size, bytes.length)));
      if (size < bytes.length) await new Promise((done) => setTimeout(done, 1));
    }
    return (await Promise.race([answer, this.lost])).body;
  }

  /** SCRAM as drivers do it; throws when either does not know the password. */
  async login(
    user: string,
    password: string,
    mechanism: Mechanism = "SCRAM-SHA-256",
  ): Promise<void> {
    const hash = mechanism === "SCRAM-SHA-1" ? "sha1" : "sha256";
    const secret =
      hash === "sha1"
        ? createHash("md5").update(`${user}:mongo:${password}`).digest("hex")
        : password;
    const bare = `n=${user.replaceAll("=", "=3D").replaceAll(",", "=2C")},r=${randomBytes(18).toString("base64")}`;
    const challenge = await this.sasl({
      saslStart: 1,
      mechanism,
      payload: Buffer.from(`n,,${bare}`),
      autoAuthorize: 1,
      options: { skipEmptyExchange: true },
      $db: "admin",
    });
    const [, nonce = "", salt = "", rounds = ""] = /^r=(.*),s=(.*),i=(\d+)$/.exec(challenge) ?? [];
    const length = hash === "sha1" ? 20 : 32;
    const salted = pbkdf2Sync(secret, Buffer.from(salt, "base64"), Number(rounds), length, hash);
    const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest();
    const key = hmac(salted, "Client Key");
    const last = `c=biws,r=${nonce}`;
    const signed = `${bare},${challenge},${last}`;
    const signature = hmac(createHash(hash).update(key).digest(), signed);
    const proof = Buffer.from(key.map((byte, index) => byte ^ signature[index]!));
    const end = await this.sasl({
      saslContinue: 1,
      conversationId: 1,
      payload: Buffer.from(`${last},p=${proof.toString("base64")}`),
      $db: "admin",
    });
    if (end !== `v=${hmac(hmac(salted, "Server Key"), signed).toString("base64")}`)
      throw new Error("the server does not know the password");
  }

  private async sasl(body: Document): Promise<string> {
    const { ok, errmsg, payload } = await this.ask(body);
    if (ok !== 1) throw new Error(errmsg as string);
    return (payload as Buffer).toString();
  }

  end(): void {
    this.socket.destroy();
  }
}
