import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { catalogs, clouds } from "../../components/clouds";
import { cloudNames } from "../../components/clouds/list";
import { root } from "./contract";

describe("the list of clouds", () => {
  it("has every folder of components/clouds, and nothing else", () => {
    const folders = readdirSync(join(root, "components/clouds"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    assert.deepEqual([...cloudNames].sort(), folders.sort());
  });

  for (const name of cloudNames)
    it(`finds the class and the catalog of ${name} by its folder`, () => {
      assert.equal(typeof clouds[name](), "function");
      assert.equal(catalogs[name]().cloud, name);
      const { cluster } = catalogs[name]().can;
      for (const { versions, support } of Object.values(catalogs[name]().engines))
        for (const [version, end] of Object.entries(support?.ends ?? {})) {
          assert.ok(versions.includes(version), version);
          assert.equal(new Date(end).toISOString().slice(0, 10), end);
        }
      assert.equal("cluster" in clouds[name]().prototype, cluster);
    }).timeout(120_000);
});
