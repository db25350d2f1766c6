import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { clouds, offers } from "../../components/clouds";
import type { Cluster, ClusterArgs, MachineArgs } from "../../components/clouds/cloud";
import type { CloudName, EngineName, Shape } from "../../components/settings/settings";
import { cloudArgs, databaseFor, planFor } from "./plan";
import { record, type Registration } from "./record";

const root = join(__dirname, "../..");
const modules = join(root, "node_modules");
const names: readonly CloudName[] = ["aws", "gcp", "digitalocean"];
const operators = ["198.51.100.7/32", "2001:db8::/32"];
const tags = { project: "bigga", stack: "qa", client: "acme" };

const machineArgs = (cloud: CloudName): MachineArgs => ({
  type: offers[cloud]().machines.small,
  disk: 40,
  ports: [
    { port: 80, protocol: "tcp" },
    { port: 443, protocol: "tcp" },
    { port: 5000, protocol: "udp" },
  ],
  operators,
  grace: 60,
  reboot: "Sun 04:00",
  tags,
  protect: true,
});

const machineOf = (cloud: CloudName): Promise<Registration[]> =>
  record(() => {
    const made = new (clouds[cloud]())(
      cloudArgs(planFor(cloud, "vm", { monitoring: { alerts: "ops@acme.example" } })),
    );
    made.machine("qa-machine", machineArgs(cloud), {});
  });

const stack = /^(random|tls|pulumi):/;
const values = (value: unknown): unknown[] =>
  Array.isArray(value)
    ? value.flatMap(values)
    : typeof value === "object" && value !== null
      ? [value, ...Object.values(value).flatMap(values)]
      : [value];

/** `tcp 443 ← 0.0.0.0/0` of each way in that a cloud's firewall opens. */
function waysIn(resources: readonly Registration[]): string[] {
  const text = (value: unknown): string => String(value);
  const rows = resources.flatMap(({ type, inputs }): [string, string, unknown][] => {
    switch (type) {
      case "digitalocean:index/firewall:Firewall":
        return (inputs["inboundRules"] as Record<string, unknown>[]).flatMap((rule) =>
          (rule["sourceAddresses"] as string[]).map((source): [string, string, unknown] => [
            text(rule["protocol"]),
            text(rule["portRange"]),
            source,
          ]),
        );
      case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
        assert.equal(inputs["fromPort"], inputs["toPort"]);
        return [[text(inputs["ipProtocol"]), text(inputs["fromPort"]), inputs["cidrIpv4"]]];
      case "gcp:compute/firewall:Firewall":
        return (inputs["allows"] as { protocol: string; ports: string[] }[]).flatMap((allow) =>
          allow.ports.flatMap((port) =>
            (inputs["sourceRanges"] as string[]).map((source): [string, string, unknown] => [
              allow.protocol,
              port,
              source,
            ]),
          ),
        );
      default:
        // Rules inside the group itself would add to, or fight with, those of their own.
        assert.equal(inputs["ingress"], undefined, type);
        return [];
    }
  });
  return rows.map(([protocol, port, source]) => `${protocol} ${port} ← ${text(source)}`).sort();
}

/** The tags of these name what they belong to; they are no labels of their own. */
const otherTags = [
  "digitalocean:index/firewall:Firewall",
  "digitalocean:index/monitorAlert:MonitorAlert",
  "gcp:monitoring/notificationChannel:NotificationChannel",
];

