import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { EngineApi } from "../../components/docker/engine/engine-api";
import { enoughSpace } from "../../components/docker/engine/free-space";
import { Bench, dockerHost, needsDocker, said } from "./rig";

describe("a database and a disk that an update would break", function () {
  this.timeout(300_000);
  let bench: Bench;
  const write = (image: string): void => {
    bench.compose(`
services:
  db:
    image: ${image}
    restart: unless-stopped
    stop_grace_period: 5s
    environment: { POSTGRES_PASSWORD: swordfish }
    healthcheck: { test: pg_isready -U postgres -h 127.0.0.1, interval: 1s, retries: 60 }
    volumes: [rows:/var/lib/postgresql/data]
volumes: { rows: {} }
`);
  };
  const db = (): string =>
    bench.containers().find((name) => name.startsWith(`${bench.prefix}-db-1-`))!;
  const rows = (): string =>
    bench.docker("exec", db(), "psql", "-U", "postgres", "-Atc", "select v from kept");

  before(async function () {
    needsDocker(this);
    bench = await Bench.alone("upgrade");
    // The next major as far as anyone can see who does not start it.
    const next = join(bench.folder, "next");
    mkdirSync(next);
    writeFileSync(join(next, "Dockerfile"), "FROM postgres:17\nENV PG_MAJOR=99\n");
    bench.docker("build", "-q", "-t", "berth-test-postgres:99", next);
    write("postgres:17");
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
    bench.docker("exec", db(), "psql", "-U", "postgres", "-c", "create table kept as select 7 v");
  });

  after(async () => {
    await bench.dispose();
    bench.docker("rmi", "berth-test-postgres:99");
  });

  it("refuses another major version of PostgreSQL in one line, and the old one stays", async () => {
    const before = db();
    write("berth-test-postgres:99");
    const run = await bench.stack.up();
    assert.notEqual(run.code, 0);
    assert.match(
      said(run),
      /services\.db\.image: its volume holds the data of PostgreSQL \d+, which PostgreSQL 99 cannot read; go back to \d+, or move the data as docs\/upgrade-postgresql\.md says/,
    );
    assert.doesNotMatch(said(run), /\n\s+at /);
    assert.equal(db(), before);
    assert.equal(rows(), "7");
    const left = bench.docker("ps", "-aq", "--filter", "ancestor=berth-test-postgres:99");
    assert.equal(left, "");
  });

  it("takes the same major again", async () => {
    write("postgres:16");
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.equal(rows(), "7");
  });

  it("reads from a container of the edge what is free", async () => {
    const engine = new EngineApi({ host: pulumi.output(dockerHost!) });
    const calls: string[] = [];
    const [page] = bench.containers().filter((name) => name.includes("-maintenance-"));
    await enoughSpace(
      {
        list: () => Promise.resolve([{ id: page!, name: page! }]),
        exec: async (id, command) => {
          const table = await engine.exec(id, command);
          calls.push(table);
          return table.replace(/^(\S+\s+\d+\s+\d+\s+)\d+/m, "$19999999");
        },
      },
      { project: "berth", stack: "rig" },
    );
    assert.match(calls[0]!, /\s\d+%\s+\/\s*$/);
  });
});
