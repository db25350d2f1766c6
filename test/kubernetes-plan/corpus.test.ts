import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { revealed } from "../../cli/recording";
import { plan } from "../../components/plan";
import { formatProblem } from "../../components/model/problem";
import { cases, corpus, loadCase } from "../compose/corpus";
import { catalog, settings } from "../plan/make";
import { cluster, realised, type Made } from "./make";

const label = /^(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?$/;

/** What the API server looks at first in every object. */
function check({ kind, name, metadata, resource }: Made): void {
  assert.match(name, /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, `${kind} ${name}`);
  for (const [key, value] of Object.entries(metadata.labels ?? {}))
    assert.match(value, label, `${kind} ${name} ${key}`);
  assert.ok(JSON.stringify(revealed(resource.inputs)).length < 1_400_000, `${kind} ${name}`);
}

describe("Compose files as projects publish them, on a cluster", function () {
  this.timeout(120_000);
  const all = cases();
  if (all.length === 0)
    it(`is skipped: there are no files in ${corpus}`, function () {
      this.skip();
    });
  for (const one of all)
    it(one.name, async () => {
      const { app, values, problems } = loadCase(one);
      assert.ok(app !== undefined, problems.map(formatProblem).join("\n"));
      // Their images are not for this test to build: there are no sources.
      const images = Object.fromEntries(
        Object.entries(app.services)
          .filter(([, { build }]) => build !== undefined)
          .map(([name]) => [name, `registry.example/${name.toLowerCase()}:1`]),
      );
      const databases = Object.fromEntries(
        Object.entries(app.services).map(([name]) => [name, { mode: "container" as const }]),
      );
      const set = settings(cluster({ images }));
      let planned = plan(app, set, catalog);
      if (planned.plan === undefined) planned = plan(app, { ...set, databases }, catalog);
      // Bad input is refused with reasons; that is another test's subject.
      if (planned.plan === undefined) {
        assert.ok(planned.problems.length > 0);
        return;
      }
      const made = await realised(planned.plan, Object.fromEntries(values));
      made.all.forEach(check);
      const keys = made.all.map(({ kind, name }) => `${kind} ${name}`);
      assert.deepEqual(
        keys.filter((key, index) => keys.indexOf(key) !== index),
        [],
        "no two objects have one name",
      );
      const out = process.env["BERTH_MANIFESTS"];
      if (out !== undefined) write(join(out, one.name), made.all);
    });
});

/** For a real API server to judge. */
function write(folder: string, all: readonly Made[]): void {
  mkdirSync(folder, { recursive: true });
  for (const { kind, name, resource } of all)
    writeFileSync(
      join(folder, `${kind === "Namespace" ? "00-" : ""}${kind.toLowerCase()}-${name}.yaml`),
      stringify(revealed(resource.inputs), { compat: "yaml-1.1" }),
    );
}
