import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bring, call, deepTwice, eventually, examples, touched, up } from "./example";
import { needsDocker, said, type Bench } from "./rig";

function connects(bench: Bench, network: string, host: string, port: number): boolean {
  const line = `nc -w 3 ${host} ${port} </dev/null >/dev/null 2>&1 && echo reached || echo not reached`;
  const args = ["--network", `${bench.prefix}-${network}`, "busybox:1.37", "sh", "-c", line];
  return bench.docker("run", "--rm", ...args) === "reached";
}

describe("SimpleApp on Docker, through the real engine", function () {
  this.timeout(600_000);
  let bench: Bench;
  const host = "app.localhost";

  before(async function () {
    needsDocker(this);
    bench = await bring("simpleapp", { protect: true });
  });
  after(async () => {
    if (!(bench as Bench | undefined)) return;
    bench.stack.configure({ protect: false });
    await bench.stack.up();
    await bench.dispose();
  });

  it("comes up and reads and writes MySQL and Redis", async () => {
    await up(bench);
    await deepTwice(bench, host, ["mysql", "redis"]);
  });

  it("writes a row and reads it", async () => {
    const { status, body } = await call(bench, host, "/notes", { text: "written by a test" });
    assert.equal(status, 201, body);
    const { id } = JSON.parse(body) as { id: number };
    assert.match((await call(bench, host, `/notes/${id}`)).body, /written by a test/);
  });

  it("has its secrets at /run/secrets, and nowhere in a container's environment", () => {
    const password = readFileSync(
      join(examples, "simpleapp/secrets/mysql_password.txt"),
      "utf8",
    ).trim();
    const mysql = bench.containers().find((name) => name.includes("-mysql-"))!;
    assert.equal(
      bench.docker("exec", mysql, "cat", "/run/secrets/mysql_password").trim(),
      password,
    );
    for (const name of bench.containers())
      assert.doesNotMatch(
        bench.docker("inspect", "--format", "{{.Config.Env}}", name),
        new RegExp(password),
      );
  });

  it("keeps what is off a network from connecting to what is on it", () => {
    assert.equal(connects(bench, "cache-tier", "redis", 6379), true);
    assert.equal(connects(bench, "back-tier", "mysql", 3306), true);
    assert.equal(connects(bench, "back-tier", "redis", 6379), false);
    assert.equal(connects(bench, "cache-tier", "mysql", 3306), false);
  });

  it("changes nothing the second time", async () => {
    await up(bench, { unchanged: true });
  });

  it("changes one service's resources when one service changes", async () => {
    const file = join(bench.folder, "simpleapp/compose.yaml");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("LISTEN: :8080", "LISTEN: :8080\n      COLOUR: green"));
    const run = await up(bench);
    assert.deepEqual(
      touched(run).filter((name) => !/-(app-\d+|routes)$/.test(name)),
      [],
      "more changed than app and the routes",
    );
    assert.ok(touched(run).some((name) => name.endsWith("-app-1")));
    await deepTwice(bench, host, ["mysql", "redis"]);
  });

  it("keeps no secret in plain text in its state", async () => {
    const state = JSON.stringify(await bench.stack.export());
    for (const name of ["mysql_password", "mysql_root_password", "redis_password"]) {
      const secret = readFileSync(join(examples, `simpleapp/secrets/${name}.txt`), "utf8").trim();
      assert.ok(!state.includes(secret), `${name} stands in the state`);
      assert.ok(
        !state.includes(Buffer.from(secret).toString("base64")),
        `${name} stands in the state as base64`,
      );
    }
  });

  it("refuses to destroy what is protected, and says how", async () => {
    const refused = await bench.stack.destroy();
    assert.notEqual(refused.code, 0);
    assert.match(said(refused), /protect/);
    assert.equal(
      bench.docker("volume", "ls", "-q", "--filter", `name=${bench.prefix}-mysql`) === "",
      false,
    );
    const run = await bench.stack.destroy({ args: ["--exclude-protected"] });
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(bench.containers(), []);
    assert.match(bench.docker("volume", "ls", "-q"), new RegExp(`${bench.prefix}-mysql-data`));
  });

  it("comes back with its rows", async () => {
    await up(bench);
    assert.match((await call(bench, host, "/notes")).body, /written by a test/);
  });
});

describe("Bigga on Docker, through the real engine", function () {
  this.timeout(1_200_000);
  let bench: Bench;

  before(async function () {
    needsDocker(this);
    bench = await bring("bigga");
  });
  after(async () => {
    await (bench as Bench | undefined)?.dispose();
  });

  it("comes up, all thirteen services of it", async () => {
    await up(bench);
  });

  it("reads and writes every data service through the edge", async () => {
    await deepTwice(bench, "api.localhost", [
      "postgres",
      "mongo",
      "neo4j",
      "elasticsearch",
      "solr",
      "rabbitmq",
      "redis",
    ]);
    await deepTwice(bench, "ws.localhost", ["redis"]);
  });

  it("serves the page that the frontend renders from the backend", async () => {
    const { body } = await call(bench, "api.localhost", "/items", { text: "an item of the test" });
    assert.match(body, /an item of the test/);
    const page = await call(bench, "localhost", "/");
    assert.equal(page.status, 200);
    assert.match(page.body, /an item of the test/);
  });

  it("takes a task through RabbitMQ and Celery", async () => {
    const { status, body } = await call(bench, "api.localhost", "/tasks", {
      text: "one two three",
    });
    assert.equal(status, 202, body);
    const { id } = JSON.parse(body) as { id: string };
    let task: { state?: string; worker?: string | null } = {};
    await eventually(30, async () => {
      const answer = await call(bench, "api.localhost", `/tasks/${id}`);
      task = JSON.parse(answer.body) as typeof task;
      return task.state === "done";
    });
    assert.equal(task.state, "done", "no worker finished the task within 30 seconds");
    assert.ok(task.worker, "no worker did it");
  });

  it("runs one scheduler", async () => {
    const { schedulers } = JSON.parse((await call(bench, "api.localhost", "/beat")).body) as {
      schedulers: { alive: boolean }[];
    };
    assert.equal(schedulers.filter(({ alive }) => alive).length, 1);
  });

  it("changes nothing the second time", async () => {
    await up(bench, { unchanged: true });
  });
});
