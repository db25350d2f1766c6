import assert from "node:assert/strict";
import { catalogs, clouds } from "../../components/clouds";
import type { Cluster } from "../../components/clouds/cloud";
import type { CloudName } from "../../components/clouds/list";
import { clusterArgs, names, only, stack, tagProperty } from "./contract";
import { cloudArgs, planFor } from "./plan";
import { record, type Registration } from "./record";

const isControlPlane = /(eks\/cluster|container\/cluster|kubernetesCluster):/;
const isPool = /(eks\/nodeGroup|container\/nodePool|kubernetesNodePool):/;

for (const cloud of names.filter((name) => catalogs[name]().can.cluster))
  describe(`the cluster of ${cloud}`, () => {
    let own: readonly Registration[];
    let made: Cluster;
    let config: string;

    before(async function () {
      this.timeout(120_000);
      own = await record(() => {
        const cluster = new (clouds[cloud]())(cloudArgs(planFor(cloud, "cluster")));
        made = cluster.cluster!("qa-cluster", clusterArgs(cloud), {});
        made.kubeconfig!.apply((text) => (config = text));
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
      const said: Partial<Record<CloudName, () => unknown[]>> = {
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
      };
      assert.deepEqual(said[cloud]?.(), [nodeType, 2, 5]);
    });

    it("admits operators only to its API", () => {
      const { inputs } = only(own, isControlPlane);
      const said = JSON.stringify([
        inputs["vpcConfig"],
        inputs["masterAuthorizedNetworksConfig"],
        inputs["controlPlaneFirewall"],
      ]);
      assert.match(said, /198\.51\.100\.7\/32/);
      assert.doesNotMatch(said, /0\.0\.0\.0\/0/);
    });

    it("admits no one to its API without an operator of its address family", async function () {
      this.timeout(120_000);
      const found = await record(() => {
        const args = { ...clusterArgs(cloud), operators: ["2001:db8::/32"] };
        new (clouds[cloud]())(cloudArgs(planFor(cloud, "cluster"))).cluster!(
          "qa-cluster",
          args,
          {},
        );
      });
      const { inputs } = only(found, isControlPlane);
      if (cloud === "aws") {
        const access = inputs["vpcConfig"] as Record<string, unknown>;
        assert.equal(access["endpointPublicAccess"], false);
        assert.equal(access["publicAccessCidrs"], undefined);
      }
      if (cloud === "gcp")
        assert.deepEqual(inputs["masterAuthorizedNetworksConfig"], { cidrBlocks: [] });
      if (cloud === "digitalocean")
        assert.deepEqual(inputs["controlPlaneFirewall"], { enabled: true, allowedAddresses: [] });
    });

    it("is upgraded node by node, on purpose or by the cloud, and never for a fee", () => {
      const { inputs } = only(own, isControlPlane);
      const pool = only(own, isPool).inputs;
      if (cloud === "aws") {
        assert.deepEqual(inputs["upgradePolicy"], { supportType: "STANDARD" });
        assert.equal(pool["version"], inputs["version"]);
        assert.deepEqual(pool["updateConfig"], { maxUnavailablePercentage: 33 });
      }
      if (cloud === "gcp") {
        assert.deepEqual(inputs["releaseChannel"], { channel: "REGULAR" });
        assert.equal(pool["version"], undefined);
        const surge = { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 };
        assert.deepEqual(pool["upgradeSettings"], surge);
      }
      if (cloud === "digitalocean") {
        assert.equal(inputs["autoUpgrade"], true);
        assert.equal(inputs["surgeUpgrade"], true);
        assert.ok(only(own, isControlPlane).ignoreChanges.includes("version"));
      }
    });

    it("states no version that is retired one day", () => {
      const { inputs } = only(own, isControlPlane);
      if (cloud === "gcp")
        assert.deepEqual(
          [inputs["minMasterVersion"], inputs["nodeVersion"]],
          [undefined, undefined],
        );
      if (cloud === "digitalocean") assert.equal(inputs["version"], "1.36.0-do.0");
    });

    it("lets its control plane call webhooks and metrics on nodes without public addresses", () => {
      if (cloud !== "gcp") return;
      const { inputs } = only(own, /compute\/firewall:/);
      const range = only(own, isControlPlane).inputs["privateClusterConfig"] as object;
      assert.match(
        JSON.stringify(range),
        new RegExp(String((inputs["sourceRanges"] as string[])[0])),
      );
      const pool = only(own, isPool).inputs["nodeConfig"] as { serviceAccount: string };
      assert.deepEqual(inputs["targetServiceAccounts"], [pool.serviceAccount]);
      const [{ ports }] = inputs["allows"] as [{ ports: string[] }];
      for (const port of ["6443", "9443"]) assert.ok(ports.includes(port), port);
    });

    it("has its balancer look for the edge's pods often enough for them to wait for that", () => {
      if (cloud !== "aws") return;
      const said = (role: string): number =>
        Number(
          made.edge.annotations[`service.beta.kubernetes.io/aws-load-balancer-healthcheck-${role}`],
        );
      assert.ok(said("interval") * (said("unhealthy-threshold") + 1) <= 30);
    });

    it("gives a kubeconfig that holds no token", () => {
      const { users, clusters } = JSON.parse(config) as {
        users: { user: Record<string, Record<string, string>> }[];
        clusters: { cluster: { server: string } }[];
      };
      assert.deepEqual(Object.keys(users[0]!.user), ["exec"]);
      const commands: Partial<Record<CloudName, string>> = {
        aws: "aws",
        gcp: "gke-gcloud-auth-plugin",
        digitalocean: "doctl",
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

    it("encrypts the disks of its nodes, and keeps pods from the nodes' role", () => {
      if (cloud !== "aws") return;
      const { inputs, name } = only(own, /launchTemplate:/);
      const [disk] = inputs["blockDeviceMappings"] as { ebs: Record<string, unknown> }[];
      assert.equal(disk!.ebs["encrypted"], "true");
      assert.equal(disk!.ebs["volumeSize"], 40);
      const metadata = inputs["metadataOptions"] as Record<string, unknown>;
      assert.equal(metadata["httpTokens"], "required");
      assert.equal(metadata["httpPutResponseHopLimit"], 1);
      const pool = only(own, isPool);
      assert.deepEqual(pool.inputDependencies["launchTemplate"], [name]);
      // Both are made first: nodes stand before those of a running stack go.
      assert.deepEqual([pool.deleteBeforeReplace, pool.inputs["diskSize"]], [false, undefined]);
      for (const { tags } of inputs["tagSpecifications"] as { tags: unknown }[])
        assert.match(JSON.stringify(tags), /acme/);
    });

    it("holds as many pods as prefixes of addresses give room for, and the plan counts the same", () => {
      if (cloud !== "aws") return;
      const addon = own.find(({ inputs }) => inputs["addonName"] === "vpc-cni")!;
      assert.match(
        String(addon.inputs["configurationValues"]),
        /"ENABLE_PREFIX_DELEGATION":"true"/,
      );
      const { inputs } = only(own, /launchTemplate:/);
      const start = Buffer.from(String(inputs["userData"]), "base64").toString();
      assert.match(start, /^Content-Type: application\/node\.eks\.aws\n\napiVersion/m);
      assert.match(start, new RegExp(`^      maxPods: ${catalogs.aws().podsPerNode}$`, "m"));
    });

    it("gives the nodes no right that only the network add-on has", () => {
      if (cloud !== "aws") return;
      const addon = own.find(({ inputs }) => inputs["addonName"] === "vpc-cni")!;
      const cni = own.filter(({ inputs }) =>
        /\/AmazonEKS_CNI_Policy$/.test(String(inputs["policyArn"])),
      );
      assert.equal(cni.length, 1);
      const [role] = cni[0]!.inputDependencies["role"]!;
      assert.deepEqual(addon.inputDependencies["podIdentityAssociations"], [role]);
      const [identity] = addon.inputs["podIdentityAssociations"] as { serviceAccount: string }[];
      assert.equal(identity!.serviceAccount, "aws-node");
      assert.ok(!only(own, isPool).inputDependencies["nodeRoleArn"]!.includes(role!));
    });

    it("lets its autoscaler write what is its own, and read the rest", () => {
      if (cloud !== "aws") return;
      interface Rule {
        readonly resources: string[];
        readonly resourceNames?: string[];
        readonly verbs: string[];
      }
      const rulesOf = (kind: RegExp) => only(own, kind).inputs["rules"] as Rule[];
      const everywhere = rulesOf(/:ClusterRole$/).flatMap(({ resources }) => resources);
      for (const resource of ["configmaps", "leases", "endpoints", "secrets"])
        assert.ok(!everywhere.includes(resource), resource);
      for (const { resources, resourceNames, verbs } of rulesOf(/authorization\S*:Role$/))
        assert.ok(
          resourceNames?.every((one) => one.startsWith("cluster-autoscaler")) ??
            verbs.join() === "create",
          resources.join(),
        );
    });

    it("has a log group with an end before EKS makes one without, unless that is there", async function () {
      if (cloud !== "aws") return;
      this.timeout(120_000);
      const group = only(own, /logGroup:/);
      const name = `/aws/eks/${String(only(own, isControlPlane).inputs["name"])}/cluster`;
      assert.equal(group.inputs["name"], name);
      assert.equal(group.inputs["retentionInDays"], 30);
      const groups = async (tags: object): Promise<number> => {
        const found = await record(
          async () => {
            const plan = { ...planFor("aws", "cluster"), cluster: clusterArgs("aws") };
            const again = new (clouds["aws"]())(cloudArgs(plan));
            await again.lookUp!();
            again.cluster!("qa-cluster", clusterArgs("aws"), {});
          },
          {
            "aws:cloudwatch/getLogGroups:getLogGroups": () => ({ logGroupNames: [name] }),
            "aws:cloudwatch/getLogGroup:getLogGroup": () => ({ tags, retentionInDays: 7 }),
          },
        );
        return found.filter(({ type }) => /logGroup:/.test(type)).length;
      };
      assert.equal(await groups({}), 0);
      assert.equal(await groups(group.inputs["tags"] as object), 1);
    });

    it("has a class of encrypted volumes that is the default", () => {
      if (cloud !== "aws") return;
      const { inputs, deleteBeforeReplace } = only(own, /StorageClass$/);
      const { name, annotations } = inputs["metadata"] as {
        name: string;
        annotations: Record<string, string>;
      };
      assert.equal(name, made.storageClass);
      assert.deepEqual(annotations, { "storageclass.kubernetes.io/is-default-class": "true" });
      assert.deepEqual(inputs["parameters"], { type: "gp3", encrypted: "true" });
      assert.equal(inputs["allowVolumeExpansion"], true);
      assert.equal(inputs["volumeBindingMode"], "WaitForFirstConsumer");
      assert.equal(deleteBeforeReplace, true);
      // Claims of stacks that run name the driver's own class.
      const driver = own.find((one) => one.inputs["addonName"] === "aws-ebs-csi-driver")!;
      assert.match(
        String(driver.inputs["configurationValues"]),
        /"defaultStorageClass":\{"enabled":true/,
      );
    });

    it("has a static address for its edge before the edge is there", () => {
      assert.ok(made.edge.address);
    });

    it("has the clients' addresses from the connection, and an address of the edge in each zone", () => {
      if (cloud !== "aws") return;
      // EKS's own controller: the other one's annotations would do nothing.
      const prefix = "service.beta.kubernetes.io/aws-load-balancer";
      assert.equal(made.edge.annotations[`${prefix}-type`], "nlb");
      assert.equal(made.edge.annotations[`${prefix}-proxy-protocol`], undefined);
      assert.equal(made.edge.proxyProtocol, false);
      const zones = own.filter(({ name }) => /-edge-address-/.test(name));
      assert.equal(1 + made.edge.otherAddresses!.length, zones.length);
      assert.equal(zones.length, 2);
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
