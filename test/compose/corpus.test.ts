import * as assert from "node:assert/strict";
import { cases, corpus, loadCase, printed, reference } from "./corpus";

describe("the corpus of real Compose files", () => {
  const all = cases();

  it("is there", function () {
    if (all.length > 0) return;
    console.log(`      skipped: no corpus at ${corpus}; set BERTH_CORPUS to its folder`);
    this.skip();
  });

  for (const one of all)
    it(`reads ${one.name} as the reference does`, () => {
      assert.deepEqual(printed(one, loadCase(one)), reference(one));
    });
});
