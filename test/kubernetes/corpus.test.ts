import assert from "node:assert/strict";
import { cases, corpus } from "../compose/corpus";
import { cluster, defineKinds, makeNamespace, type Cluster } from "./cluster";
import { manifestsOf, podOf } from "./manifests";

describe("the corpus on a real API server", function () {
  this.timeout(120_000);
  const all = cases();
  // A suite without a test runs no hook either.
  if (all.length === 0)
    console.error(`skipped: no corpus at ${corpus}; set BERTH_CORPUS to its folder`);
  let rig: Cluster;
  let accepted = 0;
  let objects = 0;

  before(async function () {
    rig = await cluster(this);
    await defineKinds(rig.api);
  });

  after(() => {
    if (accepted > 0)
      console.log(`      ${accepted} of ${all.length} files accepted, ${objects} objects`);
  });

  for (const one of all)
    it(`accepts ${one.name}`, async () => {
      const { api } = rig;
      const given = await manifestsOf(one);
      const [first] = given.filter(({ kind }) => kind === "Namespace");
      assert.ok(first !== undefined, "no namespace among its objects");
      // Objects are refused in a namespace that a dry run has made.
      const namespace = await makeNamespace(api, first);
      const refused: string[] = [];
      try {
        for (const object of [...given, ...given.flatMap(podOf)])
          await api.apply(object, { dryRun: true }).catch((error: unknown) => {
            refused.push(`${object.kind} ${object.metadata.name}: ${(error as Error).message}`);
          });
      } finally {
        await api.delete(namespace);
      }
      assert.deepEqual(refused, []);
      accepted++;
      objects += given.length;
    });
});
