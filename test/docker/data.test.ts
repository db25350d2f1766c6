import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Bench, needsDocker, said } from "./rig";

const hush = "correct-horse-battery-staple";

const file = `
services:
  store:
    image: busybox:1.37
    restart: unless-stopped
    stop_grace_period: 1s
    command: ["sh", "-c", "echo kept > /data/row; while :; do sleep 1; done"]
    volumes: [data:/data, "./conf:/etc/conf:ro"]
    secrets: [password]
    networks: [back]
  locked:
    image: busybox:1.37
    restart: unless-stopped
    stop_grace_period: 1s
    read_only: true
    tmpfs: [/run]
    environment: { API_TOKEN: ${hush} }
    command: ["sh", "-c", "while :; do sleep 1; done"]
    secrets: [{ source: password, target: /run/secrets/password, mode: 0400 }]
    networks: [back]
  other:
    image: busybox:1.37
    restart: unless-stopped
    stop_grace_period: 1s
    command: ["sh", "-c", "while :; do sleep 1; done"]
    networks: [front]
networks: { back: {}, front: {} }
volumes: { data: {} }
secrets: { password: { file: ./password.txt } }
`;

describe("data and secrets on Docker", function () {
  this.timeout(300_000);
  let bench: Bench;
  const container = (service: string): string =>
    bench.containers().find((name) => name.startsWith(`${bench.prefix}-${service}-1-`))!;
  const inside = (service: string, ...command: string[]): string =>
    bench.docker("exec", container(service), ...command);

  before(async function () {
    needsDocker(this);
    bench = await Bench.alone("data", { protect: true });
    mkdirSync(join(bench.folder, "conf"));
    writeFileSync(join(bench.folder, "conf/app.conf"), "colour=green\n");
    writeFileSync(join(bench.folder, "conf/empty.conf"), "");
    writeFileSync(join(bench.folder, "password.txt"), hush);
    bench.compose(file);
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.ok(!said(run).includes(hush));
  });

  after(async () => {
    await (bench as Bench | undefined)?.dispose();
  });

  it("puts files and secrets where the file says", () => {
    assert.equal(inside("store", "cat", "/run/secrets/password"), hush);
    assert.equal(inside("store", "cat", "/etc/conf/app.conf"), "colour=green");
    assert.match(inside("store", "ls", "/etc/conf"), /empty\.conf/);
  });

  it("puts secrets into a container whose root is read-only and whose /run is in memory", () => {
    assert.equal(inside("locked", "cat", "/run/secrets/password"), hush);
    assert.match(inside("locked", "ls", "-l", "/run/secrets/password"), /^-r--------/);
    assert.throws(() => inside("locked", "touch", "/etc/x"), /Read-only file system/);
  });

  it("keeps networks apart", () => {
    const address = bench.docker(
      "inspect",
      "-f",
      `{{ (index .NetworkSettings.Networks "${bench.prefix}-back").IPAddress }}`,
      container("store"),
    );
    assert.match(inside("locked", "ping", "-c", "1", "-W", "2", "store"), /1 packets received/);
    assert.throws(() => inside("other", "ping", "-c", "1", "-W", "1", "store"));
    assert.throws(() => inside("other", "ping", "-c", "1", "-W", "1", address));
  });

  it("keeps secrets out of the state and of all that is written", () => {
    const files = readdirSync(bench.stack.folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(bench.stack.folder, name))
      .filter((name) => statSync(name).isFile())
      // Debug messages of the SDK, of an option that only these tests use.
      .filter((name) => !/events-\d+\.json$/.test(name));
    assert.ok(files.some((name) => name.endsWith("rig.json")));
    const found = files.filter((name) => readFileSync(name).includes(hush));
    assert.deepEqual(found, []);
  });

  it("keeps a protected volume through a destroy, and says so", async () => {
    const refused = await bench.stack.destroy({ preview: true });
    assert.notEqual(refused.code, 0);
    assert.match(said(refused), /protect/);
    assert.equal(inside("store", "cat", "/data/row"), "kept");
    const run = await bench.stack.destroy({ args: ["--exclude-protected"] });
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(bench.containers(), []);
    assert.equal(
      bench.docker(
        "run",
        "--rm",
        "-v",
        `${bench.prefix}-data:/data`,
        "busybox:1.37",
        "cat",
        "/data/row",
      ),
      "kept",
    );
  });
});
