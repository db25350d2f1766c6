import assert from "node:assert/strict";
import { eventually, up } from "./example";
import { Bench, needsDocker } from "./rig";

/** Changing `version` replaces every container. */
const file = (version: string): string => `
x-common: &common
  restart: unless-stopped
  stop_grace_period: 10s
  environment: { VERSION: "${version}", POSTGRES_PASSWORD: x }
services:
  store:
    <<: *common
    image: postgres:17
    healthcheck: { test: ["CMD", "pg_isready", "-U", "postgres", "-h", "127.0.0.1"], interval: 1s, retries: 60 }
  queue:
    <<: *common
    image: rabbitmq:4-management
    healthcheck: { test: ["CMD", "rabbitmq-diagnostics", "-q", "ping"], interval: 3s, retries: 40 }
  writer:
    <<: *common
    image: busybox:1.37
    command: ["sh", "-c", "test -e /media/a || echo kept > /media/a; while :; do sleep 1; done"]
    volumes: ["./media:/media"]
  reader:
    <<: *common
    image: busybox:1.37
    command: ["httpd", "-f", "-p", "8000", "-h", "/www"]
    ports: ["8000:8000"]
    volumes: ["./media:/www:ro"]
`;

describe("data that the file does not keep by name, on Docker", function () {
  this.timeout(400_000);
  let bench: Bench;
  const inside = (service: string, ...command: readonly string[]): string => {
    const container = bench.containers().find((name) => name.includes(`-${service}-1-`))!;
    return bench.docker("exec", container, ...command);
  };
  const sql = (statement: string): string =>
    inside("store", "psql", "-U", "postgres", "-Atc", statement);
  const messages = (): string =>
    inside("queue", "rabbitmqctl", "-q", "list_queues", "name", "messages", "durable");

  const api = (method: string, path: string, body: object): void => {
    const words = ["-fsS", "-u", "guest:guest", "-X", method, "-d", JSON.stringify(body)];
    inside("queue", "curl", ...words, `http://127.0.0.1:15672/api/${path}`);
  };

  before(async function () {
    needsDocker(this);
    bench = await Bench.alone("kept");
    bench.compose(file("1"));
    await up(bench);
    sql("create table t (v int); insert into t values (7)");
    api("PUT", "queues/%2F/kept", { durable: true });
    api("POST", "exchanges/%2F/amq.default/publish", {
      ...{ properties: { delivery_mode: 2 }, routing_key: "kept" },
      ...{ payload: "x", payload_encoding: "string" },
    });
    bench.compose(file("2"));
    await up(bench);
  });

  after(async () => {
    await (bench as Bench | undefined)?.dispose();
  });

  it("is a database's, when its container is replaced", () => {
    assert.equal(sql("select v from t"), "7");
  });

  it("is a message in RabbitMQ", () => {
    assert.match(messages(), /kept\s+1\s+true/);
  });

  it("is one folder for all services that mount it", async () => {
    const get = () => bench.get("reader.localhost", "/a");
    await eventually(20, async () => (await get()).status === 200);
    assert.deepEqual(await get(), { status: 200, body: "kept\n" });
  });
});

describe("the volume of a folder that was called otherwise, on Docker", function () {
  this.timeout(300_000);
  let bench: Bench;
  const write = (source: string, rest = ""): void => {
    bench.compose(`
services:
  writer:
    image: busybox:1.37
    restart: unless-stopped
    stop_grace_period: 1s
    command: ["sh", "-c", "echo row >> /media/rows; while :; do sleep 1; done"]
    volumes: ["${source}:/media"]
${rest}`);
  };

  before(async function () {
    needsDocker(this);
    bench = await Bench.alone("former", { protect: true });
  });

  after(async () => {
    await (bench as Bench | undefined)?.dispose();
  });

  it("keeps its data and its name in Docker, although it is protected", async () => {
    // What 0.1.0 called the volume of ./media at /media in the service writer.
    write("writer-media", "volumes: { writer-media: {} }");
    await up(bench);
    write("./media");
    const run = await up(bench);
    const volumes = run.steps.filter(({ type }) => type === "docker:index/volume:Volume");
    assert.deepEqual([...new Set(volumes.map(({ op }) => op))], ["same"]);
    const [container] = bench.containers().filter((name) => name.includes("-writer-1-"));
    assert.equal(bench.docker("exec", container!, "cat", "/media/rows"), "row");
    await up(bench, { unchanged: true });
  });
});
