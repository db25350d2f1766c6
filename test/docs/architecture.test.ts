import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const repository = resolve(__dirname, "../..");
const text = readFileSync(join(repository, "docs/architecture.md"), "utf8");

describe("docs/architecture.md", () => {
  it("names files and folders that exist", () => {
    const paths = [...text.matchAll(/`((?:components|cli|test|docs)(?:\/[\w.-]+)*)\/?`/g)].map(
      ([, path]) => path!,
    );
    assert.ok(paths.length > 50);
    assert.deepEqual(
      paths.filter((path) => !existsSync(join(repository, path))),
      [],
    );
  });

  it("describes every folder of components/, with the parts of each", () => {
    const rows = new Map(
      [...text.matchAll(/^\| `components\/(\w+)` +\| (.*?) +\|$/gm)].map(
        ([, folder, about]) => [folder!, about!] as const,
      ),
    );
    const parts = (path: string): string[] =>
      readdirSync(join(repository, path), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
    assert.deepEqual([...rows.keys()].sort(), parts("components").sort());
    for (const folder of ["compose", "plan", "docker", "kubernetes"])
      for (const part of parts(`components/${folder}`))
        assert.ok(rows.get(folder)!.includes(`\`${part}\``), `${folder}: ${part} is missing`);
  });

  it("ends with ten questions, each with the file that answers it", () => {
    const [, table] = text.split("## Ten questions");
    const rows = table!.trim().split("\n").slice(2);
    assert.equal(rows.length, 10);
    for (const row of rows) assert.match(row, /\?.*\| .*`[\w./-]+`/);
  });
});
