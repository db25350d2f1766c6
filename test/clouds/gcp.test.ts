import assert from "node:assert/strict";
import { clouds } from "../../components/clouds";
import { machineArgs, only, tags } from "./contract";
import { cloudArgs, databaseFor, planFor } from "./plan";
import { record, type Registration } from "./record";

/** A machine with managed databases on Google Cloud. */
const databasesOf = (storage = 30, servers: readonly object[] = []): Promise<Registration[]> => {
  const databases = [
    databaseFor("postgres", "17", { size: "db-custom-1-3840", storage, readReplicas: 1 }),
    databaseFor("redis", "7", { size: "1", storage: 0 }),
  ];
  return record(
    () => {
      const made = new (clouds.gcp())(cloudArgs(planFor("gcp", "vm", { databases })));
      const client = made.machine("qa-machine", machineArgs("gcp"), {});
      for (const database of databases)
        made.database!(`qa-${database.service}`, { database, client, tags, protect: true }, {});
    },
    {
      "gcp:sql/getDatabaseInstances:getDatabaseInstances": { instances: servers },
    },
  );
};

describe("a stack with managed databases on gcp", function () {
  this.timeout(120_000);
  let own: readonly Registration[];
  before(async () => (own = await databasesOf()));

  it("can be deleted while Google holds on to its peering, and made again under its name", () => {
    const { inputs } = only(own, /servicenetworking\/connection:/);
    assert.equal(inputs["deletionPolicy"], "ABANDON");
    assert.equal(inputs["updateOnCreationFail"], true);
    const servers = own.filter(({ type }) => /sql\/databaseInstance:/.test(type));
    for (const { name, inputDependencies } of servers)
      assert.ok(
        inputDependencies["name"]?.some((from) => /-suffix$/.test(from)),
        name,
      );
  });

  it("gets the storage that is stated, and never less than its disks have grown to", async () => {
    const sizes = (all: readonly Registration[]) =>
      all
        .filter(({ type }) => /sql\/databaseInstance:/.test(type))
        .map(({ name, inputs, ignoreChanges }) => {
          assert.deepEqual(ignoreChanges, [], name);
          return (inputs["settings"] as { diskSize: number }).diskSize;
        });
    assert.deepEqual(sizes(own), [30, 30]);
    const [server] = own.filter(({ name }) => name === "qa-postgres-server");
    const grown = [{ name: server!.inputs["name"], settings: [{ diskSize: 48 }] }];
    assert.deepEqual(sizes(await databasesOf(30, grown)), [48, 30]);
    assert.deepEqual(sizes(await databasesOf(60, grown)), [60, 60]);
  });
});
