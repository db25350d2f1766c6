import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { writerRights } from "../../components/clouds/aws/bucket";
import { needsBackups, programAt } from "../rig/pulumi";
import { eventually, up } from "./example";
import { Bench, needsDocker } from "./rig";
import { type Key, S3Server, versioning } from "./s3";

const repository = resolve(__dirname, "../..");

const file = (word: string): string => `
x-common: &common
  restart: unless-stopped
  stop_grace_period: 5s
services:
  store:
    <<: *common
    image: postgres:17
    environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: "${word}", POSTGRES_DB: shop }
    healthcheck: { test: ["CMD", "pg_isready", "-h", "127.0.0.1", "-U", "shop"], interval: 1s, retries: 60 }
    volumes: ["rows:/var/lib/postgresql/data"]
  ledger:
    <<: *common
    image: mariadb:11
    environment: { MARIADB_ROOT_PASSWORD: "root-${word}", MARIADB_DATABASE: books, MARIADB_USER: books, MARIADB_PASSWORD: "${word}" }
    healthcheck: { test: ["CMD", "mariadb-admin", "ping", "-h", "127.0.0.1", "-uroot", "-proot-${word}"], interval: 1s, retries: 60 }
    volumes: ["ledger:/var/lib/mysql"]
  cache:
    <<: *common
    image: redis:7
    command: ["redis-server", "--requirepass", "${word}"]
    volumes: ["cache:/data"]
  writer:
    <<: *common
    image: busybox:1.37
    command: ["sh", "-c", "while :; do sleep 1; done"]
    volumes: ["uploads:/uploads", "scrap:/scrap"]
    depends_on: { store: { condition: service_healthy }, ledger: { condition: service_healthy } }
  heap:
    <<: *common
    image: busybox:1.37
    command: ["sh", "-c", "while :; do sleep 1; done"]
    labels: { berth.backup: "pause" }
    volumes: ["heap:/heap"]
  idle:
    <<: *common
    image: busybox:1.37
    command: ["sh", "-c", "while :; do sleep 1; done"]
    labels: { berth.backup: "false" }
    volumes: ["nothing:/nothing"]
volumes: { rows: {}, ledger: {}, cache: {}, uploads: {}, scrap: {}, heap: {}, nothing: {} }
`;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe("backups, on Docker", function () {
  this.timeout(600_000);
  let server: S3Server;
  let key: Key;
  let one: Bench;
  let other: Bench | undefined;

  const make = (label: string, stack?: string): Promise<Bench> => {
    const gateway = execFileSync(
      "docker",
      ["network", "inspect", "bridge", "-f", "{{(index .IPAM.Config 0).Gateway}}"],
      { encoding: "utf8", env: { ...process.env, DOCKER_HOST: process.env.BERTH_DOCKER_HOST } },
    ).trim();
    const config = {
      images: {
        traefik: "traefik:v3.5",
        docker: "berth-test-docker-cli:1",
        restic: "berth-test-restic:1",
      },
      backups: {
        to: `s3:http://${gateway}:${server.port}/shop`,
        keep: 3,
        credentials: { AWS_ACCESS_KEY_ID: key.id, AWS_SECRET_ACCESS_KEY: key.secret },
      },
    };
    return Bench.alone(label, config, stack);
  };

  /** The programs that the official images have, each in an image of its own. */
  const images = (bench: Bench): void => {
    for (const [program, folder, image, base] of [
      ["docker", "/bin", "berth-test-docker-cli:1", "busybox:1.37"],
      ["restic", "/usr/bin", "berth-test-restic:1", "scratch"],
    ] as const) {
      const context = join(bench.folder, program);
      mkdirSync(context);
      copyFileSync(programAt(program), join(context, program));
      const lines = [`FROM ${base}`, `COPY ${program} ${folder}/${program}`];
      if (base === "scratch") lines.push(`ENTRYPOINT ["${folder}/${program}"]`);
      writeFileSync(join(context, "Dockerfile"), `${lines.join("\n")}\n`);
      bench.docker("build", "-q", "-t", image, context);
    }
  };

  const inside = (bench: Bench, service: string, ...command: readonly string[]): string => {
    const container = bench.containers().find((name) => name.includes(`-${service}-1-`))!;
    return bench.docker("exec", container, ...command);
  };
  const sql = (bench: Bench, statement: string): string =>
    inside(bench, "store", "psql", "-U", "shop", "-Atc", statement);
  const maria = (bench: Bench, word: string, statement: string): string =>
    inside(bench, "ledger", "mariadb", "-ubooks", `-p${word}`, "-Ne", statement, "books");
  const cache = (bench: Bench, word: string, ...command: readonly string[]): string =>
    inside(bench, "cache", "redis-cli", "--no-auth-warning", "-a", word, ...command);

  /** A command of the repository; the stack `other` has a backend of its own. */
  const npm = (...words: readonly string[]): Promise<Ended> => {
    const bin = join(one.folder, "bin");
    mkdirSync(bin, { recursive: true });
    const pulumi = programAt("pulumi");
    const elsewhere = Object.entries(other?.stack.environment() ?? {}).flatMap(([name, value]) =>
      name.startsWith("PULUMI_") ? [`export ${name}='${value ?? ""}'`] : [],
    );
    const shim = [
      "#!/bin/bash",
      'args=("$@")',
      'for n in "${!args[@]}"; do if [ "${args[n]}" = other ]; then :',
      ...elsewhere,
      "fi; done",
      `exec ${pulumi} "\${args[@]}"`,
    ];
    writeFileSync(join(bin, "pulumi"), `${shim.join("\n")}\n`);
    chmodSync(join(bin, "pulumi"), 0o755);
    const env = one.stack.environment();
    return new Promise((done) => {
      const options = {
        cwd: repository,
        env: { ...env, PATH: `${bin}:${env.PATH ?? ""}` },
        timeout: 300_000,
      };
      const child = execFile(
        process.execPath,
        ["cli/start.js", words[0]!, "--stack", "one", ...words.slice(1)],
        options,
        (_, out, err) => {
          done({ code: child.exitCode ?? -1, out, err });
        },
      );
      child.stdin!.end();
    });
  };
  const well = async (...words: readonly string[]): Promise<Ended> => {
    const ended = await npm(...words);
    assert.equal(ended.code, 0, ended.out + ended.err);
    return ended;
  };

  before(async function () {
    needsDocker(this);
    needsBackups(this);
    server = await S3Server.start();
    key = await server.bucket("shop", writerRights("arn:aws:s3:::shop"));
    one = await make("backups", "one");
    images(one);
    one.compose(file("first"));
    await up(one);
    sql(one, "create table orders (v int); insert into orders select generate_series(1, 100)");
    maria(one, "first", "create table entries (v int); insert into entries values (1), (2), (3)");
    cache(one, "first", "set", "greeting", "hello");
    inside(one, "writer", "sh", "-c", "mkdir /uploads/a && echo picture > '/uploads/a/one file'");
    inside(one, "heap", "sh", "-c", "echo heap > /heap/heap");
  });

  after(async () => {
    await (one as Bench | undefined)?.dispose();
    await other?.dispose();
    (server as S3Server | undefined)?.stop();
  });

  it("are of every database and volume, but for what the label leaves out", async () => {
    const { err } = await well("backup", "now");
    assert.doesNotMatch(err, /failed/);
    const { out } = await well("backup", "list");
    const lines = out.trim().split("\n");
    assert.deepEqual(lines.map((line) => line.split(/ {2,}/).slice(1, 3).join(" ")).sort(), [
      "database ledger",
      "database store",
      "volume cache",
      "volume heap",
      "volume scrap",
      "volume uploads",
    ]);
    assert.equal(one.docker("ps", "--quiet", "--filter", "status=paused"), "");
  });

  it("change nothing at the next update, and show in the status", async () => {
    await up(one, { unchanged: true });
    const { out } = await well("status");
    assert.match(out, /backups +healthy/);
    assert.match(out, /newest backup: .* UTC/);
  });

  it("are proven by restoring each dump into a server that is gone afterwards", async () => {
    const { err } = await well("backup", "check");
    assert.match(err, /store: 100 restored from its newest dump, 100 there now/);
    assert.match(err, /ledger: 3 restored from its newest dump, 3 there now/);
    assert.equal(one.docker("ps", "-aq", "--filter", `label=berth.scratch=berth-one`), "");
  });

  it("bring back what was lost", async () => {
    sql(one, "drop table orders; create table later (v int)");
    maria(one, "first", "delete from entries");
    cache(one, "first", "flushall");
    inside(one, "writer", "sh", "-c", "rm -r /uploads/a; echo new > /uploads/new");
    const { out } = await well("restore", "--yes");
    assert.match(out, /database store, as of .* UTC/);
    assert.match(out, /everything is restored and runs/);
    assert.equal(sql(one, "select count(*) from orders"), "100");
    assert.equal(sql(one, "select to_regclass('later') is null"), "t");
    assert.equal(maria(one, "first", "select count(*) from entries"), "3");
    assert.equal(cache(one, "first", "get", "greeting"), "hello");
    assert.equal(inside(one, "writer", "cat", "/uploads/a/one file"), "picture");
    assert.equal(inside(one, "writer", "ls", "/uploads"), "a");
    await up(one, { unchanged: true });
  });

  it("go into another stack, which keeps its own passwords", async () => {
    other = await make("restored", "other");
    other.compose(file("second"));
    await up(other);
    const refused = await npm("restore", "--into", "other");
    assert.equal(refused.code, 1);
    assert.match(refused.err, /give --yes/);
    const { out } = await well("restore", "--into", "other", "--yes");
    assert.match(out, /volume uploads, as of/);
    assert.equal(sql(other, "select count(*) from orders"), "100");
    assert.equal(maria(other, "second", "select count(*) from entries"), "3");
    assert.equal(cache(other, "second", "get", "greeting"), "hello");
    assert.equal(inside(other, "writer", "cat", "/uploads/a/one file"), "picture");
  });

  it("name what went wrong, and keep what was backed up before", async () => {
    const ledger = one.containers().find((name) => name.includes("-ledger-1-"))!;
    one.docker("stop", ledger);
    const failed = await npm("backup", "now");
    assert.equal(failed.code, 1);
    assert.match(failed.err, /ledger: no container of it runs/);
    assert.match(failed.err, /failed: ledger/);
    one.docker("start", ledger);
    const { out } = await well("backup", "list");
    assert.equal(out.match(/database +ledger/g)?.length, 1, out);
    assert.ok(await eventually(60, async () => (await npm("backup", "now")).code === 0));
  });

  it("outlive whoever has the machine's key", async () => {
    const objects = (await server.versions("shop")).filter(({ deletion }) => !deletion);
    assert.ok(objects.length > 10);
    const [first] = objects;
    for (const [method, path, body] of [
      ["DELETE", `/${first!.key}?versionId=${first!.version}`, ""],
      ["PUT", "?policy=", "{}"],
      ["PUT", "?versioning=", versioning("Suspended")],
      ["DELETE", "", ""],
    ] as const) {
      const { status } = await server.call(key, method, `/shop${path}`, body);
      assert.equal(status, 403, `${method} ${path}`);
    }
    for (const { key: name } of objects) await server.call(key, "DELETE", `/shop/${name}`);
    const config = objects.find(({ key: name }) => name.endsWith("/config"))!;
    assert.equal((await server.call(key, "GET", `/shop/${config.key}`)).status, 404);
    // Whoever owns the bucket takes the deletions back, but for restic's own of its locks.
    for (const { key: name, version, deletion } of await server.versions("shop"))
      if (deletion && !name.includes("/locks/"))
        await server.call(server.root, "DELETE", `/shop/${name}?versionId=${version}`);
    await well("backup", "check");
  });
});
