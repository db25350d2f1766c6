import { connect } from "node:net";
import { createServer, type Server } from "node:tls";
import { parse } from "yaml";

/** Docker's API as a machine shows it: mutual TLS with what its user-data says. */
export interface Face {
  close(): void;
}

/** Certificates in a cloud-config's files. */
function material(userData: string): { ca: string; cert: string; key: string } {
  const { write_files: files } = parse(userData) as {
    write_files: readonly { path: string; content: string }[];
  };
  const content = (end: string): string => {
    const found = files.find(({ path }) => path.endsWith(end));
    if (found === undefined) throw new Error(`the user-data writes no ${end}`);
    return found.content;
  };
  return { ca: content("/ca.pem"), cert: content("/server.pem"), key: content("/server-key.pem") };
}

/**
 * Puts a daemon's socket behind mutual TLS on port 2376 of an address, as a machine with this
 * user-data would: what needs no machine of its own can do with this face of one.
 */
export async function face(userData: string, address: string, socket: string): Promise<Face> {
  const server: Server = createServer(
    { ...material(userData), requestCert: true, rejectUnauthorized: true },
    (client) => {
      const daemon = connect(socket);
      client.pipe(daemon).pipe(client);
      for (const [one, other] of [
        [client, daemon],
        [daemon, client],
      ] as const)
        one.on("error", () => other.destroy()).on("close", () => other.destroy());
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(2376, address, resolve);
  });
  return {
    close: () => {
      server.close();
    },
  };
}
