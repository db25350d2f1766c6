import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EngineStack } from "../rig/engine";
import { needsPulumi } from "../rig/pulumi";
import { serveThings } from "./thing-provider";
import type { ThingProvider } from "./thing-provider";

const hush = "hush, nobody may read this";

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}

describe("engine rig", function () {
  this.timeout(120_000);
  let things: ThingProvider;
  let stack: EngineStack;

  before(async function () {
    needsPulumi(this);
    things = await serveThings();
    stack = await EngineStack.create({
      name: "qa",
      project: join(__dirname, "fixture"),
      config: { place: "here" },
      secrets: { note: hush },
      providers: { rig: things.port },
    });
  });

  after(() => {
    // Neither is there where the engine was missing.
    (stack as EngineStack | undefined)?.dispose();
    (things as ThingProvider | undefined)?.stop();
  });

  it("previews without creating anything", async () => {
    const run = await stack.preview();
    assert.equal(run.code, 0, run.stdout + run.stderr);
    assert.deepEqual(
      run.steps.map(({ op, type, name }) => `${op} ${type} ${name}`),
      [
        "create pulumi:pulumi:Stack rig-qa",
        "create rig:index:Pair pair",
        "create pulumi:providers:rig default",
        "create rig:index:Thing pair-first",
        "create rig:index:Thing pair-second",
      ],
    );
    assert.deepEqual(things.created, []);
  });

  it("survives the death of an update", async () => {
    things.delay = 60_000;
    const running = stack.start("up");
    await running.reached((step) => step.name === "pair-first");
    // The engine tells of a step before it writes it down, and asks the provider after.
    while (things.begun === 0) await sleep(20);
    const killed = await running.kill();
    things.delay = 0;
    assert.equal(killed.code, null);
    assert.deepEqual(
      killed.steps.filter(({ name }) => name === "pair-first").map(({ outcome }) => outcome),
      ["begun"],
    );
    const files = filesBelow(join(stack.folder, "state"));
    assert.deepEqual(
      files.filter((file) => file.endsWith(".attrs")),
      [],
    );
    const locked = await stack.up();
    assert.notEqual(locked.code, 0);
    assert.match(locked.stderr, /currently locked/);
    assert.equal((await stack.cancel()).code, 0);
    const { deployment } = await stack.export();
    assert.deepEqual(
      deployment.pending_operations?.map(({ type }) => type),
      ["creating"],
    );
  });

  it("brings the stack up", async () => {
    const before = things.created.length;
    const run = await stack.up();
    assert.equal(run.code, 0, run.stdout + run.stderr);
    assert.equal(things.created.length, before + 2);
    assert.ok(run.steps.every(({ outcome }) => outcome === "done"));
    assert.deepEqual(await stack.outputs(), {
      address: `pair-second-${before + 1}.example.test`,
      hidden: "[secret]",
    });
    assert.equal((await stack.outputs({ showSecrets: true })).hidden, hush);
  });

  it("forgets the interrupted creation after a refresh with --clear-pending-creates", async () => {
    const run = await stack.refresh({ args: ["--clear-pending-creates"] });
    assert.equal(run.code, 0, run.stdout + run.stderr);
    assert.equal((await stack.export()).deployment.pending_operations, undefined);
  });

  it("changes nothing the second time", async () => {
    const before = things.created.length;
    const run = await stack.up({ preview: true });
    assert.equal(run.code, 0, run.stdout + run.stderr);
    assert.deepEqual(run.changes, { same: 4 });
    assert.equal(things.created.length, before);
  });

  it("keeps secrets out of every file", () => {
    const files = filesBelow(stack.folder);
    assert.ok(files.some((file) => file.endsWith(join("stacks", "rig", "qa.json"))));
    assert.deepEqual(
      files.filter((file) => readFileSync(file).includes(hush)),
      [],
    );
  });

  it("updates and replaces what changed", async () => {
    stack.configure({ place: "there" });
    const run = await stack.up();
    assert.equal(run.code, 0, run.stdout + run.stderr);
    const replaced = run.steps.find(({ op }) => op === "replace");
    assert.equal(replaced?.name, "pair-first");
    assert.deepEqual(replaced.keys, ["place"]);
    assert.deepEqual(run.changes, { same: 2, replace: 1, update: 1 });
  });

  it("is refused the replacement of what is protected, before anything is made", async () => {
    stack.configure({ protect: true });
    assert.equal((await stack.up()).code, 0);
    const before = things.created.length;
    stack.configure({ place: "elsewhere" });
    const run = await stack.up();
    assert.notEqual(run.code, 0);
    const errors = run.diagnostics.filter(({ severity }) => severity === "error");
    assert.ok(
      errors.some(({ message }) => message.includes("marked for protection")),
      run.stdout,
    );
    assert.equal(things.created.length, before);
  });

  it("destroys, what is protected only when that is asked for", async () => {
    const deleted = things.deleted.length;
    // The preview is what refuses: with --skip-preview the engine deletes until it meets a protected one.
    assert.notEqual((await stack.destroy({ preview: true })).code, 0);
    assert.equal(things.deleted.length, deleted);
    const kept = await stack.destroy({ args: ["--exclude-protected"] });
    assert.equal(kept.code, 0, kept.stdout + kept.stderr);
    assert.equal(things.deleted.length, deleted + 1);
    stack.configure({ protect: false, place: "there" });
    assert.equal((await stack.up()).code, 0);
    assert.equal((await stack.destroy()).code, 0);
    assert.deepEqual((await stack.export()).deployment.resources ?? [], []);
  });

  it("reports what an update that is still running at the end of a test waits for", async () => {
    things.delay = 60_000;
    const running = stack.start("up");
    await running.reached(({ name }) => name === "pair-first");
    const { error } = console;
    const said: unknown[] = [];
    console.error = (line: unknown): void => void said.push(line);
    stack.halt();
    console.error = error;
    assert.equal((await running.done).code, null);
    assert.match(String(said), /^killed pulumi up, which waited for: .*create pair-first/);
  });
});
