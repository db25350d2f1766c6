import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const repository = resolve(__dirname, "../..");
const read = (file: string): string => readFileSync(join(repository, file), "utf8");

const notOurs = new Set(["node_modules", ".git", ".berth", "coverage", "transcripts", "facts"]);
const texts = /(\.(ts|js|mjs|md|sh|ya?ml|py|go|lua)|Dockerfile|\/run)$/;

/** Every text that people write here, by its path in the repository. */
function written(folder = repository): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (notOurs.has(entry.name)) return [];
    if (entry.isDirectory()) return written(path);
    return entry.isFile() && texts.test(path) ? [relative(repository, path)] : [];
  });
}

/** What a text cites, comment marks between two lines aside. */
function cited(text: string): string[] {
  const plain = text.replace(/\n\s*(?:\*|\/\/|#)?\s*/g, " ");
  return [...plain.matchAll(/decisions\.md(?::\s*|#)([a-z][a-z0-9-]*)/g)].map(([, name]) => name!);
}

describe("docs/decisions.md", () => {
  const decisions = read("docs/decisions.md");
  const names = [...decisions.matchAll(/^### (.+)$/gm)].map(([, name]) => name!);
  const files = written();

  it("has a section for each decision that a file cites", () => {
    const missing = files.flatMap((file) =>
      cited(read(file))
        .filter((name) => !names.includes(name))
        .map((name) => `${file}: ${name}`),
    );
    assert.deepEqual(missing, []);
    assert.ok(files.filter((file) => cited(read(file)).length > 0).length > 30);
  });

  it("is what files cite: no numbered rule and no text that is elsewhere", () => {
    const found = files.flatMap((file) =>
      [...read(file).matchAll(/(?<!\$)\brules?\s+\d+|\bthe\s+design\b/gi)].map(
        ([text]) => `${file}: ${text}; cite docs/decisions.md by name`,
      ),
    );
    assert.deepEqual(found, []);
  });

  it("names each decision once, as an anchor, and links to anchors that exist", () => {
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z][a-z0-9-]*$/);
    const anchors = [...decisions.matchAll(/^##+ (.+)$/gm)].map(([, title]) =>
      title!.toLowerCase().replaceAll(" ", "-"),
    );
    for (const [, anchor] of decisions.matchAll(/\]\(#([^)]+)\)/g))
      assert.ok(anchors.includes(anchor!), anchor);
  });

  it("names files and folders that exist", () => {
    for (const [, path] of decisions.matchAll(/`((?:components|test|cli|docs)\/[\w./-]+)`/g))
      assert.ok(existsSync(join(repository, path!)), path);
  });
});
