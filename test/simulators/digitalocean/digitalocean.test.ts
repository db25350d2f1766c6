import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digitalocean, World } from ".";
import { Client } from "../client";
import { serve, type ServedProvider } from "../server";
import { unknown, type Properties } from "../values";

const token = (name: string): string =>
  `digitalocean:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
const machine = { image: "ubuntu-24-04-x64", size: "s-2vcpu-4gb", region: "fra1" };
const disk = { region: "fra1", size: 40 };

describe("the simulated DigitalOcean", () => {
  let folder: string;
  let world: World;
  let served: ServedProvider;
  let client: Client;
  const hooks: string[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "berth-cloud-"));
    world = new World(join(folder, "world.json"));
    hooks.length = 0;
    served = await serve(
      digitalocean({
        world,
        env: {},
        address: (type) => (type === token("ReservedIp") ? "127.0.0.2" : undefined),
        hook: (moment, { name }) => void hooks.push(`${moment} ${name}`),
      }),
    );
    client = new Client(served.port);
    await client.configure({ token: "secret" });
  });
  afterEach(async () => {
    client.close();
    await served.close();
    rmSync(folder, { recursive: true });
  });

  async function make(
    type: string,
    inputs: Properties,
    name = type.toLowerCase(),
  ): Promise<{ type: string; id: string; inputs: Properties; outputs: Properties }> {
    const checked = await client.check(token(type), inputs);
    assert.deepEqual(checked.failures, []);
    const all = checked.inputs.values;
    return { type: token(type), inputs: all, ...(await client.create(token(type), all, { name })) };
  }
  const replaces = async (type: string, old: Properties, next: Properties): Promise<string[]> =>
    (await client.diff(token(type), old, next)).replaces;

  it("keeps what was made in a file that another process reads", async () => {
    const { id } = await make("Vpc", { region: "fra1" });
    const later = await serve(
      digitalocean({
        world: new World(join(folder, "world.json")),
        env: { DIGITALOCEAN_TOKEN: "x" },
      }),
    );
    const other = new Client(later.port);
    await other.configure({});
    assert.equal((await other.read(token("Vpc"), id, {}, {})).id, id);
    other.close();
    await later.close();
  });

  it("opens nothing without a token: explicit providers see no configuration but their own", async () => {
    const own = new Client(served.port);
    await own.configure({});
    await assert.rejects(
      own.create(token("Vpc"), { region: "fra1" }),
      /401 Unable to authenticate/,
    );
    own.close();
  });

  it("hands out the address that the test says, and one of its own to everything else", async () => {
    const ip = await make("ReservedIp", { region: "fra1" });
    const one = await make("Droplet", machine, "one");
    const two = await make("Droplet", machine, "two");
    assert.equal(ip.outputs.ipAddress, "127.0.0.2");
    assert.notEqual(one.outputs.ipv4Address, two.outputs.ipv4Address);
    assert.match(String(one.outputs.ipv4Address), /^203\.0\.113\.\d+$/);
  });

  it("leaves what only the cloud knows unknown in a preview, and makes nothing", async () => {
    const { outputs } = await client.create(token("Droplet"), machine, { preview: true });
    assert.equal(outputs.ipv4Address, unknown);
    assert.equal(outputs.size, machine.size);
    assert.deepEqual(world.things(), []);
  });

  it("gives a resource that is made again another id", async () => {
    const first = await make("Droplet", machine);
    const second = await make("Droplet", machine);
    assert.notEqual(first.id, second.id);
    assert.match(second.id, /^\d+$/);
  });

  it("sees drift that a test makes, and what somebody deleted", async () => {
    const droplet = await make("Droplet", machine);
    world.change(droplet.type, "droplet", { inputs: { size: "s-8vcpu-16gb" } });
    const found = await client.read(droplet.type, droplet.id, droplet.outputs, droplet.inputs);
    assert.equal(found.inputs.size, "s-8vcpu-16gb");
    const diff = await client.diff(droplet.type, found.inputs, droplet.inputs, found.outputs);
    assert.deepEqual(diff.changed, ["size"]);
    world.lose(droplet.type, "droplet");
    const gone = await client.read(droplet.type, droplet.id, droplet.outputs, droplet.inputs);
    assert.equal(gone.id, "");
  });

  it("calls the test's hooks, in order, before a machine is deleted", async () => {
    const { type, id } = await make("Droplet", machine);
    await client.delete(type, id);
    assert.deepEqual(hooks, ["created droplet", "deleting droplet"]);
  });

  it("fails where a test asks for it, before or after the fact", async () => {
    served.stage.failNext(token("Vpc"), "503 try again", { late: true });
    await assert.rejects(make("Vpc", { region: "fra1" }), { message: "503 try again" });
    assert.equal(world.things(token("Vpc")).length, 1);
  });

  it("refuses a reference to what is not there", async () => {
    await assert.rejects(
      make("Droplet", { ...machine, vpcUuid: "3a1c" }),
      /vpcUuid: there is no Vpc 3a1c/,
    );
  });

  describe("droplets", () => {
    it("a change of size, tags or backups is made in place; a new size means power off", async () => {
      const droplet = await make("Droplet", machine);
      const next = { ...droplet.inputs, size: "s-4vcpu-8gb", tags: ["a"], backups: true };
      assert.deepEqual(await replaces("Droplet", droplet.inputs, next), []);
      await client.update(droplet.type, droplet.id, droplet.outputs, droplet.inputs, next);
      assert.equal(world.events("powered off").length, 1);
    });

    it("64 KiB of user data is the limit", async () => {
      const userData = "x".repeat(64 * 1024 + 1);
      await assert.rejects(make("Droplet", { ...machine, userData }), /64 KiB/);
    });
  });

  describe("volumes", () => {
    it("a disk that is part of the droplet goes after a graceful shutdown", async () => {
      const volume = await make("Volume", disk);
      const inputs = { ...machine, volumeIds: [volume.id], gracefulShutdown: true };
      const droplet = await make("Droplet", inputs);
      await client.delete(droplet.type, droplet.id);
      assert.deepEqual(
        world.events().map(({ what }) => what),
        ["shut down", "detached"],
      );
    });

    it("a volume in another region cannot be part of the droplet", async () => {
      const volume = await make("Volume", { ...disk, region: "nyc3" });
      await assert.rejects(
        make("Droplet", { ...machine, volumeIds: [volume.id] }),
        /must be in the same region/,
      );
    });
  });

  describe("networks and databases", () => {
    const database = {
      engine: "pg",
      version: "16",
      size: "db-s-1vcpu-1gb",
      nodeCount: 1,
      region: "fra1",
    };

    it("a network with members cannot be deleted", async () => {
      const vpc = await make("Vpc", { region: "fra1" });
      await make("Droplet", { ...machine, vpcUuid: vpc.id });
      await assert.rejects(client.delete(vpc.type, vpc.id), /still used by Droplet/);
    });

    it("MongoDB has one node or three, the disk of its size, and no read-only nodes", async () => {
      const mongo = { ...database, engine: "mongodb", version: "7", size: "db-s-1vcpu-2gb" };
      await assert.rejects(make("DatabaseCluster", { ...mongo, nodeCount: 2 }), /no 2 nodes/);
      await assert.rejects(
        make("DatabaseCluster", { ...mongo, storageSizeMib: "61440" }),
        /for pg and mysql/,
      );
      const cluster = await make("DatabaseCluster", { ...mongo, nodeCount: 3 });
      const replica = { clusterId: cluster.id, name: "read", region: "fra1", size: mongo.size };
      await assert.rejects(make("DatabaseReplica", replica), /no read-only nodes/);
    });

    it("a second DatabaseFirewall on a cluster overwrites the first", async () => {
      const cluster = await make("DatabaseCluster", database);
      const rule = (value: string) => ({
        clusterId: cluster.id,
        rules: [{ type: "ip_addr", value }],
      });
      const first = await make("DatabaseFirewall", rule("10.0.0.1"), "first");
      await make("DatabaseFirewall", rule("10.0.0.2"), "second");
      const found = await client.read(first.type, first.id, first.outputs, first.inputs);
      assert.deepEqual(found.inputs.rules, rule("10.0.0.2").rules);
    });

    it("a DatabaseFirewall guards a cluster or a replica that is there", async () => {
      const cluster = await make("DatabaseCluster", database);
      const { size } = database;
      const replica = { clusterId: cluster.id, name: "read", region: "fra1", size };
      const { outputs } = await make("DatabaseReplica", replica);
      const rules = [{ type: "ip_addr", value: "10.0.0.1" }];
      await make("DatabaseFirewall", { clusterId: outputs.uuid, rules });
      await assert.rejects(
        make("DatabaseFirewall", { clusterId: "bd08fb67", rules }, "other"),
        /clusterId: there is no DatabaseCluster or DatabaseReplica bd08fb67/,
      );
    });

    it("deleting the DatabaseFirewall opens the cluster to all", async () => {
      const cluster = await make("DatabaseCluster", database);
      const inputs = { clusterId: cluster.id, rules: [{ type: "ip_addr", value: "10.0.0.1" }] };
      const { type, id } = await make("DatabaseFirewall", inputs);
      await client.delete(type, id);
      assert.equal(world.events("opened to all")[0]?.id, cluster.id);
    });
  });

  describe("clusters and registries", () => {
    const pool = { name: "pool", size: "s-2vcpu-4gb", nodeCount: 2 };
    const cluster = { region: "fra1", version: "1.36.0-do.0", nodePool: pool };

    it("high availability cannot be turned off", async () => {
      const made = await make("KubernetesCluster", { ...cluster, ha: true });
      const next = { ...made.inputs, ha: false };
      await assert.rejects(
        client.update(made.type, made.id, made.outputs, made.inputs, next),
        /cannot be turned off/,
      );
    });

    it("an account has one registry", async () => {
      await make("ContainerRegistry", { name: "one", subscriptionTierSlug: "basic" });
      await assert.rejects(
        make("ContainerRegistry", { name: "two", subscriptionTierSlug: "basic" }),
        /one container registry/,
      );
    });
  });

  it("answers functions as the offline preview does", async () => {
    const versions = "digitalocean:index/getKubernetesVersions:getKubernetesVersions";
    const { latestVersion } = await client.invoke(versions, { versionPrefix: "1.36." });
    assert.equal(latestVersion, "1.36.0-do.0");
    await assert.rejects(
      client.invoke("digitalocean:index/getMoon:getMoon", {}),
      /nothing simulates/,
    );
  });
});
