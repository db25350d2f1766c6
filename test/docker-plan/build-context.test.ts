import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { hashContext } from "../../components/docker/images/build-context";

describe("the hash of a build's folder", () => {
  let folder: string;
  const put = (name: string, content: string, mode = 0o644): void => {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
    fs.chmodSync(file, mode);
  };
  const hash = (): string => hashContext(folder, path.join(folder, "Dockerfile"));

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "berth-context-"));
    put("Dockerfile", "FROM scratch\n");
    put("src/main.c", "int main;");
    put(".dockerignore", "*.md\nsecret\n!secret/public.txt\n");
    put("secret/public.txt", "1");
  });

  afterEach(() => {
    fs.rmSync(folder, { recursive: true });
  });

  it("is the same for the same files", () => {
    const first = hash();
    fs.utimesSync(path.join(folder, "src/main.c"), 1, 1);
    assert.equal(hash(), first);
  });

  const changes: readonly [string, () => void, boolean][] = [
    [
      "a file's content",
      () => {
        put("src/main.c", "int other;");
      },
      true,
    ],
    [
      "a new file",
      () => {
        put("src/more.c", "");
      },
      true,
    ],
    [
      "a program's mode",
      () => {
        put("src/main.c", "int main;", 0o755);
      },
      true,
    ],
    [
      "the Dockerfile",
      () => {
        put("Dockerfile", "FROM busybox\n");
      },
      true,
    ],
    [
      "what an exception takes back in",
      () => {
        put("secret/public.txt", "2");
      },
      true,
    ],
    [
      "what is excluded",
      () => {
        put("README.md", "x");
        put("secret/key", "x");
      },
      false,
    ],
  ];
  for (const [what, change, differs] of changes)
    it(`${differs ? "changes" : "does not change"} with ${what}`, () => {
      const first = hash();
      change();
      assert.equal(hash() !== first, differs);
    });

  const table: readonly [string, string, boolean][] = [
    ["node_modules", "node_modules/x/y.js", true],
    ["node_modules", "web/node_modules/x.js", false],
    ["**/node_modules", "web/node_modules/x.js", true],
    ["**/node_modules", "node_modules/x.js", true],
    ["*.log", "a.log", true],
    ["*.log", "logs/a.log", false],
    ["**/*.log", "logs/deep/a.log", true],
    ["/build", "build/x", true],
    ["build/", "build/x", true],
    ["a?c", "abc", true],
    ["a?c", "a/c", false],
    ["[ab].txt", "b.txt", true],
    ["# comment", "# comment", false],
    ["*\n!keep.txt", "keep.txt", false],
    ["*\n!keep.txt", "other.txt", true],
    ["docs\n!docs/a.md\ndocs/a.md", "docs/a.md", true],
    ["a.b", "axb", false],
    [".", "anything", false],
  ];
  for (const [text, file, out] of table)
    it(`${JSON.stringify(text)} in .dockerignore ${out ? "leaves out" : "keeps"} ${file}`, () => {
      put(".dockerignore", text);
      put(file, "1");
      const first = hash();
      put(file, "2");
      assert.equal(hash() === first, out);
    });
});
