import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { clouds, catalogs } from "../../components/clouds";
import type { Database } from "../../components/clouds/cloud";
import type { Database as DatabasePlan } from "../../components/plan/plan";
import type { EngineName } from "../../components/model/engine-name";
import type { Shape } from "../../components/settings/settings";
import type { CloudName } from "../../components/clouds/list";
import { clusterArgs, machineArgs, names, stack, tagProperty, tags } from "./contract";
import { cloudArgs, databaseFor, planFor } from "./plan";
import { record, type Registration } from "./record";

/** Everything managed on one cloud, beside its machine. */
const databasesOf = (
  cloud: CloudName,
  shape: Shape,
  protect = true,
  more: Partial<DatabasePlan> = {},
): Promise<Registration[]> => {
  const engines = catalogs[cloud]().engines;
  const databases = Object.entries(engines).map(([engine, offer]) =>
    databaseFor(engine as EngineName, offer.versions[0]!, {
      size: offer.highAvailable,
      storage: 100,
      highAvailability: true,
      readReplicas: Math.min(2, offer.readReplicas),
      ...more,
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
      const server = made.database!(name, { database, client, tags, protect }, {});
      assert.equal(server.readHosts.length, database.readReplicas, name);
      assert.equal(server.tls, true);
    }
  });
};

const isServer =
  /(rds\/instance|docdb\/cluster|elasticache\/replicationGroup|sql\/databaseInstance|redis\/instance|databaseCluster):/;

const offering = names.filter((name) => Object.keys(catalogs[name]().engines).length > 0);

/** The last copies that the servers and the disk of a stack leave when they are deleted, by resource. */
const lastCopies = (own: readonly Registration[]): Record<string, boolean> =>
  Object.fromEntries(
    own.flatMap(({ type, name, inputs }): [string, boolean][] => {
      if (/-replica-\d/.test(name)) return [];
      const settings = inputs["settings"] as Record<string, unknown> | undefined;
      if (/^aws:(rds\/instance|docdb\/cluster):/.test(type))
        return [[name, inputs["skipFinalSnapshot"] === false]];
      if (type.startsWith("aws:elasticache/replicationGroup"))
        return [[name, inputs["finalSnapshotIdentifier"] !== undefined]];
      if (type.startsWith("aws:ebs/volume:")) return [[name, inputs["finalSnapshot"] === true]];
      if (type.startsWith("gcp:sql/databaseInstance:"))
        return [[name, settings?.["finalBackupConfig"] !== undefined]];
      return [];
    }),
  );

for (const cloud of ["aws", "gcp"] as const)
  describe(`the last copies of databases on ${cloud}`, () => {
    it("are made when they are no longer protected, which is how a stack is deleted", async () => {
      const copies = lastCopies(await databasesOf(cloud, "vm", false));
      assert.ok(Object.keys(copies).length > 1);
      assert.deepEqual(
        Object.entries(copies).filter(([, made]) => !made),
        [],
      );
    });

    it("are not made where the config says no, but for the machine's disk", async () => {
      const copies = lastCopies(await databasesOf(cloud, "vm", true, { finalSnapshot: false }));
      const left = Object.entries(copies).filter(([, made]) => made);
      assert.deepEqual(
        left.map(([name]) => name),
        cloud === "aws" ? ["qa-machine-disk"] : [],
      );
    });
  });

for (const [cloud, shape] of offering.flatMap((name) =>
  (["vm", "cluster"] as const).map((form) => [name, form] as const),
))
  describe(`the databases of ${cloud} beside a ${shape}`, () => {
    let own: readonly Registration[];

    before(async function () {
      this.timeout(120_000);
      const all = await databasesOf(cloud, shape);
      own = all.filter(({ name, custom }) => custom && !/^qa-(machine|cluster)/.test(name));
    });

    const servers = () =>
      own.filter(({ type, name }) => isServer.test(type) && /-server$/.test(name));

    it("are protected, their replicas are not", () => {
      assert.equal(servers().length, Object.keys(catalogs[cloud]().engines).length);
      for (const { name, protect } of servers()) assert.ok(protect, name);
      for (const { name, protect } of own)
        if (/-replica-\d/.test(name)) assert.equal(protect, false, name);
    });

    it("refuse to be deleted by the cloud itself, where it can, and leave a last copy", () => {
      for (const { name, type, inputs } of servers()) {
        if (type === "aws:rds/instance:Instance" || type === "aws:docdb/cluster:Cluster") {
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
        } else if (type === "aws:docdb/cluster:Cluster")
          assert.equal(inputs["storageEncrypted"], true, name);
        else if (type.startsWith("aws:elasticache"))
          assert.equal(inputs["transitEncryptionMode"], "required", name);
        else if (type.startsWith("gcp:sql")) {
          assert.equal(settings!["ipConfiguration"]!["ipv4Enabled"], false, name);
          assert.equal(settings!["ipConfiguration"]!["sslMode"], "ENCRYPTED_ONLY", name);
        } else if (type.startsWith("gcp:redis"))
          assert.equal(inputs["transitEncryptionMode"], "SERVER_AUTHENTICATION", name);
        else assert.ok(inputs["privateNetworkUuid"], name);
      }
      if (cloud !== "aws") return;
      const parameters = own.filter(({ type }) => /^aws:\w+\/\w*[pP]arameterGroup/.test(type));
      assert.deepEqual(
        parameters
          .map(({ inputs }) => (inputs["parameters"] as { name: string }[])[0]!.name)
          .sort(),
        ["rds.force_ssl", "require_secure_transport", "require_secure_transport", "tls"],
      );
    });

    it("admit their client only", () => {
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
          if (/^(password|authToken|rootPassword|masterPassword)$/.test(key))
            assert.ok(secrets.includes(key), `${name}.${key}`);
    });
  });

