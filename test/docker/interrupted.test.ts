import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Bench, needsDocker, said } from "./rig";

function file(version: string): string {
  return `
services:
  web:
    image: berth-test-app:1
    restart: unless-stopped
    stop_grace_period: 2s
    environment: { VERSION: ${version} }
    expose: ["8000"]
    labels: { traefik.http.routers.web.rule: "Host(\`web.localhost\`)" }
    # Long enough to be interrupted before it is healthy.
    healthcheck: { test: ["CMD", "/app", "check"], interval: 4s }
  store:
    image: busybox:1.37
    restart: unless-stopped
    stop_grace_period: 2s
    environment: { VERSION: ${version} }
    command: ["sh", "-c", "trap 'exit 0' TERM; echo $$VERSION >> /data/starts; while :; do sleep 1; done"]
    healthcheck: { test: ["CMD", "test", "-e", "/data/starts"], interval: 4s }
    volumes: [data:/data]
volumes: { data: {} }
`;
}

describe("an interrupted update", function () {
  this.timeout(300_000);
  let bench: Bench;

  before(async function () {
    needsDocker(this);
    bench = await Bench.alone("cut");
  });

  after(async () => {
    await (bench as Bench | undefined)?.dispose();
  });

  /** Kills the update while both services' containers are being created. */
  async function interrupt(): Promise<string[]> {
    const running = bench.stack.start("up");
    for (;;) {
      const found = bench.containers("--filter", "status=running");
      const fresh = found.filter((name) => /-(web|store)-1-/.test(name));
      if (fresh.length >= interruptAt) break;
      // The simulators live in this process: they need its time.
      await sleep(100);
    }
    await running.kill();
    assert.equal((await bench.stack.cancel()).code, 0);
    return bench.containers().filter((name) => /-(web|store)-1-/.test(name));
  }
  let interruptAt = 2;

  it("is finished by the next one, the first time", async () => {
    bench.compose(file("one"));
    const left = await interrupt();
    assert.equal(left.length, 2);
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(
      bench.containers().filter((name) => /-(web|store)-1-/.test(name)),
      left,
      "the same inputs have the same names, and nothing else is left",
    );
    assert.deepEqual(await bench.get("web.localhost"), { status: 200, body: "one" });
  });

  it("is finished by the next one when it replaces", async () => {
    bench.compose(file("two"));
    interruptAt = 3;
    await interrupt();
    assert.deepEqual(await bench.get("web.localhost"), { status: 200, body: "one" });
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.equal(bench.containers().filter((name) => /-(web|store)-1-/.test(name)).length, 2);
    assert.deepEqual(await bench.get("web.localhost"), { status: 200, body: "two" });
    const again = await bench.stack.up();
    assert.deepEqual(Object.keys(again.changes), ["same"], said(again));
  });
});
