import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../docker/example";
import { said } from "../docker/rig";
import { needsDockerMachine } from "./machine";
import { repository, Site } from "./site";

const compose = `
name: operate
services:
  web:
    image: busybox:1.37
    restart: unless-stopped
    init: true
    environment: { COLOUR: green }
    command: ["sh", "-c", "echo started in $$COLOUR; touch /tmp/started; sleep 100000"]
    volumes: ["rows:/rows"]
    healthcheck: { test: ["CMD", "test", "-e", "/tmp/started"], interval: 1s, start_period: 30s }
  migrate:
    image: busybox:1.37
    restart: "no"
    command: ["true"]
volumes: { rows: {} }
`;
const droplet = "digitalocean:index/droplet:Droplet";
const volume = "digitalocean:index/volume:Volume";

describe("the commands for a machine that runs", function () {
  this.timeout(600_000);
  let site: Site;

  before(async function () {
    needsDockerMachine(this);
    const images = ["busybox:1.37", "traefik:v3.5"];
    site = await Site.create({ name: "operate", net: "127.0.53", compose, images });
    mkdirSync(own());
  });
  after(async () => {
    await (site as Site | undefined)?.dispose();
  });

  interface Ended {
    readonly code: number;
    readonly out: string;
    readonly err: string;
  }
  // What the commands leave, or do not.
  const own = (): string => join(site.folder, "tmp");
  const npm = (command: string, ...words: string[]): Promise<Ended> =>
    new Promise((done) => {
      const args = ["cli/start.js", command, ...words];
      const options = { cwd: repository, env: { ...site.stack.environment(), TMPDIR: own() } };
      const child = execFile(process.execPath, args, options, (_, out, err) => {
        done({ code: child.exitCode ?? -1, out, err });
      });
      child.stdin!.end();
    });
  const on = async (command: string, ...words: string[]): Promise<string> => {
    const { code, out, err } = await npm(command, "--stack", "operate", ...words);
    assert.equal(code, 0, out + err);
    return out;
  };

  it("say what is missing before the first update", async () => {
    const { code, out, err } = await npm("docker", "--stack", "operate", "ps");
    assert.deepEqual([code, out], [1, ""]);
    assert.equal(err, "operate: nothing of it runs yet; run pulumi up --stack operate\n");
    assert.match(
      (await npm("status", "--stack", "other")).err,
      /^error: no stack named 'other' found/,
    );
  });

  it("are the Docker CLI on the machine's Docker, whose key is nowhere on disk", async () => {
    const run = await site.stack.up();
    assert.equal(run.code, 0, said(run));
    const names = (await on("docker", "ps", "--all", "--format", "{{.Names}}")).trim().split("\n");
    assert.deepEqual(names.sort(), Object.keys(site.machine.containers()).sort());
    assert.equal(
      await on("exec", "web", "sh", "-c", "echo $COLOUR > /rows/colour; cat /rows/colour"),
      "green\n",
    );
    assert.equal((await npm("exec", "--stack", "operate", "web", "false")).code, 1);
    const asleep = on("exec", "web", "sleep", "5");
    const socket = (): string[] => readdirSync(own(), { recursive: true, encoding: "utf8" });
    assert.ok(await eventually(60, () => Promise.resolve(socket().length === 2)));
    const [folder, inside] = socket().sort();
    assert.equal(inside, join(folder!, "docker.sock"));
    assert.equal(statSync(join(own(), folder!)).mode & 0o777, 0o700);
    await asleep;
    assert.deepEqual(socket(), []);
    assert.match(await on("logs", "web"), /^\S+-web-1-\w+ \| started in green$/m);
    assert.doesNotMatch(await on("logs", "web"), /migrate/);
    const { code, err } = await npm("logs", "--stack", "operate", "wib");
    assert.equal(code, 1);
    assert.equal(err, "wib: no container of this service is there; did you mean web?\n");
  });

  it("show the state of every container and the end of every certificate", async () => {
    const out = await on("status");
    assert.match(out, /^operate: 5 containers on tcp:\/\/127\.0\.53\.1:2376$/m);
    assert.match(out, /^ {2}web +healthy +\S+-web-1-\w+$/m);
    assert.match(out, /^ {2}migrate +done +\S+$/m);
    assert.match(out, /^disk: [\d.]+ GiB free$/m);
    for (const [whose, days] of [
      ["the authority", 3650],
      ["the machine", 3650],
      ["this stack", 365],
    ] as const) {
      const [, end] = new RegExp(`^certificate of ${whose}: until (.+)$`, "m").exec(out) ?? [];
      const left = (Date.parse(end ?? "") - Date.now()) / 86_400_000;
      assert.ok(Math.abs(left - days) < 2, out);
    }
    await on(
      "docker",
      "stop",
      "--time",
      "1",
      Object.keys(site.machine.containers()).find((name) => name.includes("-web-"))!,
    );
    const { code, out: after } = await npm("status", "--stack", "operate");
    assert.equal(code, 1);
    assert.match(after, /^ {2}web +exited \d+ /m);
    await on(
      "docker",
      "start",
      Object.keys(site.machine.containers()).find((name) => name.includes("-web-"))!,
    );
  });

  it("replace the keys: another machine, the same disk and containers", async () => {
    const before = { containers: site.machine.containers(), disks: site.world.things(volume) };
    const [old] = site.world.things(droplet);
    const config = ["--yes", "--skip-preview", "--config-file", site.stack.configFile];
    assert.match(await on("rotate", "--", ...config), /^operate: new keys for the Docker API\./);
    const [now, ...more] = site.world.things(droplet);
    assert.deepEqual(more, []);
    assert.notEqual(now!.id, old!.id);
    assert.deepEqual(site.machine.containers(), before.containers);
    assert.deepEqual(
      site.world.things(volume).map(({ id }) => id),
      before.disks.map(({ id }) => id),
    );
    assert.equal(await on("exec", "web", "cat", "/rows/colour"), "green\n");
    const again = await site.stack.up();
    assert.deepEqual(Object.keys(again.changes), ["same"], said(again));
  });
});