/** The property that holds a type's tags, by the SDK's own declaration; undefined when it has none. */
function tagProperty(type: string): string | undefined {
  const [pkg, path] = type.split(":") as [string, string];
  if (otherTags.includes(type)) return undefined;
  const [folder, base] = path.split("/") as [string, string];
  const module = join(modules, "@pulumi", pkg, folder === "index" ? "" : folder);
  // A token begins in lower case, its file as the class does: iAMMember, iammember.
  const file = readdirSync(module).find(
    (name) => name.toLowerCase() === `${base}.d.ts`.toLowerCase(),
  )!;
  const text = readFileSync(join(module, file), "utf8");
  const args = text.slice(text.search(/^export interface \w+Args \{/m));
  const properties = pkg === "gcp" ? ["resourceLabels", "labels"] : ["tags"];
  return properties.find((property) => new RegExp(`^    ${property}\\?:`, "m").test(args));
}

const holdsData = /(ebs\/volume|index\/volume|compute\/disk):/;
const holdsAddress = /(ec2\/eip|index\/reservedIp|compute\/address):/;
const isMachine = /(ec2\/instance|index\/droplet|compute\/instance):/;
const only = (resources: readonly Registration[], type: RegExp): Registration => {
  const found = resources.filter((resource) => type.test(resource.type));
  assert.equal(found.length, 1, `one resource of ${String(type)}`);
  return found[0]!;
};

for (const cloud of names)
  describe(`the machine of ${cloud}`, () => {
    let resources: readonly Registration[];
    let own: readonly Registration[];

    before(async function () {
      this.timeout(60_000);
      resources = await machineOf(cloud);
      own = resources.filter(({ type, custom }) => custom && !stack.test(type));
    });

    it("names each child after its parent, and puts nothing but components under the stack", () => {
      for (const { type, name, parent } of resources) {
        if (parent === "") assert.match(type, /^(berth|random|pulumi:providers):?/);
        else assert.ok(name.startsWith(`${parent}-`), `${name} under ${parent}`);
      }
    });

    it("lets the world in on 80, 443 and open ports, and operators on Docker's", () => {
      assert.deepEqual(waysIn(resources), [
        "tcp 2376 ← 198.51.100.7/32",
        "tcp 443 ← 0.0.0.0/0",
        "tcp 80 ← 0.0.0.0/0",
        "udp 5000 ← 0.0.0.0/0",
      ]);
    });

    it("protects the disk and the address, and nothing that has to be replaceable", () => {
      const kept = resources.filter(({ protect }) => protect).map(({ name }) => name);
      assert.deepEqual(kept.sort(), ["qa-machine-address", "qa-machine-disk"]);
      assert.ok(only(own, holdsData).protect);
      assert.ok(only(own, holdsAddress).protect);
    });

    it("tags everything that can carry tags", () => {
      for (const { type, name, inputs } of own) {
        const property = tagProperty(type);
        if (property === undefined) continue;
        const found = JSON.stringify(inputs[property] ?? null);
        for (const [key, value] of Object.entries(tags))
          assert.ok(found.includes(key) && found.includes(value), `${name} has ${key}: ${found}`);
      }
      assert.ok(own.some(({ type }) => tagProperty(type) !== undefined));
    });

    it("gives each resource a provider of the stack's own", () => {
      for (const { name, type, provider, custom } of resources)
        if (custom && !type.startsWith("pulumi:"))
          assert.match(provider, /^(aws|gcp|digitalocean|qa-tls|qa-random)$/, name);
    });

    it("marks every key as secret", () => {
      for (const { name, inputs, secrets } of resources)
        for (const [key, value] of Object.entries(inputs))
          if (values(value).some((one) => typeof one === "string" && /PRIVATE KEY/.test(one)))
            assert.ok(secrets.includes(key), `${name}.${key}`);
      const { secrets } = only(own, isMachine);
      assert.deepEqual(secrets, [cloud === "gcp" ? "metadata" : "userData"]);
    });

    it("chooses the order of replacement of each resource", () => {
      for (const { name, deleteBeforeReplace } of own)
        assert.notEqual(deleteBeforeReplace, undefined, name);
      assert.equal(only(own, isMachine).deleteBeforeReplace, true);
    });

    it("takes what Docker's certificates say from the address alone", () => {
      const from = Object.fromEntries(
        resources.map(({ name, inputDependencies }) => [name, inputDependencies]),
      );
      assert.deepEqual(from["qa-machine-server-request"]?.["ipAddresses"], ["qa-machine-address"]);
      const upstream = (name: string): string[] =>
        Object.values(from[name] ?? {})
          .flat()
          .flatMap((dependency) => [dependency, ...upstream(dependency)]);
      const all = [
        ...new Set([...upstream("qa-machine-server"), ...upstream("qa-machine-client")]),
      ];
      const clouds = all.filter((name) => own.some((resource) => resource.name === name));
      assert.deepEqual(clouds, ["qa-machine-address"]);
    });

    it("does not replace the machine for a later image", () => {
      const { ignoreChanges } = only(own, isMachine);
      assert.ok(
        ignoreChanges.some((path) => /^(ami|image|bootDisk\.initializeParams\.image)$/.test(path)),
      );
    });

    it("sends alerts where the settings say", () => {
      const mails = own.filter(({ inputs }) => JSON.stringify(inputs).includes("ops@acme.example"));
      const alerts = own.filter(({ name }) => name.startsWith("qa-machine-alert-"));
      assert.ok(mails.length > 0);
      assert.ok(alerts.length >= 2);
    });

    it("makes a new machine when its user-data or its disk changes", () => {
      const { inputs, replaceOnChanges } = only(own, isMachine);
      if (cloud === "aws") assert.equal(inputs["userDataReplaceOnChange"], true);
      else assert.ok(replaceOnChanges.some((path) => /volumeIds|attachedDisks/.test(path)));
      if (cloud === "gcp") assert.ok(replaceOnChanges.includes('metadata["user-data"]'));
    });

    it("detaches no disk from a running machine", () => {
      const attachments = own.filter(({ type }) => /[aA]ttach(ment|edDisk):/.test(type));
      if (cloud === "aws") {
        const { inputs } = only(attachments, /ec2\/volumeAttachment/);
        assert.equal(inputs["stopInstanceBeforeDetaching"], true);
      } else
        assert.deepEqual(
          attachments.map(({ type }) => type).filter((type) => /isk|olume/.test(type)),
          [],
        );
    });

    it("keeps a hop to the metadata service from containers where the cloud can", () => {
      if (cloud !== "aws") return;
      const options = only(own, isMachine).inputs["metadataOptions"] as Record<string, unknown>;
      assert.equal(options["httpPutResponseHopLimit"], 1);
      assert.equal(options["httpTokens"], "required");
    });
  });

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

const clusterArgs = (cloud: CloudName): ClusterArgs => ({
  nodeType: offers[cloud]().nodeSize,
  min: 2,
  max: 5,
  operators,
  tags,
  protect: true,
});

const isControlPlane = /(eks\/cluster|container\/cluster|kubernetesCluster):/;
const isPool = /(eks\/nodeGroup|container\/nodePool|kubernetesNodePool):/;

for (const cloud of names)
  describe(`the cluster of ${cloud}`, () => {
    let own: readonly Registration[];
    let made: Cluster;
    let config: string;

    before(async function () {
      this.timeout(20_000);
      own = await record(() => {
        const cluster = new (clouds[cloud]())(cloudArgs(planFor(cloud, "cluster")));
        made = cluster.cluster!("qa-cluster", clusterArgs(cloud), {});
        made.kubeconfig.apply((text) => (config = text));
      });
      own = own.filter(({ type, custom }) => custom && !stack.test(type));
    });

    it("is protected, and so is the edge's address, and nothing else", () => {
      const kept = own.filter(({ protect }) => protect).map(({ type }) => type);
      assert.equal(kept.filter((type) => isControlPlane.test(type)).length, 1);
      for (const type of kept)
        assert.match(
          type,
          /(eks\/cluster|container\/cluster|kubernetesCluster|eip|compute\/address|loadBalancer):/,
        );
      const { inputs } = only(own, isControlPlane);
      if (cloud !== "digitalocean") assert.equal(inputs["deletionProtection"], true);
    });

    it("has between min and max nodes of the size that was asked for", () => {
      const { inputs } = only(own, isPool);
      const { nodeType } = clusterArgs(cloud);
      const said = {
        aws: () => {
          const scaling = inputs["scalingConfig"] as Record<string, number>;
          return [(inputs["instanceTypes"] as string[])[0], scaling["minSize"], scaling["maxSize"]];
        },
        gcp: () => {
          const scaling = inputs["autoscaling"] as Record<string, number>;
          const node = inputs["nodeConfig"] as Record<string, unknown>;
          return [node["machineType"], scaling["totalMinNodeCount"], scaling["totalMaxNodeCount"]];
        },
        digitalocean: () => [inputs["size"], inputs["minNodes"], inputs["maxNodes"]],
        local: () => [],
      }[cloud]();
      assert.deepEqual(said, [nodeType, 2, 5]);
    });

    it("lets operators alone reach its API", () => {
      const { inputs } = only(own, isControlPlane);
      const said = JSON.stringify([
        inputs["vpcConfig"],
        inputs["masterAuthorizedNetworksConfig"],
        inputs["controlPlaneFirewall"],
      ]);
      assert.match(said, /198\.51\.100\.7\/32/);
      assert.doesNotMatch(said, /0\.0\.0\.0\/0/);
    });

    it("gives a kubeconfig that holds no token", () => {
      const { users, clusters } = JSON.parse(config) as {
        users: { user: Record<string, Record<string, string>> }[];
        clusters: { cluster: { server: string } }[];
      };
      assert.deepEqual(Object.keys(users[0]!.user), ["exec"]);
      const commands = {
        aws: "aws",
        gcp: "gke-gcloud-auth-plugin",
        digitalocean: "doctl",
        local: "",
      };
      assert.equal(users[0]!.user["exec"]!["command"], commands[cloud]);
      assert.equal(clusters.length, 1);
    });

    it("enforces network policies", () => {
      if (cloud === "aws") {
        const addon = own.find(({ inputs }) => inputs["addonName"] === "vpc-cni");
        assert.match(String(addon?.inputs["configurationValues"]), /"enableNetworkPolicy":"true"/);
      }
      if (cloud === "gcp")
        assert.equal(only(own, isControlPlane).inputs["datapathProvider"], "ADVANCED_DATAPATH");
    });

    it("has a static address for its edge before the edge is there", () => {
      assert.ok(made.edge.address);
    });

    it("keeps its system pool out of what a change of size replaces", () => {
      if (cloud !== "digitalocean") return;
      const pool = only(own, isControlPlane).inputs["nodePool"] as Record<string, unknown>;
      assert.equal(pool["size"], "s-1vcpu-2gb");
      assert.equal(only(own, isControlPlane).inputs["ha"], false);
    });

    it("is tagged, each with a chosen order of replacement and an explicit provider", () => {
      for (const { name, type, inputs, deleteBeforeReplace, provider } of own) {
        assert.notEqual(deleteBeforeReplace, undefined, name);
        if (type.startsWith("kubernetes:")) {
          assert.equal(provider, "qa-cluster-kubernetes", name);
          continue;
        }
        assert.equal(provider, cloud, name);
        const property =
          type === "gcp:container/nodePool:NodePool" ? "nodeConfig" : tagProperty(type);
        if (property !== undefined)
          assert.match(JSON.stringify(inputs[property] ?? null), /acme/, `${name}: ${property}`);
      }
    });
  });

for (const cloud of names)
  describe(`the registry and the records of ${cloud}`, () => {
    let own: readonly Registration[];
    const said: Record<string, string> = {};

    before(async function () {
      this.timeout(20_000);
      own = await record(() => {
        const made = new (clouds[cloud]())(cloudArgs(planFor(cloud, "cluster")));
        const registry = made.registry!("qa-registry", { repositories: ["backend"], tags }, {});
        pulumi
          .all([registry.server, registry.repository("backend"), registry.username])
          .apply(([server, repository, username]) =>
            Object.assign(said, { server, repository, username }),
          );
        const records = [
          { name: "acme.example", type: "A", value: "203.0.113.10" },
          { name: "www.acme.example", type: "CNAME", value: "acme.example" },
        ] as const;
        made.dns!("qa-dns", { zone: "acme.example", records }, {});
      });
      own = own.filter(({ type, custom }) => custom && !stack.test(type));
    });

    it("gives images a place on its own server, and a login to it", () => {
      assert.ok(said["repository"]?.startsWith(`${said["server"] ?? "?"}/`), said["repository"]);
      assert.match(said["repository"] ?? "", /\/backend$/);
      assert.match(said["server"] ?? "", /^[a-z0-9.-]+$/);
      assert.ok(said["username"]);
    });

    it("writes names and values as the cloud wants them", () => {
      const records = own.filter(({ name }) => name.startsWith("qa-dns-"));
      const written = records.map(({ inputs }) =>
        [
          inputs["name"],
          inputs["type"],
          inputs["value"] ??
            (inputs["records"] as string[] | undefined)?.[0] ??
            (inputs["rrdatas"] as string[])[0],
        ].join(" "),
      );
      const wanted: Partial<Record<CloudName, string[]>> = {
        aws: ["acme.example A 203.0.113.10", "www.acme.example CNAME acme.example"],
        gcp: ["acme.example. A 203.0.113.10", "www.acme.example. CNAME acme.example."],
        digitalocean: ["@ A 203.0.113.10", "www CNAME acme.example."],
      };
      assert.deepEqual(written, wanted[cloud]);
    });

    it("are tagged, each with a chosen order of replacement and an explicit provider", () => {
      for (const { name, type, inputs, deleteBeforeReplace, provider } of own) {
        assert.notEqual(deleteBeforeReplace, undefined, name);
        assert.equal(provider, cloud, name);
        const property = tagProperty(type);
        if (property !== undefined)
          assert.match(JSON.stringify(inputs[property] ?? null), /acme/, `${name}: ${property}`);
      }
    });
  });

describe("the machine of this computer", () => {
  it("is Docker as it is here", async () => {
    const resources = await record(() => {
      const cloud = new (clouds.local())(cloudArgs(planFor("local", "vm")));
      const machine = cloud.machine("qa-machine", machineArgs("local"), {});
      assert.deepEqual(machine.docker, {});
      assert.equal(machine.disk, undefined);
    });
    assert.deepEqual(
      resources.map(({ type }) => type).filter((type) => !stack.test(type)),
      ["berth:local:Machine"],
    );
  });
});

describe("loading a cloud", () => {
  const sdks = ["aws", "gcp", "digitalocean", "kubernetes", "docker"];
  const loaded = (code: string): string[] => {
    const script = `${code}; console.log(JSON.stringify(Object.keys(require.cache)))`;
    const said = execFileSync(process.execPath, ["-r", "ts-node/register", "-e", script], {
      cwd: root,
      encoding: "utf8",
    });
    const files = JSON.parse(said.trim().split("\n").pop()!) as string[];
    return sdks.filter((sdk) => files.some((file) => file.includes(`/@pulumi/${sdk}/`)));
  };

  for (const cloud of [...names, "local"] as const)
    it(`of ${cloud} loads no other cloud's SDK`, () => {
      const code = `require("./components/clouds").clouds[${JSON.stringify(cloud)}]()`;
      assert.deepEqual(loaded(code), cloud === "local" ? [] : [cloud]);
    }).timeout(20_000);

  it("loads no SDK for what the clouds offer", () => {
    const code = `for (const offer of Object.values(require("./components/clouds").offers)) offer()`;
    assert.deepEqual(loaded(code), []);
  }).timeout(20_000);
});
