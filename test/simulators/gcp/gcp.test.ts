import assert from "node:assert/strict";
import { gcp, World } from ".";
import { Client } from "../client";
import { serve, type ServedProvider } from "../server";

const machine = "gcp:compute/instance:Instance";
const sql = "gcp:sql/databaseInstance:DatabaseInstance";
const basic = {
  machineType: "e2-medium",
  zone: "europe-west1-b",
  bootDisk: { initializeParams: { image: "ubuntu-os-cloud/ubuntu-2404-lts-amd64" } },
  networkInterfaces: [{}],
};
const database = { databaseVersion: "POSTGRES_16", region: "europe-west1" };

describe("the simulated Google Cloud", () => {
  let world: World;
  let served: ServedProvider;
  let client: Client;

  beforeEach(async () => {
    world = new World();
    served = await serve(
      gcp({ world, env: {}, address: (type) => (/Address$/.test(type) ? "127.0.0.4" : undefined) }),
    );
    client = new Client(served.port);
    await client.configure({ project: "p" });
  });
  afterEach(async () => {
    client.close();
    await served.close();
  });

  const make: Client["make"] = (...thing) => client.make(...thing);
  const replaces: Client["replaces"] = (...change) => client.replaces(...change);

  it("has no project but the one that the provider is given", async () => {
    const own = new Client(served.port);
    await own.configure({});
    await assert.rejects(own.create(machine, basic), /project: required field is not set/);
    own.close();
  });

  it("hands out the address that the test says", async () => {
    const { outputs } = await make("gcp:compute/address:Address", { region: "europe-west1" });
    assert.equal(outputs.address, "127.0.0.4");
  });

  it("names a wrong value and a missing part", async () => {
    const address = await client.check("gcp:compute/address:Address", { networkTier: "GOLD" });
    assert.deepEqual(address.failures, [
      'networkTier: expected one of PREMIUM, STANDARD; got "GOLD"',
    ]);
    const { bootDisk: _, ...rest } = basic;
    assert.deepEqual((await client.check(machine, rest)).failures, [
      "bootDisk: missing required property",
    ]);
  });

  it("another boot image replaces; user-data in metadata is changed in place", async () => {
    const other = { ...basic, bootDisk: { initializeParams: { image: "debian-cloud/debian-13" } } };
    assert.deepEqual(await replaces(machine, basic, other), ["bootDisk"]);
    const next = { ...basic, metadata: { "user-data": "two" } };
    assert.deepEqual(await replaces(machine, basic, next), []);
    const script = { ...basic, metadataStartupScript: "two" };
    assert.deepEqual(await replaces(machine, basic, script), ["metadataStartupScript"]);
  });

  it("a resize fails without allowStoppingForUpdate", async () => {
    const made = await make(machine, basic);
    const next = { ...made.inputs, machineType: "e2-standard-2" };
    await assert.rejects(
      client.update(machine, made.id, made.outputs, made.inputs, next),
      /allow_stopping_for_update/,
    );
    const allowed = { ...next, allowStoppingForUpdate: true };
    await client.update(machine, made.id, made.outputs, made.inputs, allowed);
    assert.equal(world.events("stopped and started").length, 1);
  });

  it("an attached disk cannot be deleted; it goes after the machine was shut down", async () => {
    const disk = await make("gcp:compute/disk:Disk", { zone: "europe-west1-b", size: 40 });
    const made = await make(machine, {
      ...basic,
      attachedDisks: [{ source: disk.outputs.selfLink }],
    });
    await assert.rejects(client.delete(disk.type, disk.id), /still used by Instance/);
    await client.delete(machine, made.id);
    assert.deepEqual(
      world.events().map(({ what }) => what),
      ["shut down", "detached"],
    );
    await client.delete(disk.type, disk.id);
  });

  it("deletionProtection is on by default for databases and clusters", async () => {
    const made = await make(sql, database);
    await assert.rejects(client.delete(sql, made.id), /deletionProtection=false/);
    const cluster = await make("gcp:container/cluster:Cluster", { location: "europe-west1-b" });
    await assert.rejects(client.delete(cluster.type, cluster.id), /deletionProtection=false/);
  });

  it("the name of a deleted database is held for a week", async () => {
    const inputs = { ...database, name: "main", deletionProtection: false };
    const { id } = await make(sql, inputs);
    await client.delete(sql, id);
    await assert.rejects(make(sql, inputs), /held for a week/);
  });

  it("a DNS name ends with a dot", async () => {
    const inputs = { managedZone: "z", name: "a.example", type: "A" };
    const { failures } = await client.check("gcp:dns/recordSet:RecordSet", inputs);
    assert.match(failures.join(), /name: a DNS name ends with a dot/);
  });

  it("a network with parts cannot be deleted", async () => {
    const network = await make("gcp:compute/network:Network", { autoCreateSubnetworks: false });
    await make("gcp:compute/subnetwork:Subnetwork", {
      network: network.id,
      ipCidrRange: "10.0.0.0/24",
      region: "europe-west1",
    });
    await assert.rejects(client.delete(network.type, network.id), /still used by Subnetwork/);
  });
});
