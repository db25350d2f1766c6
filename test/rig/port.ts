import { createServer } from "node:net";

// Below 32768, where the system takes ports for itself: what is free now is not somebody's way out a moment
// later. Above 28000, where no other rig listens.
const [first, end] = [28_000, 32_000];
const given = new Set<number>();

/** A port of 127.0.0.1 that nobody listens on, another one at each call. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * (end - first));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.on("error", () => {
      done(false);
    });
    // Every address: what is published on one of them is taken.
    server.listen(port, () => {
      server.close(() => {
        done(true);
      });
    });
  });
}
