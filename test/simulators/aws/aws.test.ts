import assert from "node:assert/strict";
import { aws, World } from ".";
import { Client } from "../client";
import { serve, type ServedProvider } from "../server";
import type { Properties } from "../values";

const machine = "aws:ec2/instance:Instance";
const volume = "aws:ebs/volume:Volume";
const database = "aws:rds/instance:Instance";
const basic = { ami: "ami-1", instanceType: "t3.medium" };
const disk = { availabilityZone: "eu-central-1a", size: 40 };

describe("the simulated AWS", () => {
  let world: World;
  let served: ServedProvider;
  let client: Client;

  beforeEach(async () => {
    world = new World();
    served = await serve(
      aws({ world, env: {}, address: (type) => (/eip:Eip$/.test(type) ? "127.0.0.3" : undefined) }),
    );
    client = new Client(served.port);
    await client.configure({ region: "eu-central-1" });
  });
  afterEach(async () => {
    client.close();
    await served.close();
  });

  const make: Client["make"] = (...thing) => client.make(...thing);
  const replaces: Client["replaces"] = (...change) => client.replaces(...change);
  const events = (): string[] => world.events().map(({ what }) => what);

  it("has no region but the one that the provider is given", async () => {
    const own = new Client(served.port);
    await own.configure({});
    await assert.rejects(own.create(machine, basic), /Invalid AWS Region/);
    own.close();
  });

  it("hands out the address that the test says", async () => {
    const { outputs } = await make("aws:ec2/eip:Eip", { domain: "vpc" });
    assert.equal(outputs.publicIp, "127.0.0.3");
  });

  it("names what is unknown, missing, of the wrong type, or of a wrong value", async () => {
    const refused = async (type: string, inputs: Properties): Promise<string[]> => [
      ...(await client.check(type, inputs)).failures,
    ];
    assert.deepEqual(await refused(machine, { ...basic, instanceTyp: "x" }), [
      'instanceTyp: unknown property; did you mean "instanceType"?',
    ]);
    assert.deepEqual(await refused(volume, { size: "40" }), [
      "availabilityZone: missing required property",
      'size: expected a number, got string "40"',
    ]);
    const group = "aws:eks/nodeGroup:NodeGroup";
    assert.match((await refused(group, { capacityType: "CHEAP" })).join("; "), /ON_DEMAND, SPOT/);
  });

  for (const key of ["ami", "subnetId", "availabilityZone", "keyName", "privateIp"])
    it(`a change of an instance's ${key} replaces`, async () => {
      assert.deepEqual(await replaces(machine, basic, { ...basic, [key]: "other" }), [key]);
    });

  it("user data is changed in place by a stop and a start, unless it is asked to replace", async () => {
    const made = await make(machine, { ...basic, userData: "one" });
    const next = { ...made.inputs, userData: "two" };
    assert.deepEqual(await replaces(machine, made.inputs, next), []);
    await client.update(machine, made.id, made.outputs, made.inputs, next);
    assert.deepEqual(events(), ["stopped and started"]);
    const asked = { ...next, userDataReplaceOnChange: true };
    assert.deepEqual(await replaces(machine, made.inputs, asked), ["userData"]);
  });

  it("16 KiB of user data is the limit", async () => {
    const userData = "x".repeat(16 * 1024 + 1);
    await assert.rejects(make(machine, { ...basic, userData }), /limited to 16384 bytes/);
  });

  async function attached(stop: boolean): Promise<{ type: string; id: string }> {
    const instance = await make(machine, basic);
    const { id } = await make(volume, disk);
    return make("aws:ec2/volumeAttachment:VolumeAttachment", {
      deviceName: "/dev/sdf",
      instanceId: instance.id,
      volumeId: id,
      ...(stop ? { stopInstanceBeforeDetaching: true } : {}),
    });
  }

  it("DELETE attachment pulls the disk from under what runs", async () => {
    const { type, id } = await attached(false);
    await client.delete(type, id);
    assert.deepEqual(events(), ["detached while running"]);
  });

  it("stopInstanceBeforeDetaching stops the machine first", async () => {
    const { type, id } = await attached(true);
    await client.delete(type, id);
    assert.deepEqual(events(), ["stopped", "detached"]);
  });

  it("volume and instance share a zone", async () => {
    const vpc = await make("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" });
    const subnet = await make("aws:ec2/subnet:Subnet", {
      vpcId: vpc.id,
      cidrBlock: "10.0.0.0/24",
      availabilityZone: "eu-central-1b",
    });
    const instance = await make(machine, { ...basic, subnetId: subnet.id });
    const { id } = await make(volume, disk);
    const inputs = { deviceName: "/dev/sdf", instanceId: instance.id, volumeId: id };
    await assert.rejects(
      make("aws:ec2/volumeAttachment:VolumeAttachment", inputs),
      /ZoneMismatch: the volume is in eu-central-1a, the instance in eu-central-1b/,
    );
    await assert.rejects(client.delete(vpc.type, vpc.id), /still used by Subnet/);
  });

  it("volumes only grow", async () => {
    const made = await make(volume, disk);
    await assert.rejects(
      client.update(volume, made.id, made.outputs, made.inputs, { ...disk, size: 20 }),
      /can only grow/,
    );
  });

  it("a database is not deleted while protected, nor without a word on its final snapshot", async () => {
    const inputs = { instanceClass: "db.t4g.micro", engine: "postgres", deletionProtection: true };
    const made = await make(database, inputs);
    await assert.rejects(client.delete(database, made.id), /deletionProtection/);
    const open = { ...made.inputs, deletionProtection: false };
    await client.update(database, made.id, made.outputs, made.inputs, open);
    await assert.rejects(client.delete(database, made.id), /final_snapshot_identifier/);
    const last = { ...open, finalSnapshotIdentifier: "last" };
    await client.update(database, made.id, made.outputs, open, last);
    await client.delete(database, made.id);
    assert.deepEqual(events(), ["final snapshot"]);
  });

  for (const key of ["engine", "dbName", "username"])
    it(`a change of a database's ${key} replaces`, async () => {
      const old = { instanceClass: "a", engine: "postgres" };
      assert.deepEqual(await replaces(database, old, { ...old, [key]: "other" }), [key]);
    });

  describe("DocumentDB", () => {
    const cluster = "aws:docdb/cluster:Cluster";
    const instance = "aws:docdb/clusterInstance:ClusterInstance";

    it("keeps a cluster that is protected, or has instances, and leaves a last copy", async () => {
      const inputs = {
        clusterIdentifierPrefix: "mongo-",
        deletionProtection: true,
        finalSnapshotIdentifier: "last",
      };
      const made = await make(cluster, inputs, "mongo");
      const first = await make(instance, {
        clusterIdentifier: made.id,
        instanceClass: "db.t4g.medium",
      });
      await assert.rejects(client.delete(cluster, made.id), /still used by ClusterInstance/);
      await client.delete(instance, first.id);
      await assert.rejects(client.delete(cluster, made.id), /deletionProtection/);
      const open = { ...made.inputs, deletionProtection: false };
      await client.update(cluster, made.id, made.outputs, made.inputs, open);
      await client.delete(cluster, made.id);
      assert.deepEqual(events(), ["final snapshot"]);
    });

    it("has backups always", async () => {
      const { failures } = await client.check(cluster, { backupRetentionPeriod: 0 });
      assert.match(failures.join(), /keeps backups/);
    });

    for (const key of ["clusterIdentifier", "dbSubnetGroupName", "masterUsername"])
      it(`is replaced by another ${key}`, async () => {
        assert.deepEqual(await replaces(cluster, {}, { [key]: "other" }), [key]);
      });
  });
});
