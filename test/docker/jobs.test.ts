import assert from "node:assert/strict";
import { Bench, needsDocker, said } from "./rig";

/** A service that waits for a migration, and a migration that succeeds when the volume holds `allowed`. */
function file(version: string, { timeout = "" } = {}): string {
  return `
services:
  web:
    image: berth-test-app:1
    restart: unless-stopped
    environment: { VERSION: ${version} }
    expose: ["8000"]
    labels: { traefik.http.routers.web.rule: "Host(\`web.localhost\`)" }
    healthcheck: { test: ["CMD", "/app", "check"], interval: 1s }
    depends_on: { migrate: { condition: service_completed_successfully } }
  migrate:
    image: busybox:1.37
    environment: { VERSION: ${version} }
    command:
      - sh
      - -c
      - |
        echo "run of $$VERSION" >> /data/runs
        echo "migrating to $$VERSION"
        ${timeout}
        if [ "$$VERSION" = bad ] && [ ! -e /data/allowed ]; then
          echo "column flux exists already" >&2
          exit 3
        fi
    volumes: [state:/data]
volumes: { state: {} }
`;
}

describe("a one-shot on Docker", function () {
  this.timeout(300_000);
  let bench: Bench;
  const runs = (): string[] =>
    bench
      .docker(
        "run",
        "--rm",
        "-v",
        `${bench.prefix}-state:/data`,
        "busybox:1.37",
        "cat",
        "/data/runs",
      )
      .split("\n");
  const web = (): string =>
    bench.docker("ps", "-q", "--filter", `name=^${bench.prefix}-web-`, "--no-trunc");

  before(async function () {
    needsDocker(this);
    bench = await Bench.alone("jobs", { timeouts: { migrate: 5 } });
  });

  after(async () => {
    await (bench as Bench | undefined)?.dispose();
  });

  it("runs before what waits for it", async () => {
    bench.compose(file("one"));
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(runs(), ["run of one"]);
    const state = (name: string, key: string): number =>
      Date.parse(bench.docker("inspect", "-f", `{{.${key}}}`, name));
    const [job] = bench.containers().filter((name) => name.includes("migrate"));
    assert.ok(state(job!, "State.FinishedAt") <= state(web(), "State.StartedAt"));
  });

  it("does not run again when nothing changed", async () => {
    const run = await bench.stack.up();
    assert.deepEqual(Object.keys(run.changes), ["same"], said(run));
    assert.deepEqual(runs(), ["run of one"]);
  });

  it("runs again when its environment changes", async () => {
    bench.compose(file("two"));
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(runs(), ["run of one", "run of two"]);
    assert.deepEqual(await bench.get("web.localhost"), { status: 200, body: "two" });
  });

  it("fails the update with its last lines, without a stack, and what waits for it stays", async () => {
    const before = web();
    bench.compose(file("bad"));
    const run = await bench.stack.up();
    assert.notEqual(run.code, 0);
    const text = said(run);
    assert.match(
      text,
      /services\.migrate: it failed with exit code 3; nothing that waits for it was changed/,
    );
    assert.match(text, /column flux exists already/);
    assert.doesNotMatch(text, /^\s+at .*[(/].*:\d+:\d+\)?$/m);
    assert.equal(
      text.split("it failed with exit code 3").length,
      3,
      "told more than once in each part",
    );
    assert.deepEqual(runs().slice(2), ["run of bad"]);
    assert.equal(web(), before);
    assert.deepEqual(await bench.get("web.localhost"), { status: 200, body: "two" });
  });

  it("is tried again by the next update, which fails as long as it does", async () => {
    const run = await bench.stack.up();
    assert.notEqual(run.code, 0);
    assert.match(said(run), /the last run failed with 3; running it again/);
    assert.deepEqual(runs().slice(2), ["run of bad", "run of bad"]);
    assert.deepEqual(await bench.get("web.localhost"), { status: 200, body: "two" });
  });

  it("lets the update through once it succeeds", async () => {
    bench.docker(
      "run",
      "--rm",
      "-v",
      `${bench.prefix}-state:/data`,
      "busybox:1.37",
      "touch",
      "/data/allowed",
    );
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.equal(runs().length, 5);
    assert.deepEqual(await bench.get("web.localhost"), { status: 200, body: "bad" });
  });

  it("fails when it does not end in time, and says which setting gives it more", async () => {
    bench.compose(file("slow", { timeout: "sleep 60" }));
    const run = await bench.stack.up();
    assert.notEqual(run.code, 0);
    assert.match(
      said(run),
      /services\.migrate: it did not end within 5 seconds; set berth:timeouts\.migrate/,
    );
    assert.deepEqual(await bench.get("web.localhost"), { status: 200, body: "bad" });
  });
});
