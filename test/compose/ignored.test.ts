import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Snapshot } from "../../components/compose/app";
import { loadIn, project } from "./project";

/** What is found at `./<source>`, which a service mounts. */
function found(files: Record<string, string | Buffer>, source = "kept"): Snapshot {
  return look(project(mounting(files, source)), source);
}

function mounting(
  files: Record<string, string | Buffer>,
  source: string,
): Record<string, string | Buffer> {
  return {
    "compose.yaml": `services: { a: { image: a, volumes: ["./${source}:/srv/kept"] } }\n`,
    ...files,
  };
}

function look(folder: string, source: string): Snapshot {
  const snapshot = loadIn(folder).app?.files[path.resolve(folder, source)];
  assert.ok(snapshot !== undefined);
  return snapshot;
}

describe("a mounted folder", () => {
  const data: Record<string, Record<string, string>> = {
    "holds a placeholder": { "kept/.gitkeep": "" },
    "holds placeholders in folders": { "kept/a/.keep": "", "kept/b/.placeholder": "" },
    "holds what a file manager leaves": { "kept/.DS_Store": "x" },
    "is ignored by name": { ".gitignore": "kept\n", "kept/row": "1" },
    "is ignored with what is around it": { ".gitignore": "/k*/\n", "kept/row": "1" },
    "is ignored but for its placeholder": {
      ".gitignore": "kept/*\n!kept/.gitkeep\n",
      "kept/.gitkeep": "",
      "kept/row": "1",
    },
    "ignores its content itself": { "kept/.gitignore": "*\n!.gitignore\n", "kept/row": "1" },
    "has folders that each ignore their content": {
      "kept/.gitignore": "*\n!public/\n!.gitignore\n",
      "kept/public/.gitignore": "*\n!.gitignore\n",
      "kept/public/a.png": "1",
    },
  };
  for (const [what, files] of Object.entries(data))
    it(`is data when it ${what}`, () => {
      assert.equal(found(files).ignored, true);
    });

  const own: Record<string, Record<string, string>> = {
    "has a file of the project's": { "kept/a.conf": "1" },
    "has one beside ignored ones": {
      ".gitignore": "*.log\n",
      "kept/a.conf": "1",
      "kept/b.log": "",
    },
    "keeps one from a rule around it": {
      ".gitignore": "*.conf\n",
      "kept/.gitignore": "!a.conf\n",
      "kept/a.conf": "1",
    },
    "is ignored in another case": { ".gitignore": "KEPT\n", "kept/a.conf": "1" },
    "has a rule for another folder of its name": { ".gitignore": "/sub/kept\n", "kept/a": "1" },
  };
  for (const [what, files] of Object.entries(own))
    it(`is the project's when it ${what}`, () => {
      assert.equal(found(files).ignored, false);
    });

  it("reads the rules of the folders between it and the project, and none above", () => {
    const files = { "sub/[x]/.gitignore": "/kept/\nother/\n", "sub/[x]/kept/row": "1" };
    assert.equal(found(files, "sub/[x]/kept").ignored, true);
    assert.equal(found({ ...files, "sub/[x]/kept/a/row": "" }, "sub/[x]/kept/a").ignored, true);
    const outer = project({
      ".gitignore": "kept/\n",
      ...Object.fromEntries(
        Object.entries(mounting({ "kept/row": "1" }, "kept")).map(([name, text]) => [
          `inner/${name}`,
          text,
        ]),
      ),
    });
    assert.equal(look(path.join(outer, "inner"), "kept").ignored, false);
  });

  it("is read beyond what can be uploaded, until a file of the project's is found", () => {
    const rows = Object.fromEntries(
      Array.from({ length: 150 }, (_, index) => [`kept/a/${index}`, "row"]),
    );
    const ignore = { ".gitignore": "kept/a/\n" };
    assert.equal(found({ ...rows, ...ignore }).ignored, true);
    assert.equal(found({ ...rows, ...ignore, "kept/b/c/own": "1" }).ignored, false);
  });

  it("is the same in a checkout and outside of one, whatever git is set to", () => {
    const files = mounting(
      { ".gitignore": "*.log\n", "kept/a.conf": "1", "kept/b.log": "2" },
      "kept",
    );
    const plain = look(project(files), "kept");
    const checkout = project(files);
    execFileSync("git", ["init", "--quiet", path.join(checkout, "kept")]);
    execFileSync("git", ["init", "--quiet", checkout]);
    fs.writeFileSync(path.join(checkout, ".git/info/exclude"), "kept/\n");
    assert.deepEqual(look(checkout, "kept"), plain);
    assert.equal(plain.ignored, false);
  });
});
