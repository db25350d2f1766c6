import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Loaded } from "./loaded";
import { clouds, repository } from "./site";

const examples = ["autoship", "bigga", "connesoa", "qwaya", "simpleapp"];

interface Document {
  readonly resources: readonly { readonly type: string }[];
}

describe("a preview of an example's prod stack", function () {
  this.timeout(120_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-loaded-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const example of examples)
    it(`loads nothing of other clouds: ${example}`, async () => {
      const loaded = new Loaded(mkdtempSync(join(folder, "one-")));
      for (const cloud of clouds) {
        const file = `examples/${example}/Pulumi.prod.yaml`;
        const keys = [`cloud=${cloud}`, "gcp:project=acme-prod", "sites={}"];
        const { stdout } = await promisify(execFile)(
          process.execPath,
          [
            ...["cli/start.js", "preview", "--json", "--config-file", file],
            ...keys.flatMap((key) => ["--config", key]),
          ],
          { cwd: repository, env: { ...process.env, ...loaded.env }, maxBuffer: 1 << 28 },
        );
        const { resources } = JSON.parse(stdout) as Document;
        const packages = new Set(resources.map(({ type }) => type.split(":")[0]!));
        for (const other of clouds) assert.equal(packages.has(other), other === cloud, other);
        const found = loaded.take();
        const alien = (name: string): boolean =>
          clouds.some((other) => other !== cloud && name.endsWith(`/${other}`));
        assert.deepEqual(found.filter(alien), []);
        assert.ok(found.includes(`@pulumi/${cloud}`) && found.includes(`clouds/${cloud}`));
      }
    });
});
