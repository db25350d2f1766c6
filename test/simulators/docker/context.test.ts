import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readContext } from "./context";
import { tar } from "./tar";

describe("a build context", () => {
  let folder: string;
  const put = (path: string, content = path): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const paths = (dockerfile = "Dockerfile"): string[] =>
    readContext(join(folder, "app"), join(folder, "app", dockerfile)).entries.map(
      ({ path }) => path,
    );

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-context-"));
    put("app/Dockerfile");
    put("app/main.py");
    put("app/node_modules/x/index.js");
    put("app/docs/keep.md");
    put("app/docs/drop.md");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("excludes what .dockerignore names, except for its exceptions", () => {
    put("app/.dockerignore", "# comment\n**/node_modules\n*.md\ndocs/*\n!docs/keep.md\n");
    assert.deepEqual(paths(), [".dockerignore", "Dockerfile", "docs", "docs/keep.md", "main.py"]);
  });

  it("takes the Dockerfile although it is ignored", () => {
    put("app/.dockerignore", "*\n");
    assert.deepEqual(paths(), [".dockerignore", "Dockerfile"]);
  });

  it("prefers <Dockerfile>.dockerignore", () => {
    put("app/.dockerignore", "main.py\n");
    put("app/Dockerfile.dockerignore", "docs\nnode_modules\n");
    assert.ok(paths().includes("main.py"));
    assert.ok(!paths().includes("docs/keep.md"));
  });

  it("takes a Dockerfile from outside the folder under a name of its own", () => {
    put("build/Dockerfile", "FROM scratch");
    const context = readContext(join(folder, "app"), join(folder, "build/Dockerfile"));
    assert.equal(context.dockerfile, ".dockerfile.build");
    assert.ok(context.entries.some(({ path }) => path === ".dockerfile.build"));
  });

  it("has another fingerprint when a file that is not ignored changes", () => {
    put("app/.dockerignore", "docs\n");
    const print = (): string =>
      readContext(join(folder, "app"), join(folder, "app/Dockerfile")).digest;
    const before = print();
    put("app/docs/keep.md", "changed");
    assert.equal(print(), before);
    put("app/main.py", "changed");
    assert.notEqual(print(), before);
  });

  it("packs an archive that tar reads: long names, links, modes", () => {
    const long = `${"folder/".repeat(20)}file.txt`;
    put(`app/${long}`, "deep");
    symlinkSync("main.py", join(folder, "app/link.py"));
    const { entries } = readContext(join(folder, "app"), join(folder, "app/Dockerfile"));
    const listed = execFileSync("tar", ["-tvf", "-"], { input: tar(entries) }).toString();
    assert.ok(listed.includes(long));
    assert.match(listed, /link\.py -> main\.py/);
    const read = execFileSync("tar", ["-xOf", "-", long], { input: tar(entries) }).toString();
    assert.equal(read, "deep");
  });
});
