import assert from "node:assert/strict";
import { clouds } from "../../components/clouds";
import { machineArgs, only, tags } from "./contract";
import { cloudArgs, databaseFor, planFor } from "./plan";
import { record, type Registration } from "./record";

/** A machine with managed databases on Google Cloud. */
const databasesOf = (): Promise<Registration[]> => {
  const databases = [
    databaseFor("postgres", "17", { size: "db-custom-1-3840", storage: 30 }),
    databaseFor("redis", "7", { size: "1", storage: 0 }),
  ];
  return record(() => {
    const made = new (clouds.gcp())(cloudArgs(planFor("gcp", "vm", { databases })));
    const client = made.machine("qa-machine", machineArgs("gcp"), {});
    for (const database of databases)
      made.database!(`qa-${database.service}`, { database, client, tags, protect: true }, {});
  });
};

describe("a stack with managed databases on gcp", function () {
  this.timeout(120_000);
  let own: readonly Registration[];
  before(async () => (own = await databasesOf()));

  it("can be deleted while Google holds on to its peering, and made again under its name", () => {
    const { inputs } = only(own, /servicenetworking\/connection:/);
    assert.equal(inputs["deletionPolicy"], "ABANDON");
    assert.equal(inputs["updateOnCreationFail"], true);
    const { inputDependencies } = only(own, /sql\/databaseInstance:/);
    assert.ok(inputDependencies["name"]?.some((name) => /-suffix$/.test(name)));
  });
});
