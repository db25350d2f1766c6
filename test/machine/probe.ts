/**
 * What runs inside a network namespace of `Wall`, as a process of its own: tries ports, or answers as a
 * cloud's metadata service does. Its questions and answers are messages of Node.
 */
import { createSocket } from "node:dgram";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer } from "node:net";

/** Which ports of `to` answer when they are called from this address. */
export interface Trial {
  readonly id: number;
  readonly from: string;
  readonly to: string;
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
}

/** Answers at the metadata service's address. */
export interface Metadata {
  readonly id: number;
  readonly metadata: string;
}

export interface Found {
  readonly id: number;
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
}

/** A dropped packet is told by silence: this many looks, a tenth of a second apart, without an answer. */
const silentLooks = 20;

/**
 * A port is reached when anything comes back: from who listens, or from the kernel that nobody does. What a
 * firewall dropped is never answered.
 */
async function tryPorts({ id, from, to, tcp, udp }: Trial): Promise<Found> {
  const reached = { tcp: new Set<number>(), udp: new Set<number>() };
  let silent = 0;
  const open: { destroy(): void }[] = [];
  const hear = (protocol: "tcp" | "udp", port: number): void => {
    reached[protocol].add(port);
    silent = 0;
  };
  for (const port of tcp) {
    const socket = connect({ host: to, port, localAddress: from, family: 4 });
    open.push(socket);
    socket.on("connect", () => {
      hear("tcp", port);
    });
    socket.on("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "ECONNREFUSED" || code === "ECONNRESET") hear("tcp", port);
    });
  }
  for (const port of udp) {
    const socket = createSocket("udp4");
    open.push({
      destroy: () => {
        socket.close();
      },
    });
    socket.on("message", () => {
      hear("udp", port);
    });
    socket.on("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "ECONNREFUSED") hear("udp", port);
    });
    socket.bind(0, from, () => {
      socket.connect(port, to, () => {
        socket.send("hello");
      });
    });
  }
  for (; silent < silentLooks; silent++) await new Promise((done) => setTimeout(done, 100));
  for (const socket of open) socket.destroy();
  const sorted = (set: Set<number>): number[] => [...set].sort((a, b) => a - b);
  return { id, tcp: sorted(reached.tcp), udp: sorted(reached.udp) };
}

/** User-data by HTTP, and on port 53 a name server that knows no name, as Google Cloud's. */
async function serveMetadata({ id, metadata }: Metadata): Promise<Found> {
  const http = createHttpServer((_, response) => {
    response.end("user-data\n");
  });
  const names = createServer((socket) => socket.on("error", () => undefined).end("names\n"));
  const datagrams = createSocket("udp4");
  datagrams.on("message", (message, { address, port }) => {
    // The question again, as an answer.
    message.writeUInt16BE(0x8180, 2);
    datagrams.send(message, port, address);
  });
  await Promise.all([
    new Promise<void>((done) => http.listen(80, metadata, done)),
    new Promise<void>((done) => names.listen(53, metadata, done)),
    new Promise<void>((done) => {
      datagrams.bind(53, metadata, done);
    }),
  ]);
  return { id, tcp: [53, 80], udp: [53] };
}

process.on("message", (question: Trial | Metadata) => {
  void ("metadata" in question ? serveMetadata(question) : tryPorts(question)).then((found) =>
    process.send!(found),
  );
});