/** What each cloud is given for a server's settings: by its own names, as the plan has them. */
const settingsOf: Readonly<
  Record<string, readonly (readonly [EngineName, Record<string, string>, RegExp, unknown])[]>
> = {
  aws: [
    [
      "postgres",
      { max_connections: "250", work_mem: "16384" },
      /-parameters$/,
      [
        { name: "rds.force_ssl", value: "1", applyMethod: "immediate" },
        { name: "max_connections", value: "250", applyMethod: "pending-reboot" },
        { name: "work_mem", value: "16384", applyMethod: "immediate" },
      ],
    ],
    [
      "valkey",
      { "maxmemory-policy": "allkeys-lru" },
      /-parameters$/,
      [{ name: "maxmemory-policy", value: "allkeys-lru" }],
    ],
  ],
  gcp: [
    ["mysql", { sql_mode: "ANSI" }, /-server$/, [{ name: "sql_mode", value: "ANSI" }]],
    [
      "redis",
      { "maxmemory-policy": "allkeys-lru" },
      /-server$/,
      { "maxmemory-policy": "allkeys-lru" },
    ],
  ],
  digitalocean: [
    ["postgres", { jit: "false", workMem: "16", timezone: "Asia/Tokyo" }, /-config$/, undefined],
    ["mysql", { maxAllowedPacket: "67108864", sqlMode: "ANSI" }, /-config$/, undefined],
    ["valkey", { valkeyMaxmemoryPolicy: "allkeys-lru" }, /-config$/, undefined],
  ],
};

describe("the settings of a managed database", () => {
  const made = async (
    cloud: CloudName,
    engine: EngineName,
    parameters: Record<string, string>,
  ): Promise<Registration[]> =>
    record(() => {
      const offer = catalogs[cloud]().engines[engine]!;
      const { name: size } = offer.sizes[0]!;
      const more = { size, storage: 20, parameters };
      const database = databaseFor(engine, offer.versions[0]!, more);
      const whole = new (clouds[cloud]())(
        cloudArgs(planFor(cloud, "cluster", { databases: [database] })),
      );
      const client = whole.cluster!("qa-cluster", clusterArgs(cloud), {});
      whole.database!("qa-db", { database, client, tags, protect: true }, {});
    });

  for (const [cloud, cases] of Object.entries(settingsOf))
    for (const [engine, parameters, name, expected] of cases)
      it(`reach the ${engine} of ${cloud}`, async () => {
        const all = await made(cloud as CloudName, engine, parameters);
        const found = all.find((one) => one.name.startsWith("qa-db") && name.test(one.name));
        const { inputs } = found!;
        const { clusterId: _, ...own } = inputs;
        const given =
          inputs["parameters"] ??
          inputs["redisConfigs"] ??
          (inputs["settings"] as Record<string, unknown> | undefined)?.["databaseFlags"] ??
          own;
        assert.deepEqual(
          given,
          expected ??
            Object.fromEntries(
              Object.entries(parameters).map(([key, value]) => [
                key,
                /^(\d+|true|false)$/.test(value) ? JSON.parse(value) : value,
              ]),
            ),
        );
        const server = all.find((one) => one.name === "qa-db-server")!;
        if (cloud === "aws")
          assert.deepEqual(server.inputDependencies["parameterGroupName"], ["qa-db-parameters"]);
        if (cloud === "digitalocean")
          assert.deepEqual(found!.inputDependencies["clusterId"], ["qa-db-server"]);
      });

  it("make no resource where there are none", async () => {
    for (const [cloud, engine] of [
      ["aws", "valkey"],
      ["digitalocean", "mysql"],
    ] as const)
      assert.ok(
        !(await made(cloud, engine, {})).some(({ name }) => /-(config|parameters)$/.test(name)),
      );
  });
});

