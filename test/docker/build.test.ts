import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Bench, needsDocker, said } from "./rig";

const file = `
services:
  one:
    build: { context: ./source, args: { WORD: hello } }
    restart: unless-stopped
    stop_grace_period: 1s
  two:
    image: busybox:1.37
    restart: unless-stopped
    stop_grace_period: 1s
    command: ["sh", "-c", "while :; do sleep 1; done"]
`;

describe("an image built on the host's Docker", function () {
  this.timeout(300_000);
  let bench: Bench;
  const put = (name: string, content: string): void => {
    writeFileSync(join(bench.folder, "source", name), content);
  };
  const read = (name: string): string => {
    const container = bench.containers().find((each) => each.includes("-one-1-"));
    return bench.docker("exec", container!, "cat", name);
  };

  before(async function () {
    needsDocker(this);
    bench = await Bench.alone("build");
    mkdirSync(join(bench.folder, "source"));
    put(
      "Dockerfile",
      'FROM busybox:1.37\nARG WORD\nRUN echo $WORD > /word\nCOPY . /app\nCMD ["sh", "-c", "while :; do sleep 1; done"]\n',
    );
    put(".dockerignore", "*.md\n");
    put("page.txt", "first");
    put("notes.md", "private");
    bench.compose(file);
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
  });

  after(async () => {
    await (bench as Bench | undefined)?.dispose();
  });

  it("holds the folder without what is ignored, and the arguments", () => {
    assert.equal(read("/app/page.txt"), "first");
    assert.equal(read("/word"), "hello");
    assert.throws(() => read("/app/notes.md"));
  });

  it("stays as it is when only ignored files change", async () => {
    put("notes.md", "other");
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(Object.keys(run.changes), ["same"], said(run));
  });

  it("is built again when its sources change, and that service alone is replaced", async () => {
    put("page.txt", "second");
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.equal(read("/app/page.txt"), "second");
    const changed = run.steps.filter(({ op }) => op !== "same").map(({ name }) => name);
    assert.ok(
      changed.every((name) => /-(build-one|one-1)$/.test(name)),
      changed.join(", "),
    );
  });
});
