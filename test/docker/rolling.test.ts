import assert from "node:assert/strict";
import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Bench, needsDocker, said } from "./rig";

interface Web {
  readonly version: string;
  readonly replicas?: number;
  readonly rude?: boolean;
  readonly broken?: boolean;
}

const host = "web.localhost";

function file({ version, replicas = 1, rude = false, broken = false }: Web): string {
  return `
services:
  web:
    image: berth-test-app:1
    restart: unless-stopped
    stop_grace_period: 5s
    environment: { VERSION: ${version}, RUDE: "${Number(rude)}", BROKEN: "${Number(broken)}" }
    expose: ["8000"]
    labels: { traefik.http.routers.web.rule: "Host(\`${host}\`)" }
    healthcheck: { test: ["CMD", "/app", "check"], interval: 1s, retries: 3, start_period: 5s }
    deploy: { replicas: ${replicas}, update_config: { order: start-first } }
`;
}

/** Requests without a pause until it is ended: what came back, by status and body. */
class Client {
  readonly answers = new Map<string, number>();
  private ended = false;
  private readonly workers: Promise<void>[];

  constructor(bench: Bench, workers = 8) {
    const kept = new Agent({ keepAlive: true });
    this.workers = Array.from({ length: workers }, async (_, index) => {
      for (let n = 0; !this.ended; n++) {
        const path = n % 50 === 0 ? "/slow" : "/";
        const { status, body } = await bench.get(host, path, index % 2 === 0 ? kept : undefined);
        const key = `${status} ${body.slice(0, 60)}`;
        this.answers.set(key, (this.answers.get(key) ?? 0) + 1);
        await sleep(20);
      }
    });
  }

  async end(): Promise<Map<string, number>> {
    this.ended = true;
    await Promise.all(this.workers);
    return this.answers;
  }
}

describe("a release on Docker", function () {
  this.timeout(300_000);
  let bench: Bench;

  before(async function () {
    needsDocker(this);
    bench = await Bench.alone("rolling", { timeouts: { web: 10 } });
  });

  after(async () => {
    await (bench as Bench | undefined)?.dispose();
  });

  it("comes up and answers through the edge", async () => {
    bench.compose(file({ version: "one" }));
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(await bench.get(host), { status: 200, body: "one" });
    assert.equal((await bench.get("nobody.localhost")).status, 404);
  });

  it("changes nothing the second time", async () => {
    const own = (): string =>
      bench.docker("ps", "-aq", "--no-trunc", "--filter", `name=^${bench.prefix}-`);
    const before = own();
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(Object.keys(run.changes), ["same"], said(run));
    assert.equal(own(), before);
  });

  for (const [rude, way] of [
    [false, "an application that ends its requests"],
    [true, "an application that dies at SIGTERM"],
  ] as const)
    it(`replaces ${way} without a failed request`, async () => {
      bench.compose(file({ version: "before", rude, replicas: 2 }));
      const first = await bench.stack.up();
      assert.equal(first.code, 0, said(first));
      const client = new Client(bench);
      bench.compose(file({ version: "after", rude, replicas: 2 }));
      const run = await bench.stack.up();
      await sleep(500);
      const answers = await client.end();
      assert.equal(run.code, 0, said(run));
      assert.deepEqual([...answers.keys()].sort(), ["200 after", "200 before"]);
      assert.ok((answers.get("200 before") ?? 0) > 50, JSON.stringify([...answers]));
      assert.ok((answers.get("200 after") ?? 0) > 5, JSON.stringify([...answers]));
      const touched = run.steps.filter(({ op }) => op !== "same").map(({ name }) => name);
      assert.ok(
        touched.every((name) => /-web-[12]$|-routes$/.test(name)),
        `more changed than the service and its routes: ${touched.join(", ")}`,
      );
      assert.equal(bench.containers().filter((name) => /-web-\d-/.test(name)).length, 2);
    });

  it("fails every time with a bad version, shows its log, and the old one serves throughout", async () => {
    bench.compose(file({ version: "good" }));
    assert.equal((await bench.stack.up()).code, 0);
    const client = new Client(bench, 2);
    bench.compose(file({ version: "bad", broken: true }));
    for (const attempt of [1, 2, 3]) {
      const run = await bench.stack.up();
      assert.notEqual(run.code, 0, `attempt ${attempt} went green`);
      assert.match(said(run), /cannot find the flux capacitor/);
      assert.deepEqual(await bench.get(host), { status: 200, body: "good" });
    }
    assert.deepEqual([...(await client.end()).keys()], ["200 good"]);
  });

  it("goes back to the version before without a failed request", async () => {
    const client = new Client(bench, 4);
    bench.compose(file({ version: "good" }));
    const run = await bench.stack.up();
    await sleep(300);
    const answers = await client.end();
    assert.equal(run.code, 0, said(run));
    assert.deepEqual([...answers.keys()], ["200 good"]);
    const left = bench.containers().filter((name) => name.includes("-web-"));
    assert.equal(left.length, 1, `left behind: ${left.join(", ")}`);
    const again = await bench.stack.up();
    assert.deepEqual(Object.keys(again.changes), ["same"], said(again));
  });

  it("shows the maintenance page while every server is down", async () => {
    const [web] = bench.containers().filter((name) => name.includes("-web-"));
    bench.docker("stop", web!);
    const { status, body } = await bench.get(host);
    assert.equal(status, 503);
    assert.match(body, /<html/i);
    bench.docker("start", web!);
  });
});
