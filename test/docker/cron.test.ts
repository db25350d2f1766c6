import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Bench, needsDocker, said } from "./rig";

describe("a service that runs by the clock, on Docker", function () {
  this.timeout(300_000);
  let bench: Bench;

  before(async function () {
    needsDocker(this);
    bench = await Bench.alone("cron", {
      images: { traefik: "traefik:v3.5", docker: "berth-test-docker-cli:1" },
    });
    // The docker program beside BusyBox's cron, as the official image has them.
    const folder = join(bench.folder, "cli");
    mkdirSync(folder);
    const program = execFileSync("which", ["docker"], { encoding: "utf8" }).trim();
    copyFileSync(program, join(folder, "docker"));
    writeFileSync(join(folder, "Dockerfile"), "FROM busybox:1.37\nCOPY docker /bin/docker\n");
    bench.docker("build", "-q", "-t", "berth-test-docker-cli:1", folder);
  });

  after(async () => {
    await (bench as Bench | undefined)?.dispose();
  });

  it("runs every minute, and not before", async () => {
    bench.compose(`
services:
  report:
    image: busybox:1.37
    labels: { berth.cron: "* * * * *" }
    command: ["sh", "-c", "date >> /data/runs"]
    volumes: [data:/data]
volumes: { data: {} }
`);
    // With most of a minute ahead, the clock cannot strike before it is looked at.
    const second = new Date().getSeconds();
    if (second > 10) await sleep((61 - second) * 1000);
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
    const container = bench.containers().find((name) => name.includes("-report-run-"));
    const state = (key: string): string =>
      bench.docker("inspect", "-f", `{{.State.${key}}}`, container!);
    assert.equal(state("Status"), "created");
    for (let seconds = 0; seconds < 75 && state("Status") === "created"; seconds++)
      await sleep(1000);
    await sleep(1000);
    assert.equal(state("Status"), "exited");
    assert.equal(state("ExitCode"), "0");
    const again = await bench.stack.up();
    assert.deepEqual(Object.keys(again.changes), ["same"], said(again));
  });
});
