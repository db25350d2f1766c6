import assert from "node:assert/strict";
import { clouds, offers } from "../../components/clouds";
import type { CloudName, EngineName, Shape } from "../../components/settings/settings";
import { clusterArgs, machineArgs, names, stack, tagProperty, tags } from "./contract";
import { cloudArgs, databaseFor, planFor } from "./plan";
import { record, type Registration } from "./record";

/** Everything managed on one cloud, beside its machine. */
const databasesOf = (cloud: CloudName, shape: Shape): Promise<Registration[]> => {
  const engines = offers[cloud]().engines;
  const databases = Object.entries(engines).map(([engine, offer]) =>
    databaseFor(engine as EngineName, offer.versions[0]!, {
      size: offer.highAvailable,
      storage: 100,
      highAvailability: true,
      readReplicas: Math.min(2, offer.readReplicas),
    }),
  );
  return record(() => {
    const made = new (clouds[cloud]())(cloudArgs(planFor(cloud, shape, { databases })));
    const client =
      shape === "vm"
        ? made.machine("qa-machine", machineArgs(cloud), {})
        : made.cluster!("qa-cluster", clusterArgs(cloud), {});
    for (const database of databases) {
      const name = `qa-${database.service}`;
      const server = made.database!(name, { database, client, tags, protect: true }, {});
      assert.equal(server.readHosts.length, database.readReplicas, name);
      assert.equal(server.tls, true);
    }
  });
};

const isServer =
  /(rds\/instance|elasticache\/replicationGroup|sql\/databaseInstance|redis\/instance|databaseCluster):/;

for (const [cloud, shape] of names.flatMap((name) =>
  (["vm", "cluster"] as const).map((form) => [name, form] as const),
))
  describe(`the databases of ${cloud} beside a ${shape}`, () => {
    let own: readonly Registration[];

    before(async function () {
      this.timeout(20_000);
      const all = await databasesOf(cloud, shape);
      own = all.filter(({ name, custom }) => custom && !/^qa-(machine|cluster)/.test(name));
    });

    const servers = () =>
      own.filter(({ type, name }) => isServer.test(type) && /-server$/.test(name));

    it("are protected, their replicas are not", () => {
      assert.equal(servers().length, Object.keys(offers[cloud]().engines).length);
      for (const { name, protect } of servers()) assert.ok(protect, name);
      for (const { name, protect } of own)
        if (/-replica-\d/.test(name)) assert.equal(protect, false, name);
    });

    it("refuse to be deleted by the cloud itself, where it can, and leave a last copy", () => {
      for (const { name, type, inputs } of servers()) {
        if (type === "aws:rds/instance:Instance") {
          assert.equal(inputs["deletionProtection"], true, name);
          assert.equal(inputs["skipFinalSnapshot"], false, name);
        }
        if (type.startsWith("aws:elasticache")) assert.ok(inputs["finalSnapshotIdentifier"], name);
        if (type.startsWith("gcp:")) assert.equal(inputs["deletionProtection"], true, name);
      }
    });

    it("have as many replicas as were asked for", () => {
      const replicas = own.filter(({ name }) => /^qa-postgres-replica-\d$/.test(name));
      assert.equal(replicas.length, 2);
    });

    it("stand on private addresses, encrypted, and take TLS alone", () => {
      for (const { name, type, inputs } of own.filter((resource) => isServer.test(resource.type))) {
        const settings = inputs["settings"] as Record<string, Record<string, unknown>> | undefined;
        if (type === "aws:rds/instance:Instance") {
          assert.equal(inputs["publiclyAccessible"], false, name);
          assert.equal(inputs["storageEncrypted"], true, name);
        } else if (type.startsWith("aws:elasticache"))
          assert.equal(inputs["transitEncryptionMode"], "required", name);
        else if (type.startsWith("gcp:sql")) {
          assert.equal(settings!["ipConfiguration"]!["ipv4Enabled"], false, name);
          assert.equal(settings!["ipConfiguration"]!["sslMode"], "ENCRYPTED_ONLY", name);
        } else if (type.startsWith("gcp:redis"))
          assert.equal(inputs["transitEncryptionMode"], "SERVER_AUTHENTICATION", name);
        else assert.ok(inputs["privateNetworkUuid"], name);
      }
      if (cloud !== "aws") return;
      const parameters = own.filter(({ type }) => type.startsWith("aws:rds/parameterGroup"));
      assert.deepEqual(
        parameters
          .map(({ inputs }) => (inputs["parameters"] as { name: string }[])[0]!.name)
          .sort(),
        ["rds.force_ssl", "require_secure_transport", "require_secure_transport"],
      );
    });

    it("let in their client alone", () => {
      if (cloud === "aws") {
        const rules = own.filter(({ type }) => type.startsWith("aws:vpc/securityGroupIngressRule"));
        assert.equal(rules.length, servers().length);
        for (const { name, inputs, inputDependencies } of rules) {
          assert.equal(inputs["cidrIpv4"], undefined, name);
          assert.deepEqual(inputDependencies["referencedSecurityGroupId"], [
            shape === "vm" ? "qa-machine-firewall" : "qa-cluster-control-plane",
          ]);
        }
      }
      if (cloud === "digitalocean") {
        const lists = own.filter(({ type }) => type.includes("databaseFirewall"));
        const replicas = own.filter(({ type }) => type.includes("databaseReplica"));
        assert.equal(lists.length, servers().length + replicas.length);
        for (const { inputs, inputDependencies } of lists) {
          const [type, source] =
            shape === "vm"
              ? ["droplet", "qa-machine-droplet"]
              : ["k8s", "qa-cluster-control-plane"];
          assert.equal((inputs["rules"] as { type: string }[])[0]!.type, type);
          assert.ok(inputDependencies["rules"]?.includes(source));
        }
      }
    });

    it("are tagged, each with a chosen order of replacement and an explicit provider", () => {
      for (const { name, type, inputs, deleteBeforeReplace, provider } of own) {
        if (stack.test(type)) continue;
        assert.notEqual(deleteBeforeReplace, undefined, name);
        assert.equal(provider, cloud, name);
        const property =
          type === "gcp:sql/databaseInstance:DatabaseInstance" ? "settings" : tagProperty(type);
        if (property !== undefined)
          assert.match(JSON.stringify(inputs[property] ?? null), /acme/, `${name}: ${property}`);
      }
    });

    it("keep every password secret", () => {
      for (const { name, inputs, secrets } of own)
        for (const key of Object.keys(inputs))
          if (/^(password|authToken|rootPassword)$/.test(key))
            assert.ok(secrets.includes(key), `${name}.${key}`);
    });
  });
