/** One entry of an archive; paths are relative, with forward slashes. */
export interface Entry {
  readonly path: string;
  readonly mode: number;
  readonly content?: Buffer;
  readonly link?: string;
  readonly folder?: boolean;
}

const block = 512;

function header(entry: Entry, name: string, type: string, size: number): Buffer {
  const bytes = Buffer.alloc(block);
  const octal = (value: number, at: number, width: number): void => {
    bytes.write(`${value.toString(8).padStart(width - 1, "0")}\0`, at, "ascii");
  };
  bytes.write(name.slice(0, 100), 0, "utf8");
  octal(entry.mode & 0o7777, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  bytes.write("        ", 148, "ascii");
  bytes.write(type, 156, "ascii");
  bytes.write((entry.link ?? "").slice(0, 100), 157, "utf8");
  bytes.write("ustar\x0000", 257, "ascii");
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "ascii");
  return bytes;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((block - (content.length % block)) % block)]);
}

/** A pax record `length key=value`, where the length counts itself. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const size = Buffer.byteLength(rest);
  let total = size + String(size).length;
  total = size + String(total).length;
  return `${total}${rest}`;
}

/** An uncompressed archive, owned by root; names of any length (pax headers). */
export function tar(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  for (const entry of entries) {
    const name = entry.folder === true ? `${entry.path}/` : entry.path;
    const content = entry.content ?? Buffer.alloc(0);
    const records =
      (Buffer.byteLength(name) > 100 ? record("path", name) : "") +
      (Buffer.byteLength(entry.link ?? "") > 100 ? record("linkpath", entry.link ?? "") : "");
    if (records !== "") {
      const bytes = Buffer.from(records);
      parts.push(header({ path: "", mode: 0o644 }, "pax", "x", bytes.length), padded(bytes));
    }
    const type = entry.link !== undefined ? "2" : entry.folder === true ? "5" : "0";
    parts.push(header(entry, name, type, content.length), padded(content));
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}
