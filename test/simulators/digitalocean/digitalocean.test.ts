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
  const refusals = async (type: string, inputs: Properties): Promise<string> =>
    (await client.check(token(type), inputs)).failures.join("; ");
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

  it("a number is a number: dropletId is not a string", async () => {
    assert.equal(
      await refusals("VolumeAttachment", { dropletId: "12", volumeId: "x" }),
      'dropletId: expected an integer, got string "12"',
    );
  });

  for (const [type, inputs, message] of [
    [
      "DatabaseFirewall",
      { clusterId: "x", rules: [{ type: "ipAddr", value: "1.2.3.4" }] },
      /ip_addr/,
    ],
    ["Certificate", { type: "letsEncrypt", domains: ["a.example"] }, /lets_encrypt/],
    [
      "DatabaseCluster",
      {
        engine: "redis",
        version: "7",
        size: "s",
        nodeCount: 1,
        region: "fra1",
        evictionPolicy: "allkeysLru",
      },
      /allkeys_lru/,
    ],
  ] as const)
    it(`takes the API's snake case, not the documentation's: ${type}`, async () => {
      assert.match(await refusals(type, inputs), message);
    });

  describe("droplets", () => {
    for (const key of ["image", "region", "userData", "sshKeys", "monitoring", "vpcUuid"] as const)
      it(`a change of ${key} replaces`, async () => {
        const value = key === "sshKeys" ? ["1"] : key === "monitoring" ? true : "other";
        assert.deepEqual(await replaces("Droplet", machine, { ...machine, [key]: value }), [key]);
      });

    it("a change of size, tags or backups is made in place; a new size means power off", async () => {
      const droplet = await make("Droplet", machine);
      const next = { ...droplet.inputs, size: "s-4vcpu-8gb", tags: ["a"], backups: true };
      assert.deepEqual(await replaces("Droplet", droplet.inputs, next), []);
      await client.update(droplet.type, droplet.id, droplet.outputs, droplet.inputs, next);
      assert.equal(world.events("powered off").length, 1);
    });

    it("turning IPv6 off replaces", async () => {
      assert.deepEqual(await replaces("Droplet", { ipv6: true }, { ipv6: false }), ["ipv6"]);
      assert.deepEqual(await replaces("Droplet", { ipv6: false }, { ipv6: true }), []);
    });

    it("64 KiB of user data is the limit", async () => {
      const userData = "x".repeat(64 * 1024 + 1);
      await assert.rejects(make("Droplet", { ...machine, userData }), /64 KiB/);
    });
  });

  describe("volumes", () => {
    it("only grow", async () => {
      const volume = await make("Volume", disk);
      const [next, less] = [
        { ...volume.inputs, size: 80 },
        { ...volume.inputs, size: 20 },
      ];
      await client.update(volume.type, volume.id, volume.outputs, volume.inputs, next);
      await assert.rejects(
        client.update(volume.type, volume.id, volume.outputs, next, less),
        /can only be expanded and not shrunk/,
      );
    });

    for (const key of ["region", "name", "description", "snapshotId", "initialFilesystemType"])
      it(`a change of ${key} replaces: the data is gone`, async () => {
        assert.deepEqual(await replaces("Volume", disk, { ...disk, [key]: "xfs" }), [key]);
      });

    it("an attached volume cannot be deleted", async () => {
      const volume = await make("Volume", disk);
      const droplet = await make("Droplet", machine);
      await make("VolumeAttachment", { dropletId: Number(droplet.id), volumeId: volume.id });
      await assert.rejects(client.delete(volume.type, volume.id), /still used by VolumeAttachment/);
    });

    it("DELETE attachment, DELETE machine pulls the disk from under what runs", async () => {
      const volume = await make("Volume", disk);
      const droplet = await make("Droplet", machine);
      const held = { dropletId: Number(droplet.id), volumeId: volume.id };
      const attachment = await make("VolumeAttachment", held);
      await client.delete(attachment.type, attachment.id);
      assert.equal(world.events("detached while running").length, 1);
    });

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

    it("names are lower case, digits and dashes", async () => {
      assert.match(await refusals("Volume", { ...disk, name: "My_Disk" }), /^name: lower case/);
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

    it("a firewall takes ten droplets at most", async () => {
      const dropletIds = Array.from({ length: 11 }, (_, n) => n);
      const inboundRules = [{ protocol: "tcp", portRange: "22" }];
      assert.match(await refusals("Firewall", { dropletIds, inboundRules }), /at most 10/);
    });

    it("the smallest database has no standby", async () => {
      assert.match(
        await refusals("DatabaseCluster", { ...database, nodeCount: 2 }),
        /smallest size has no standby/,
      );
    });

    it("MongoDB has one node or three, the disk of its size, and no read-only nodes", async () => {
      const mongo = { ...database, engine: "mongodb", version: "7", size: "db-s-1vcpu-2gb" };
      assert.match(
        await refusals("DatabaseCluster", { ...mongo, nodeCount: 2 }),
        /mongodb has 1, 3 nodes/,
      );
      assert.match(
        await refusals("DatabaseCluster", { ...mongo, storageSizeMib: "61440" }),
        /storageSizeMib: for pg and mysql/,
      );
      const cluster = await make("DatabaseCluster", { ...mongo, nodeCount: 3 });
      assert.match(String(cluster.outputs.privateHost), /^private-.*\.mongo\.ondigitalocean\.com$/);
      const replica = { clusterId: cluster.id, name: "read", region: "fra1" };
      await assert.rejects(make("DatabaseReplica", replica), /no read-only nodes/);
    });

    it("a database without a version is refused", async () => {
      const { version: _, ...rest } = database;
      assert.match(await refusals("DatabaseCluster", rest), /version: DigitalOcean needs one/);
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

    it("deleting the DatabaseFirewall opens the cluster to all", async () => {
      const cluster = await make("DatabaseCluster", database);
      const inputs = { clusterId: cluster.id, rules: [{ type: "ip_addr", value: "10.0.0.1" }] };
      const { type, id } = await make("DatabaseFirewall", inputs);
      await client.delete(type, id);
      assert.equal(world.events("opened to all")[0]?.id, cluster.id);
    });
  });

  describe("clusters, registries, buckets and names", () => {
    const pool = { name: "pool", size: "s-2vcpu-4gb", nodeCount: 2 };
    const cluster = { region: "fra1", version: "1.36.0-do.0", nodePool: pool };

    it("a new size of the default pool replaces the cluster", async () => {
      const next = { ...cluster, nodePool: { ...pool, size: "s-4vcpu-8gb" } };
      assert.deepEqual(await replaces("KubernetesCluster", cluster, next), ["nodePool"]);
      const more = { ...cluster, nodePool: { ...pool, nodeCount: 3 } };
      assert.deepEqual(await replaces("KubernetesCluster", cluster, more), []);
    });

    it("version latest is refused: it would differ for ever", async () => {
      assert.match(
        await refusals("KubernetesCluster", { ...cluster, version: "latest" }),
        /version:/,
      );
    });

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

    it("Spaces needs keys of its own", async () => {
      await assert.rejects(make("SpacesBucket", { region: "fra1" }), /spacesAccessId/);
      await client.configure({ token: "x", spacesAccessId: "a", spacesSecretKey: "b" });
      await make("SpacesBucket", { region: "fra1" });
    });

    it("a CNAME's value ends with a dot", async () => {
      assert.match(
        await refusals("DnsRecord", { domain: "a.example", type: "CNAME", value: "b.example" }),
        /ends with a dot/,
      );
    });

    it("lets_encrypt certificates need DigitalOcean's DNS", async () => {
      const inputs = { name: "c", type: "lets_encrypt", domains: ["www.a.example"] };
      await assert.rejects(make("Certificate", inputs), /not in DigitalOcean's DNS/);
      await make("Domain", { name: "a.example" });
      await make("Certificate", inputs);
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
