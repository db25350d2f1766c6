import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Step } from "../rig/events";
import { Egress, words } from "./egress";
import { Bench, needsDocker, said } from "./rig";

const file = `
services:
  app:
    image: postgres:17
    restart: unless-stopped
    stop_grace_period: 1s
    command: ["sh", "-c", "while :; do sleep 1; done"]
    environment: { PGPASSWORD: ${words.app}, PGSSLMODE: disable, DB_HOST: postgres }
    networks: { back: {} }
    depends_on:
      migrate: { condition: service_completed_successfully }
      redis: { condition: service_healthy }
  migrate:
    image: postgres:17
    restart: "no"
    command: ["psql", "postgres://shop:${words.app}@postgres/shop?sslmode=disable", "-c", "CREATE TABLE IF NOT EXISTS item (name text)"]
    networks: { back: {} }
    depends_on: { postgres: { condition: service_healthy } }
  cacher:
    image: redis:7
    restart: unless-stopped
    stop_grace_period: 1s
    command: ["sh", "-c", "while :; do sleep 1; done"]
    environment: { REDISCLI_AUTH: "${words.redis}" }
    networks: { back: {} }
    depends_on: [redis]
  postgres:
    image: postgres:17
    restart: unless-stopped
    environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: ${words.app}, POSTGRES_DB: shop }
    healthcheck: { test: ["CMD", "pg_isready"], interval: 2s }
    volumes: [rows:/var/lib/postgresql/data]
    networks: { back: { aliases: [sql] } }
  redis:
    image: redis:7
    restart: unless-stopped
    command: ["redis-server", "--requirepass", "${words.redis}"]
    networks: { back: {} }
# The proxies lead out of it.
networks: { back: { internal: true } }
volumes: { rows: {} }
`;

const changed = (steps: readonly Step[]): string[] =>
  steps
    .filter(({ op }) => op !== "same" && op !== "read")
    .map(({ op, urn }) => `${op} ${urn.split("::").pop()!}`);

