import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import type { Upstream } from "../../proxy";
import { verifierOf } from "./scram";
import { serve, type Exchange } from "./session";

/** What config.json beside this program holds. */
export type Settings = Omit<Upstream, "srv">;

async function exchangeOf({ client, server }: Settings): Promise<Exchange | undefined> {
  if (client === undefined || server === undefined) return undefined;
  const { user, password } = client;
  return {
    user,
    verifier: password === undefined ? undefined : await verifierOf(password),
    server: { user: server.user, password: server.password ?? "" },
  };
}

async function main(): Promise<void> {
  const settings = JSON.parse(readFileSync(join(__dirname, "config.json"), "utf8")) as Settings;
  const { ca, own, listen } = settings;
  const gate = {
    server: settings,
    trusted: createSecureContext(ca === undefined ? {} : { ca }),
    own: own === undefined ? undefined : createSecureContext(own),
    exchanged: await exchangeOf(settings),
  };
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
  server.on("connection", (socket) => void serve(socket, gate));
  server.listen(listen, () => {
    // The image starts it as root, which nothing here needs.
    if (process.getuid?.() !== 0) return;
    try {
      process.setgroups!([]);
      process.setgid!(65534);
      process.setuid!(65534);
    } catch {
      // A pod's root has no capabilities: neither this one, nor any to give up.
    }
  });
  // The first process of a container ends by no signal that it does not take.
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
}

void main();
