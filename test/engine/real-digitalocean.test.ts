import assert from "node:assert/strict";
import { needsPulumi } from "../rig/pulumi";
import { realProviders } from "../rig/providers";
import { said } from "./cloud-stack";
import { RealDigitalOcean } from "./real-digitalocean";
import { changes } from "./site";

// The plugin that Pulumi installs is not available everywhere: BERTH_PROVIDERS=real asks for it.
if (realProviders)
  describe("SimpleApp on a droplet, with the real digitalocean plugin in front of a stand-in of its API", function () {
    this.timeout(900_000);
    let own: RealDigitalOcean;
    const databases = (size: string): object => ({
      mysql: { size, version: "8.0", readReplicas: 1 },
    });

    before(async function () {
      needsPulumi(this);
      own = await RealDigitalOcean.create(["127.0.40.1"], {
        configFile: "examples/simpleapp/Pulumi.qa.yaml",
        config: {
          domain: "qa.acme.example",
          dns: { zone: "acme.example" },
          monitoring: { alerts: "owner@example.com" },
          tags: { Owner: "Acme Inc.", stage: "qa" },
          databases: databases("db-s-1vcpu-2gb"),
          protect: false,
        },
      });
      own.api.ask("POST", "/v2/domains", { name: "acme.example" });
      // A tag of another stack in another case, in which the API returns it from then on.
      own.api.ask("POST", "/v2/tags", { name: "owner:acme-inc-" });
    });
    after(async () => {
      await (own as RealDigitalOcean | undefined)?.dispose();
    });

    async function up(): Promise<string[]> {
      const run = await own.stack.up();
      assert.equal(run.code, 0, said(run));
      assert.deepEqual(own.api.unknown, []);
      return changes(run);
    }
    /** Resources that hold the droplet's id. */
    const followers = [
      "update DatabaseFirewall-mysql-firewall",
      "update DatabaseFirewall-mysql-replica-1-firewall",
      "update MonitorAlert-machine-alert-cpu",
      "update MonitorAlert-machine-alert-disk",
      "update MonitorAlert-machine-alert-memory",
    ];
    const clouds = (steps: string[]): string[] =>
      steps
        .filter((step) => /^\S+ \S+ berth-digitalocean-(network|machine|mysql|dns)-/.test(step))
        .map((step) => step.replace(" berth-digitalocean", ""))
        .sort();

    it("comes up", async () => {
      const made = clouds(await up()).filter((step) => !/Cert|PrivateKey/.test(step));
      assert.deepEqual(made, [
        "create DatabaseCluster-mysql-server",
        "create DatabaseFirewall-mysql-firewall",
        "create DatabaseFirewall-mysql-replica-1-firewall",
        "create DatabaseReplica-mysql-replica-1",
        "create DnsRecord-dns-app.qa.acme.example-A",
        "create Droplet-machine-droplet",
        "create Firewall-machine-firewall",
        "create MonitorAlert-machine-alert-cpu",
        "create MonitorAlert-machine-alert-disk",
        "create MonitorAlert-machine-alert-memory",
        "create ReservedIp-machine-address",
        "create ReservedIpAssignment-machine-address-assignment",
        "create Tag-machine-tag",
        "create Volume-machine-disk",
        "create Vpc-network-vpc",
      ]);
    });

    it("changes nothing the second time", async () => {
      assert.deepEqual(await up(), []);
    });

    it("changes nothing after a refresh", async () => {
      const run = await own.stack.refresh();
      assert.equal(run.code, 0, said(run));
      assert.deepEqual(await up(), []);
    });

    it("grows the disk and the databases in place", async () => {
      own.stack.configure({ disk: 30, databases: databases("db-s-2vcpu-4gb") });
      assert.deepEqual(clouds(await up()), [
        "update DatabaseCluster-mysql-server",
        "update DatabaseReplica-mysql-replica-1",
        "update Volume-machine-disk",
      ]);
      assert.deepEqual(await up(), []);
    });

    it("replaces the machine for another size: the plugin would power it off to resize it", async () => {
      own.stack.configure({ machine: "medium" });
      assert.deepEqual(clouds(await up()), [
        "create-replacement Droplet-machine-droplet",
        "create-replacement ReservedIpAssignment-machine-address-assignment",
        "delete-replaced Droplet-machine-droplet",
        "delete-replaced ReservedIpAssignment-machine-address-assignment",
        "replace Droplet-machine-droplet",
        "replace ReservedIpAssignment-machine-address-assignment",
        ...followers,
      ]);
      assert.deepEqual(await up(), []);
    });

    it("creates the machine again after it was deleted by hand", async () => {
      const [{ id } = { id: "" }] = own.api.account.all("droplet");
      own.api.ask("DELETE", `/v2/droplets/${String(id)}`);
      // The machine's Docker is gone with it.
      const run = await own.stack.refresh();
      assert.match(said(run), /Error pinging Docker server/);
      assert.deepEqual(clouds(await up()), [
        "create Droplet-machine-droplet",
        "create ReservedIpAssignment-machine-address-assignment",
        ...followers,
      ]);
      assert.deepEqual(await up(), []);
    });

    it("is destroyed when its containers take more than a minute to stop", async () => {
      own.api.account.shutdown = 70_000;
      const run = await own.stack.destroy();
      assert.equal(run.code, 0, said(run));
    });
  });
