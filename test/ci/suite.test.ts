import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..", "..");

describe("a suite in CI", () => {
  let folder: string;
  const written = (name: string): string => readFileSync(join(folder, name), "utf8");
  const run = (script: string): string =>
    spawnSync("node", [join(root, ".ci", "suite.mjs"), folder, script], {
      cwd: join(__dirname, "fixture"),
      encoding: "utf8",
      env: { ...process.env, MARKS: folder },
    }).stdout;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-suite-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  describe("with tests that fail once, and always", () => {
    let said: string;

    before(() => {
      said = run("shaky");
    });

    it("counts what passed at least once, each once, and what never did", () => {
      assert.equal(written("shaky.count"), "5 2\n");
    });

    it("names what failed in one of two runs, be it a test or a hook", () => {
      assert.deepEqual(written("shaky.flaky").split(/\n(?: {4}.*\n)?/), [
        "flaky fails the first time (a step after another)",
        'a hook "before all" hook',
        "flaky fails the second time",
        "",
      ]);
    });

    it("says what failed both times, where and why", () => {
      const failures = written("shaky.failures");
      assert.match(
        failures,
        /^failing fails always\n {4}failing\.spec\.js\n {4}Error: never works/,
      );
      assert.match(failures, /^failing behind a hook "before all" hook\n.*\n.*never ready/m);
      assert.doesNotMatch(failures, /flaky/);
    });

    it("runs each file with a failure once more, and no other", () => {
      assert.deepEqual(
        said.match(/^-- .*/gm),
        ["failing", "flaky"].map((file) => `-- once more, alone: ${file}.spec.js`),
      );
      assert.equal(said.match(/passes/g)?.length, 1);
    });

    it("says how long every file took", () => {
      const files = written("shaky.times").match(/(?<=^\d+ ).*/gm);
      assert.deepEqual(files, ["failing.spec.js", "flaky.spec.js", "steady.spec.js"]);
    });
  });

  it("counts a run that breaks off as failed, with what had passed", () => {
    run("killed");
    assert.equal(written("killed.count"), "1 1\n");
    assert.match(written("killed.failures"), /^npm run killed: ended with 0, at killed\.js$/m);
  });

  it("counts a file that cannot be loaded as failed", () => {
    run("unloadable");
    assert.equal(written("unloadable.count"), "0 1\n");
  });
});
