import { createSocket, type Socket } from "node:dgram";

/** A server of names: a replica set's SRV record, and every host's address, which is this computer's. */
export class Dns {
  private readonly socket: Socket = createSocket("udp4");

  constructor(
    service: string,
    targets: readonly { readonly host: string; readonly port: number }[],
  ) {
    this.socket.on("message", (asked, { port, address }) => {
      let at = 12;
      const labels: string[] = [];
      for (; asked[at] !== 0; at += asked[at]! + 1)
        labels.push(asked.toString("latin1", at + 1, at + 1 + asked[at]!));
      const type = asked.readUInt16BE(at + 1);
      const records =
        type === 33 && labels.join(".") === service
          ? targets.map((target) =>
              Buffer.concat([short(0), short(0), short(target.port), name(target.host)]),
            )
          : type === 1 && labels.join(".") !== service
            ? [Buffer.of(127, 0, 0, 1)]
            : [];
      const head = Buffer.concat([
        asked.subarray(0, 2),
        ...[0x8180, 1, records.length, 0, 0].map(short),
        asked.subarray(12, at + 5),
      ]);
      const answers = records.map((data) =>
        Buffer.concat([
          short(0xc00c),
          short(type),
          short(1),
          short(0),
          short(5),
          short(data.length),
          data,
        ]),
      );
      this.socket.send(Buffer.concat([head, ...answers]), port, address);
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((done) => this.socket.bind(0, "127.0.0.1", done));
    return this.socket.address().port;
  }

  end(): void {
    this.socket.close();
  }
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

const name = (host: string): Buffer =>
  Buffer.concat([
    ...host.split(".").map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`)),
    Buffer.of(0),
  ]);
