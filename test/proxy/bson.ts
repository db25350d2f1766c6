/** As much of BSON (https://bsonspec.org/spec.html) and of MongoDB's messages as the tests speak. */
export type Value =
  string | number | boolean | bigint | Buffer | Date | readonly Value[] | Document;
export interface Document {
  readonly [name: string]: Value;
}

function encode(document: Document | readonly Value[]): Buffer {
  const elements = Object.entries(document).map(([name, value]) => {
    const [type, bytes] = valueOf(value);
    return Buffer.concat([Buffer.of(type), Buffer.from(`${name}\0`), bytes]);
  });
  const inside = Buffer.concat(elements);
  return Buffer.concat([int(inside.length + 5), inside, Buffer.of(0)]);
}

function valueOf(value: Value): [number, Buffer] {
  if (typeof value === "string") {
    const text = Buffer.from(`${value}\0`);
    return [0x02, Buffer.concat([int(text.length), text])];
  }
  if (typeof value === "boolean") return [0x08, Buffer.of(value ? 1 : 0)];
  if (typeof value === "bigint") return [0x12, long(value)];
  if (typeof value === "number") {
    if (Number.isInteger(value)) return [0x10, int(value)];
    const double = Buffer.alloc(8);
    double.writeDoubleLE(value);
    return [0x01, double];
  }
  if (Buffer.isBuffer(value))
    return [0x05, Buffer.concat([int(value.length), Buffer.of(0), value])];
  if (value instanceof Date) return [0x09, long(BigInt(value.getTime()))];
  return [Array.isArray(value) ? 0x04 : 0x03, encode(value)];
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function long(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

function decode(bytes: Buffer): Record<string, Value> {
  const found: Record<string, Value> = {};
  let at = 4;
  while (bytes[at] !== 0) {
    const type = bytes[at]!;
    const end = bytes.indexOf(0, at + 1);
    const name = bytes.toString("utf8", at + 1, end);
    at = end + 1;
    // Of those that say their length, or are one.
    const counted = at + 4 <= bytes.length ? bytes.readInt32LE(at) : 0;
    switch (type) {
      case 0x01:
        found[name] = bytes.readDoubleLE(at);
        at += 8;
        break;
      case 0x02:
        found[name] = bytes.toString("utf8", at + 4, at + 3 + counted);
        at += 4 + counted;
        break;
      case 0x03:
      case 0x04: {
        const inside = decode(bytes.subarray(at, at + counted));
        found[name] = type === 0x04 ? Object.values(inside) : inside;
        at += counted;
        break;
      }
      case 0x05:
        found[name] = bytes.subarray(at + 5, at + 5 + counted);
        at += 5 + counted;
        break;
      case 0x08:
        found[name] = bytes[at] === 1;
        at += 1;
        break;
      case 0x09:
        found[name] = new Date(Number(bytes.readBigInt64LE(at)));
        at += 8;
        break;
      case 0x10:
        found[name] = counted;
        at += 4;
        break;
      case 0x12:
      case 0x11:
        found[name] = bytes.readBigInt64LE(at);
        at += 8;
        break;
      case 0x07:
        found[name] = bytes.subarray(at, at + 12);
        at += 12;
        break;
      case 0x0a:
        break;
      default:
        throw new Error(`a value of type ${type} in ${name}`);
    }
  }
  return found;
}

export interface Message {
  readonly id: number;
  readonly to: number;
  readonly kind: number;
  readonly flags: number;
  readonly body: Record<string, Value>;
}

export const QUERY = 2004;
export const REPLY = 1;
export const MSG = 2013;

/** What stands before a message's first document. */
function preamble(kind: number): Buffer {
  if (kind === MSG) return Buffer.alloc(5);
  if (kind === REPLY) return Buffer.concat([Buffer.alloc(16), int(1)]);
  return Buffer.concat([int(0), Buffer.from("admin.$cmd\0"), int(0), int(-1)]);
}

export function message(id: number, to: number, kind: number, body: Document): Buffer {
  const rest = Buffer.concat([preamble(kind), encode(body)]);
  return Buffer.concat([int(16 + rest.length), int(id), int(to), int(kind), rest]);
}

/** Takes whole messages out of what comes in pieces. */
export class Reader {
  private pieces: Buffer[] = [];
  private length = 0;

  take(piece: Buffer): Message[] {
    this.pieces.push(piece);
    this.length += piece.length;
    const messages: Message[] = [];
    for (;;) {
      if (this.length < 16) return messages;
      if (this.pieces[0]!.length < 16) this.pieces = [Buffer.concat(this.pieces)];
      const length = this.pieces[0]!.readInt32LE(0);
      if (this.length < length) return messages;
      const all = Buffer.concat(this.pieces);
      messages.push(messageOf(all.subarray(0, length)));
      this.pieces = [all.subarray(length)];
      this.length -= length;
    }
  }
}

function messageOf(bytes: Buffer): Message {
  const kind = bytes.readInt32LE(12);
  let at = 16 + preamble(kind).length;
  if (kind === QUERY) at = bytes.indexOf(0, 20) + 9;
  const body = decode(bytes.subarray(at));
  // Drivers send documents to insert in a section of their own.
  if (kind === MSG) {
    let next = at + bytes.readInt32LE(at);
    while (next < bytes.length && bytes[next] === 1) {
      const end = next + 1 + bytes.readInt32LE(next + 1);
      const name = bytes.indexOf(0, next + 5);
      const documents: Value[] = [];
      for (let from = name + 1; from < end; from += bytes.readInt32LE(from))
        documents.push(decode(bytes.subarray(from)));
      body[bytes.toString("utf8", next + 5, name)] = documents;
      next = end;
    }
  }
  return {
    id: bytes.readInt32LE(4),
    to: bytes.readInt32LE(8),
    kind,
    flags: bytes.readInt32LE(16),
    body,
  };
}
