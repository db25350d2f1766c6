import assert from "node:assert/strict";
import { bring, call, deepTwice, eventually, up } from "./example";
import { needsDocker, said, type Bench } from "./rig";

describe("Autoship on Docker, through the real engine", function () {
  this.timeout(600_000);
  const host = "predict.localhost";
  let bench: Bench;

  before(async function () {
    needsDocker(this);
    bench = await bring("autoship");
  });
  after(async () => {
    await (bench as Bench | undefined)?.dispose();
  });

  const about = async (): Promise<{ version: string; host: string }> =>
    JSON.parse((await call(bench, host, "/")).body) as { version: string; host: string };
  const predict = async (body: object): Promise<{ days: number; cached: boolean }> => {
    const answer = await call(bench, host, "/predict", body);
    assert.equal(answer.status, 200, answer.body);
    return JSON.parse(answer.body) as { days: number; cached: boolean };
  };

  it("comes up, and every replica reads and writes every data service", async () => {
    await up(bench);
    for (let replica = 0; replica < 3; replica++)
      await deepTwice(bench, host, ["postgres", "redis", "memcached", "elasticsearch"]);
  });

  it("has three replicas behind one route, and asks them in turn", async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, about));
    assert.deepEqual([...new Set(answers.map(({ version }) => version))], ["1.0.0"]);
    const replicas = bench.containers().filter((name) => name.includes("-predictor-"));
    assert.equal(replicas.length, 3);
    const ids = replicas.map((name) => bench.docker("inspect", "-f", "{{.Config.Hostname}}", name));
    assert.deepEqual([...new Set(answers.map((answer) => answer.host))].sort(), ids.sort());
  });

  it("predicts out of the cache the second time, and by what it has learned", async () => {
    const question = { distance_km: 811, weight_kg: 3 };
    const first = await predict(question);
    assert.equal(first.cached, false);
    assert.deepEqual(await predict(question), { ...first, cached: true });
    for (const days of [30, 31, 32]) {
      const answer = await call(bench, host, "/observations", { ...question, days });
      assert.equal(answer.status, 201, answer.body);
    }
    assert.ok((await predict(question)).days > first.days);
  });

  it("is not there under another name: its route is the internal one", async () => {
    assert.equal((await call(bench, "predictor.localhost", "/")).status, 404);
  });

  it("changes nothing the second time", async () => {
    await up(bench, { unchanged: true });
  });

  it("is updated and rolled back replica by replica, without a failed request", async () => {
    const set = (VERSION: string): void => {
      bench.stack.configure({ variables: { VERSION } });
    };
    for (const version of ["1.1.0", "1.0.0"]) {
      set(version);
      const running = bench.stack.start("up");
      const over = new AbortController();
      void running.done.finally(() => {
        over.abort();
      });
      const lost: string[] = [];
      const seen = new Set<string>();
      while (!over.signal.aborted) {
        const answer = await call(bench, host, "/");
        if (answer.status === 200)
          seen.add((JSON.parse(answer.body) as { version: string }).version);
        else lost.push(`${answer.status} ${answer.body}`);
        await new Promise((done) => setTimeout(done, 50));
      }
      const run = await running.done;
      assert.equal(run.code, 0, said(run));
      assert.deepEqual(lost, []);
      assert.deepEqual([...seen].sort(), ["1.0.0", "1.1.0"]);
      assert.ok(await eventually(5, async () => (await about()).version === version));
    }
  });
});
