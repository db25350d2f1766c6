/** Writes and reads the little of DER (ITU-T X.690) that certificates need. */

function length(bytes: number): Buffer {
  if (bytes < 128) return Buffer.from([bytes]);
  const digits: number[] = [];
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Buffer.from([0x80 | digits.length, ...digits]);
}

export function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);
export const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, ...parts);
export const octets = (content: Buffer): Buffer => tagged(0x04, content);
export const bits = (content: Buffer, unused = 0): Buffer =>
  tagged(0x03, Buffer.from([unused]), content);
export const utf8 = (value: string): Buffer => tagged(0x0c, Buffer.from(value));
export const boolean = (value: boolean): Buffer => tagged(0x01, Buffer.from([value ? 0xff : 0]));
export const nothing = tagged(0x05);
/** Context-specific and constructed. */
export const explicit = (n: number, ...parts: readonly Buffer[]): Buffer =>
  tagged(0xa0 | n, ...parts);
/** Context-specific and primitive. */
export const implicit = (n: number, content: Buffer): Buffer => tagged(0x80 | n, content);

export function integer(value: bigint): Buffer {
  let digits = value.toString(16);
  if (digits.length % 2 === 1) digits = `0${digits}`;
  const bytes = Buffer.from(digits, "hex");
  return tagged(0x02, ...(bytes[0]! >= 0x80 ? [Buffer.from([0])] : []), bytes);
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const group = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) group.unshift(0x80 | (left & 0x7f));
    bytes.push(...group);
  }
  return tagged(0x06, Buffer.from(bytes));
}

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). */
export function time(at: Date): Buffer {
  const digits = at.toISOString().replace(/\D/g, "").slice(0, 14);
  return at.getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : tagged(0x18, Buffer.from(`${digits}Z`));
}

/** One element: its tag, its content, and all its bytes. */
export interface Element {
  readonly tag: number;
  readonly content: Buffer;
  readonly bytes: Buffer;
}

/** The elements that follow one another in `bytes`. */
export function elements(bytes: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const short = bytes[at + 1]!;
    const more = short < 0x80 ? 0 : short & 0x7f;
    const size = more === 0 ? short : bytes.readUIntBE(at + 2, more);
    const start = at + 2 + more;
    found.push({
      tag: bytes[at]!,
      content: bytes.subarray(start, start + size),
      bytes: bytes.subarray(at, start + size),
    });
    at = start + size;
  }
  return found;
}

export function pem(label: string, der: Buffer): string {
  const body = der.toString("base64").replace(/(.{64})(?!$)/g, "$1\n");
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
}

export function unpem(text: string): Buffer {
  return Buffer.from(text.replace(/-----[^-]+-----|\s/g, ""), "base64");
}
