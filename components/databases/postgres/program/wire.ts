import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";

/** https://www.postgresql.org/docs/current/protocol-message-formats.html */
export interface Message {
  readonly type: string;
  readonly body: Buffer;
  /** All of it, as it came. */
  readonly bytes: Buffer;
}

/** What the other side is told when its connection ends. */
export class Refusal extends Error {
  constructor(
    /** SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The next bytes of a stream, no more than asked for: what follows may be for TLS or for the other side. */
export function take(stream: Duplex, size: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      stream.off("readable", attempt).off("end", ended).off("close", ended).off("error", failed);
    };
    const failed = (error: Error): void => {
      finish();
      reject(error);
    };
    const ended = (): void => failed(new Error("the connection was closed"));
    const attempt = (): void => {
      const bytes = stream.read(size) as Buffer | null;
      if (bytes?.length === size) {
        finish();
        resolve(bytes);
      } else if (bytes !== null || stream.readableEnded || stream.destroyed) ended();
    };
    stream.on("readable", attempt).on("end", ended).on("close", ended).on("error", failed);
    attempt();
  });
}

/** Longer than any message before a login has succeeded. */
const most = 65_536;

export async function message(stream: Duplex): Promise<Message> {
  const head = await take(stream, 5);
  const length = head.readInt32BE(1) - 4;
  if (length < 0 || length > most) throw new Refusal("08P01", "a message has a wrong length");
  const body = length === 0 ? Buffer.alloc(0) : await take(stream, length);
  return { type: head.toString("latin1", 0, 1), body, bytes: Buffer.concat([head, body]) };
}

export function packed(type: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  return Buffer.concat([Buffer.from(type, "latin1"), int32(body.length + 4), body]);
}

export function int32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(number);
  return bytes;
}

/** The kinds of `AuthenticationRequest`. */
export const asks = { nothing: 0, password: 3, md5: 5, sasl: 10, continue: 11, final: 12 } as const;

export const authentication = (kind: number, data: Buffer | string = ""): Buffer =>
  packed("R", int32(kind), data);

/** What an `AuthenticationRequest` asks for; undefined: the message is another one. */
export const askedBy = ({ type, body }: Message): number | undefined =>
  type === "R" && body.length >= 4 ? body.readInt32BE() : undefined;

export const failure = ({ code, message: text }: Refusal): Buffer =>
  packed("E", `SFATAL\0VFATAL\0C${code}\0M${text}\0\0`);

export const nonce = (): string => randomUUID().replaceAll("-", "");
