import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { nonce, Refusal } from "./wire";

/** SCRAM-SHA-256 (RFC 5802, RFC 7677), both sides of it, without channel binding. */
export const mechanism = "SCRAM-SHA-256";

const derive = promisify(pbkdf2);
const hmac = (key: Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
const hash = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();
const xor = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((byte, at) => byte ^ b[at]!));

const salted = (password: string, salt: Buffer, rounds: number): Promise<Buffer> =>
  derive(password.normalize("NFKC"), salt, rounds, 32, "sha256");

const wrong = (): Refusal => new Refusal("08P01", "a message of SCRAM is malformed");

/** Logs in at a server. */
export class ScramClient {
  private readonly bare: string;
  private signature: Buffer = Buffer.alloc(0);

  constructor(
    private readonly password: string,
    private readonly own = nonce(),
  ) {
    // The name is that of the start-up packet.
    this.bare = `n=,r=${own}`;
  }

  first(): string {
    return `n,,${this.bare}`;
  }

  async proof(asked: string): Promise<string> {
    const [, random, salt, rounds] = /^r=([^,]+),s=([^,]+),i=(\d+)(?:,|$)/.exec(asked) ?? [];
    if (random?.startsWith(this.own) !== true) throw wrong();
    const key = await salted(this.password, Buffer.from(salt!, "base64"), Number(rounds));
    const client = hmac(key, "Client Key");
    const final = `c=biws,r=${random}`;
    const signed = `${this.bare},${asked},${final}`;
    this.signature = hmac(hmac(key, "Server Key"), signed);
    return `${final},p=${xor(client, hmac(hash(client), signed)).toString("base64")}`;
  }

  /** @throws Refusal when the server does not know the password either. */
  verify(final: string): void {
    if (final !== `v=${this.signature.toString("base64")}`)
      throw new Refusal("28P01", "the server does not prove that it knows the password");
  }
}

/** What a server keeps of a password. */
export interface Verifier {
  readonly salt: Buffer;
  readonly rounds: number;
  readonly stored: Buffer;
  readonly server: Buffer;
}

export async function verifierOf(password: string, rounds = 4096): Promise<Verifier> {
  const salt = randomBytes(16);
  const key = await salted(password, salt, rounds);
  return { salt, rounds, stored: hash(hmac(key, "Client Key")), server: hmac(key, "Server Key") };
}

/** Takes the login of a client. */
export class ScramServer {
  private binding = "";
  private bare = "";
  private random = "";
  private said = "";

  constructor(private readonly known: Verifier) {}

  challenge(first: string): string {
    // `y`: a client under TLS that would bind to the channel, and was not offered to.
    const [, flag, bare, random] = /^([ny],[^,]*,)(n=[^,]*,r=([^,]+).*)$/.exec(first) ?? [];
    if (flag === undefined) throw wrong();
    this.binding = Buffer.from(flag).toString("base64");
    this.bare = bare!;
    this.random = `${random!}${nonce()}`;
    const { salt, rounds } = this.known;
    this.said = `r=${this.random},s=${salt.toString("base64")},i=${rounds}`;
    return this.said;
  }

  /** The last message to the client; undefined: it does not know the password. */
  answer(final: string): string | undefined {
    const [, without, proof = ""] = /^(.*),p=([^,]+)$/.exec(final) ?? [];
    if (without !== `c=${this.binding},r=${this.random}`) throw wrong();
    const signed = `${this.bare},${this.said},${without}`;
    const { stored, server } = this.known;
    const bytes = Buffer.from(proof, "base64");
    if (bytes.length !== stored.length) return undefined;
    if (!timingSafeEqual(hash(xor(bytes, hmac(stored, signed))), stored)) return undefined;
    return `v=${hmac(server, signed).toString("base64")}`;
  }
}
