import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generated, stale } from "../../cli/commands/docs";
import { keyNames, schema } from "../../components/settings/schema";

const folder = join(__dirname, "..", "..");

describe("what is generated from the schema", () => {
  it("is up to date (npm run docs)", () => {
    assert.deepEqual(stale(folder), []);
  });

  it("stands in README.md", function () {
    const file = join(folder, "README.md");
    const readme = existsSync(file) ? readFileSync(file, "utf8") : "";
    if (!readme.includes("<!-- config:start -->")) {
      console.log("      skipped: README.md has no <!-- config:start --> yet");
      this.skip();
    }
    for (const name of keyNames) assert.ok(readme.includes(`\`${name}\``), name);
  });

  it("lists every key with its default and description", () => {
    const editors = generated(folder).get("berth.schema.json")!;
    for (const name of keyNames) {
      assert.ok(editors.includes(`"berth:${name}"`), name);
      assert.match(schema[name].description, /^[A-Z0-9`].*\.$/s, name);
    }
  });

  it("declares in Pulumi.yaml the cloud alone", () => {
    const project = readFileSync(join(folder, "Pulumi.yaml"), "utf8");
    assert.deepEqual(project.match(/^ {2}[a-z]+:[\w-]+/gm), [
      "  berth:cloud",
      "  pulumi:disable-default-providers",
    ]);
  });
});
