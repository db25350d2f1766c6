import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Deployment } from "./deployment";

interface Deep {
  readonly services: Record<string, { readonly ok: boolean; readonly value: string }>;
}

/** Values that the application at a host wrote to each data service and read back. */
async function deep(made: Deployment, host: string): Promise<Record<string, string>> {
  const { status, body } = await made.call(host, "/health/deep");
  assert.equal(status, 200, body);
  const { services } = JSON.parse(body) as Deep;
  return Object.fromEntries(Object.entries(services).map(([name, { value }]) => [name, value]));
}

/** Waits until every data service answers. @throws Error of the last look. */
export async function deepWithin(seconds: number, made: Deployment, host: string): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const failure = await deep(made, host).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) return;
    if (Date.now() > end) throw failure as Error;
    await sleep(1000);
  }
}

/** An application reads and writes just these services, with a value of its own each time. */
export async function deepTwice(
  made: Deployment,
  host: string,
  services: readonly string[],
): Promise<void> {
  // The first document of a new index takes a JVM its time.
  await deepWithin(180, made, host);
  const [one, two] = [await deep(made, host), await deep(made, host)];
  assert.deepEqual(Object.keys(one).sort(), [...services].sort(), host);
  for (const [name, value] of Object.entries(one)) assert.notEqual(two[name], value, name);
}
