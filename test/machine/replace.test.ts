import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { said } from "../docker/rig";
import { changes, Deployment } from "./deployment";
import { needsMachine } from "./machine";

const compose = `
name: ledger
services:
  db:
    image: postgres:17
    restart: unless-stopped
    stop_grace_period: 60s
    environment: { POSTGRES_PASSWORD: ledger }
    volumes: ["rows:/var/lib/postgresql/data"]
    healthcheck:
      test: [CMD, pg_isready, -h, 127.0.0.1, -U, postgres]
      interval: 2s
      retries: 60
  # Says each row that the database has confirmed.
  writer:
    image: postgres:17
    restart: unless-stopped
    init: true
    stop_grace_period: 5s
    environment: { PGPASSWORD: ledger, PGHOST: db, PGUSER: postgres, PGCONNECT_TIMEOUT: "3" }
    entrypoint: [sh, -c]
    command:
      - |
        until psql -qc "create table if not exists rows (id serial primary key)"; do sleep 1; done
        while :; do
          id=$$(psql -Atqc "insert into rows default values returning id") && echo "confirmed $$id"
          sleep 0.1
        done
    depends_on:
      db: { condition: service_healthy }
volumes:
  rows:
`;

describe("a machine under a writing PostgreSQL", function () {
  this.timeout(1_200_000);
  let made: Deployment;

  before(async function () {
    needsMachine(this);
    made = await Deployment.create("127.0.0.6", {
      text: compose,
      config: { location: "europe", protect: false },
    });
    made.cloud.images = ["postgres:17", "busybox:1.37", "traefik:v3.5"];
  });
  after(async () => {
    await (made as Deployment | undefined)?.dispose();
  });

  const named = (part: string): string =>
    Object.keys(made.containers()).find((name) => name.includes(`-${part}-`))!;
  const log = (part: string): string => made.cloud.machine.shell(`docker logs ${named(part)}`);
  const confirmed = (): number[] =>
    [...log("writer").matchAll(/confirmed (\d+)/g)].map(([, id]) => Number(id));
  const rows = (): Set<number> =>
    new Set(
      made
        .docker("exec", named("db"), "psql", "-U", "postgres", "-Atc", "select id from rows")
        .split("\n")
        .map(Number),
    );
  const times = (words: string): number => log("db").split(words).length - 1;
  const starts = (): number => times("ready to accept connections");

  /** Waits until rows come in again. */
  async function writes(more = 20): Promise<void> {
    let first: number | undefined;
    const end = Date.now() + 240_000;
    while (Date.now() < end) {
      await sleep(1000);
      try {
        const count = confirmed().length;
        first ??= count;
        if (count >= first + more) return;
      } catch {
        // Docker does not answer yet.
      }
    }
    assert.fail(`no rows within 4 minutes\n${made.cloud.machine.report()}`);
  }

  function keptEverything(): void {
    // In this order: what is confirmed while one looks is no loss.
    const told = confirmed();
    const there = rows();
    const lost = told.filter((id) => !there.has(id));
    assert.deepEqual(lost, [], `${lost.length} confirmed rows are lost`);
    // One for each start but the last: the image's own first start ends like that too.
    assert.equal(times("database system is shut down"), starts() - 1);
    // Docker's own signal for it: systemd's would have been called smart, after Docker's logs had ended.
    assert.equal(times("received fast shutdown request"), starts() - 1);
    assert.doesNotMatch(log("db"), /received smart shutdown request/);
    assert.doesNotMatch(log("db"), /was interrupted|not properly shut down|automatic recovery/);
  }

  it("comes up and writes", async () => {
    const run = await made.stack.up();
    assert.equal(run.code, 0, said(run));
    await writes();
  });

  it("loses no row when the machine is replaced, and no Docker resource has a step", async () => {
    const [before, ups] = [made.containers(), starts()];
    const old = made.cloud.machine.name;
    const { deployment } = await made.stack.export();
    const droplet = deployment.resources!.find(
      ({ type }) => type === "digitalocean:index/droplet:Droplet",
    )!;
    const run = await made.stack.up({ args: ["--replace", droplet.urn] });
    assert.equal(run.code, 0, said(run));
    assert.notEqual(made.cloud.machine.name, old);
    assert.deepEqual([...new Set(changes(run).map((step) => step.split(" ")[1]))].sort(), [
      "digitalocean:index/droplet:Droplet",
      "digitalocean:index/reservedIpAssignment:ReservedIpAssignment",
    ]);
    await writes();
    assert.deepEqual(made.containers(), before);
    assert.equal(starts(), ups + 1);
    keptEverything();
  });

  it("changes nothing after that", async () => {
    const run = await made.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(Object.keys(run.changes), ["same"], said(run));
  });

  it("moves the weekly reboot on the same machine, which waits for its databases", async () => {
    const old = made.cloud.machine.name;
    made.stack.configure({ updates: { reboot: "Sun 05:00" } });
    const run = await made.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.equal(made.cloud.machine.name, old);
    const { machine } = made.cloud;
    const shown = (unit: string, property: string): string =>
      machine.run("systemctl", "show", "--property", property, unit);
    assert.match(shown("berth-reboot.timer", "TimersCalendar"), /OnCalendar=Sun \S* ?05:00/);
    assert.doesNotMatch(shown("berth-reboot.timer", "TimersCalendar"), /04:00/);
    // The 60 s of the database, and Docker's own end.
    assert.match(shown("docker.service", "TimeoutStopUSec"), /=1min 30s/);
  });

  it("loses no row in a reboot, and everything comes back by itself", async () => {
    const before = made.containers();
    await made.cloud.machine.reboot();
    await writes();
    assert.deepEqual(made.containers(), before);
    keptEverything();
  });

  it("creates every service again on a new disk", async () => {
    const before = made.containers();
    const { deployment } = await made.stack.export();
    const disk = deployment.resources!.find(
      ({ type }) => type === "digitalocean:index/volume:Volume",
    )!;
    const run = await made.stack.up({ args: ["--replace", disk.urn] });
    assert.equal(run.code, 0, said(run));
    await writes();
    const now = made.containers();
    assert.equal(Object.keys(now).length, Object.keys(before).length);
    for (const id of Object.values(before)) assert.ok(!Object.values(now).includes(id));
    assert.ok(Math.min(...rows()) === 1, "rows of the old disk");
    const again = await made.stack.up();
    assert.equal(again.code, 0, said(again));
    assert.deepEqual(Object.keys(again.changes), ["same"], said(again));
  });
});