describe("databases elsewhere, under their Compose names on Docker", function () {
  this.timeout(300_000);
  let bench: Bench;
  let outside: Egress;
  const container = (name: string): string =>
    bench.containers().find((found) => found.startsWith(`${bench.prefix}-${name}-`))!;
  const sql = (host: string, query: string): string =>
    bench.docker(
      "exec",
      container("app-1"),
      "psql",
      "-h",
      host,
      "-U",
      "shop",
      "-tAc",
      query,
      "shop",
    );
  const redis = (...words: string[]): string =>
    bench.docker("exec", container("cacher-1"), "redis-cli", "-h", "redis", ...words);

  before(async function () {
    needsDocker(this);
    // The provider waits this long for a proxy that does not come up.
    bench = await Bench.alone("elsewhere", { timeouts: { redis: 90 } });
    bench.compose(file);
    outside = new Egress(bench);
    outside.newAuthority();
    outside.publish("postgres", "redis");
    outside.postgres();
    outside.redis();
    const url = outside.url(
      "postgres",
      "postgres",
      words.postgres,
      "postgres",
      "/shop?sslrootcert",
    );
    await bench.stack.setSecrets({
      "databases.postgres.url": url,
      "databases.postgres.readUrls[0]": url,
      "databases.redis.url": outside.url(
        "rediss",
        "default",
        words.redis,
        "redis",
        "/0?ssl_ca_certs",
      ),
    });
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
  });

  after(async () => {
    (outside as Egress | undefined)?.dispose();
    await (bench as Bench | undefined)?.dispose();
  });

  it("have no container and volume of their own, and a proxy each", () => {
    const names = bench.containers().map((name) => name.slice(bench.prefix.length + 1));
    assert.ok(!names.some((name) => /^(postgres|redis)-1-/.test(name)), names.join(" "));
    for (const proxy of ["postgres", "postgres-read-1", "redis"])
      assert.ok(
        names.some((name) => name.startsWith(`${proxy}-proxy-`)),
        proxy,
      );
    assert.equal(bench.docker("volume", "ls", "-q", "--filter", `name=${bench.prefix}-rows`), "");
  });

  it("answer to a client without TLS, though the server takes TLS alone", () => {
    const tls = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    for (const name of ["postgres", "sql"]) assert.equal(sql(name, tls), "t", name);
    assert.equal(sql("postgres", "SELECT current_user"), "postgres");
    assert.equal(sql("postgres", "SELECT count(*) FROM item"), "0");
    assert.throws(
      () =>
        bench.docker(
          ...["exec", `${bench.prefix}-outside-postgres`, "env", "PGPASSWORD=x", "psql"],
          ...["postgres://postgres@127.0.0.1/shop?sslmode=disable", "-c", "SELECT 1"],
        ),
      /no encryption/,
    );
    assert.throws(
      () =>
        bench.docker(
          ...["exec", "-e", "PGPASSWORD=wrong", container("app-1"), "psql", "-h", "postgres"],
          ...["-U", "shop", "-c", "SELECT 1", "shop"],
        ),
      /authentication failed/,
    );
    assert.equal(redis("set", "row", "kept"), "OK");
    assert.equal(redis("get", "row"), "kept");
  });

  it("have a name for each read replica, one for all, and a variable that lists them", () => {
    for (const name of ["postgres-read-1", "postgres-read"])
      assert.equal(sql(name, "SELECT 1"), "1", name);
    const hosts = bench.docker("exec", container("app-1"), "printenv", "POSTGRES_READ_HOSTS");
    assert.equal(hosts, "postgres-read-1:5432");
  });

  it("are left alone by the next update", async () => {
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(changed(run.steps), []);
  });

  it("keep their passwords out of the state and of all that is written", () => {
    const files = readdirSync(bench.stack.folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(bench.stack.folder, name))
      .filter((name) => statSync(name).isFile())
      // Debug messages of the SDK, of an option that only these tests use.
      .filter((name) => !/events-\d+\.json$/.test(name));
    for (const word of [words.postgres, encodeURIComponent(words.postgres)])
      assert.deepEqual(
        files.filter((name) => readFileSync(name).includes(word)),
        [],
      );
  });

  it("are never somebody else: with another authority the update fails, and the old proxy serves", async () => {
    outside.newAuthority();
    outside.publish("redis");
    const run = await bench.stack.up();
    assert.notEqual(run.code, 0);
    assert.match(said(run), /redis-proxy-\w+: running, unhealthy/);
    for (let time = 1; time <= 10; time++) assert.equal(redis("get", "row"), "kept");
  });

  it("are reached by a new proxy when their authority changes, and the application stays", async () => {
    const app = [container("app-1"), container("cacher-1")];
    outside.publish("postgres");
    outside.postgres();
    outside.redis();
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
    const replaced = changed(run.steps).filter((line) => line.startsWith("create-replacement"));
    assert.deepEqual(replaced.map((line) => line.replace(/^.*-docker-/, "")).sort(), [
      "postgres-proxy",
      "postgres-read-1-proxy",
      "redis-proxy",
    ]);
    assert.deepEqual([container("app-1"), container("cacher-1")], app);
    assert.equal(redis("set", "row", "again"), "OK");
    for (let left = 30; ; left--) {
      try {
        assert.equal(sql("postgres", "SELECT 1"), "1");
        break;
      } catch (error) {
        if (left === 0) throw error;
        await sleep(1000);
      }
    }
  });

  it("are deleted with the stack, and the servers stay", async () => {
    const run = await bench.stack.destroy();
    assert.equal(run.code, 0, said(run));
    const left = bench.containers();
    assert.deepEqual(left, []);
    for (const name of ["postgres", "redis"])
      assert.equal(
        bench.docker("inspect", "-f", "{{.State.Running}}", `${bench.prefix}-outside-${name}`),
        "true",
      );
  });
});