describe("managed MongoDB", () => {
  const made = async (
    cloud: CloudName,
    more: Partial<DatabasePlan>,
  ): Promise<{ server: Database; own: Record<string, Registration> }> => {
    let server!: Database;
    const all = await record(() => {
      const offer = catalogs[cloud]().engines.mongodb!;
      const size = offer.sizes[0]!.name;
      const database = databaseFor("mongodb", offer.versions[0]!, { size, storage: 0, ...more });
      const whole = new (clouds[cloud]())(
        cloudArgs(planFor(cloud, "cluster", { databases: [database] })),
      );
      const client = whole.cluster!("qa-cluster", clusterArgs(cloud), {});
      server = whole.database!("qa-mongo", { database, client, tags, protect: true }, {});
    });
    const named = all.filter(({ name, custom }) => custom && name.startsWith("qa-mongo-"));
    return {
      server,
      own: Object.fromEntries(named.map((one) => [one.name.slice("qa-mongo-".length), one])),
    };
  };
  const of = (own: Record<string, Registration>, name: string, key: string): unknown =>
    own[name]?.inputs[key];

  it("is one node or a replica set of three on digitalocean, with the disk that its size brings", async () => {
    const { own } = await made("digitalocean", { version: "7.0" });
    assert.deepEqual(Object.keys(own).sort(), ["firewall", "server"]);
    assert.equal(of(own, "server", "engine"), "mongodb");
    assert.equal(of(own, "server", "version"), "7");
    assert.equal(of(own, "server", "nodeCount"), 1);
    assert.equal(of(own, "server", "storageSizeMib"), undefined);
    const high = await made("digitalocean", { highAvailability: true, size: "db-s-1vcpu-2gb" });
    assert.equal(of(high.own, "server", "nodeCount"), 3);
  });

  it("has the name of SRV records, and its administrator in admin, on digitalocean alone", async () => {
    const digitalocean = await made("digitalocean", {});
    assert.equal(digitalocean.server.srv, true);
    assert.equal(await value(digitalocean.server.defaultDatabase), "admin");
    const aws = await made("aws", {});
    assert.equal(aws.server.srv, undefined);
    assert.equal(await value(aws.server.defaultDatabase), "admin");
    assert.equal(await value(aws.server.port), 27017);
    assert.match(await value(aws.server.ca!), /BEGIN CERTIFICATE/);
  });

  it("is DocumentDB on aws: a cluster, its first instance, a standby, and replicas", async () => {
    const { server, own } = await made("aws", { highAvailability: true, readReplicas: 2 });
    const type = "aws:docdb/clusterInstance:ClusterInstance";
    const instances = Object.keys(own).filter((name) => own[name]!.type === type);
    assert.deepEqual(instances.sort(), ["first", "replica-1", "replica-2", "standby"]);
    assert.deepEqual(
      instances.map((name) => of(own, name, "promotionTier")),
      [0, 15, 15, 0],
    );
    assert.equal(own["first"]!.protect, true);
    assert.equal(own["standby"]!.protect, false);
    for (const name of instances)
      assert.deepEqual(own[name]!.inputDependencies["clusterIdentifier"], ["qa-mongo-server"]);
    assert.equal(server.readHosts.length, 2);
    assert.equal(of(own, "server", "engineVersion"), "8.0.0");
    assert.equal(of(own, "parameters", "family"), "docdb8.0");
    assert.deepEqual(Object.keys((await made("aws", {})).own).sort(), [
      "final-snapshot",
      "firewall",
      "first",
      "in",
      "parameters",
      "password",
      "server",
      "subnets",
    ]);
  });

  it("keeps a day of backups on aws at least, and takes the user of a snapshot", async () => {
    const { own } = await made("aws", { backupDays: 0, restoreFrom: "mongo-final-1" });
    assert.equal(of(own, "server", "backupRetentionPeriod"), 1);
    assert.equal(of(own, "server", "snapshotIdentifier"), "mongo-final-1");
    assert.equal(of(own, "server", "masterUsername"), undefined);
  });

  it("is not offered on gcp", () => {
    assert.equal(catalogs.gcp().engines.mongodb, undefined);
  });
});

const value = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => {
    output.apply(resolve);
  });
