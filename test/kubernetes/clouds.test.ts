import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Step } from "../rig/events";
import type { KubernetesObject } from "../rig/kube/api";
import { at } from "../rig/kube/at";
import { ClusterBench, said, type CloudName, shop } from "./rig";

const file = `
name: shop
services:
  web:
    image: shop/web:1
    restart: unless-stopped
    ports: ["8000:8000"]
    environment: { DATABASE_URL: "postgres://shop:hush@db:5432/shop" }
  files:
    image: shop/files:1
    restart: unless-stopped
    volumes: ["files:/files"]
  db:
    image: postgres:17
    restart: unless-stopped
    environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: hush }
volumes: { files: {} }
`;

/** What one read replica is: its server, and the proxy that owns its name. */
const replica = (cloud: CloudName, n: number): string[] => [
  ...{
    aws: [`rds/instance:Instance db-replica-${n}`],
    gcp: [
      `random:index/randomId:RandomId db-db-read-${n}-suffix`,
      `sql/databaseInstance:DatabaseInstance db-replica-${n}`,
    ],
    digitalocean: [
      `index/databaseReplica:DatabaseReplica db-replica-${n}`,
      `index/databaseFirewall:DatabaseFirewall db-replica-${n}-firewall`,
    ],
  }[cloud],
  `apps/v1:Deployment kubernetes-db-read-${n}-proxy`,
  `core/v1:Secret kubernetes-db-read-${n}-proxy-files`,
  `core/v1:Service kubernetes-db-name-db-read-${n}`,
  `policy/v1:PodDisruptionBudget kubernetes-db-read-${n}-proxy-budget`,
];

/** What tells the one service that uses the database of its replicas. */
const told = [
  "create-replacement core/v1:ConfigMap kubernetes-web-env",
  "delete-replaced core/v1:ConfigMap kubernetes-web-env",
  "replace core/v1:ConfigMap kubernetes-web-env",
  "update apps/v1:Deployment kubernetes-web-deployment",
];

const clouds = ["aws", "gcp", "digitalocean"] as const satisfies readonly CloudName[];

for (const cloud of clouds)
  describe(`a cluster on ${cloud}`, function () {
    this.timeout(300_000);
    const folder = mkdtempSync(join(tmpdir(), "berth-cluster-"));
    const compose = join(folder, "compose.yaml");
    let bench: ClusterBench | undefined;

    before(async function () {
      writeFileSync(compose, file);
      bench = await ClusterBench.create(this, {
        cloud,
        config: {
          ...shop(compose),
          tls: "off",
          protect: false,
        },
      });
    });

    after(async () => {
      await bench?.dispose();
      rmSync(folder, { recursive: true, force: true });
    });

    /** What changes with the number of replicas, by operation, type and name. */
    const up = async (readReplicas: number): Promise<string[]> => {
      bench!.stack.configure({ databases: { db: { readReplicas } } });
      const run = await bench!.stack.up();
      assert.equal(run.code, 0, said(run));
      return run.steps.filter(({ op }) => op !== "same").map(shown);
    };
    const shown = ({ op, type, name }: Step): string => {
      const [own] = type.split(":");
      const plain = own === cloud || own === "kubernetes" ? type.slice(own.length + 1) : type;
      return `${op} ${plain} ${name.replace(`berth-${cloud}-`, "")}`;
    };

    /** What web is given, and the pods of everything else. */
    const around = async () => {
      const pods = await bench!.objects("v1", "Pod");
      const maps = await bench!.objects("v1", "ConfigMap");
      const [web] = (await bench!.objects("apps/v1", "Deployment")).filter(
        ({ metadata }) => metadata.name === "web",
      );
      const [container] = at(web, "spec.template.spec.containers") as KubernetesObject[];
      const [{ configMapRef }] = container!.envFrom as [{ configMapRef: { name: string } }];
      return {
        others: pods
          .map(({ metadata }) => metadata.name)
          .filter((name) => !/^(web|db-read)-/.test(name))
          .sort(),
        environment: at(
          maps.find(({ metadata }) => metadata.name === configMapRef.name),
          "data",
        ),
        // The rest of its pod.
        pod: JSON.stringify(at(web, "spec.template")).replaceAll(configMapRef.name, ""),
      };
    };
    let none: Awaited<ReturnType<typeof around>>;

    it("comes up without read replicas, and their name means the database", async () => {
      await up(0);
      assert.deepEqual(await bench!.unready(), []);
      none = await around();
      assert.equal(at(none.environment, "DB_READ_HOSTS"), "db:5432");
    });

    it("makes three replicas of none, and what uses them, and changes nothing else", async () => {
      const made = [1, 2, 3].flatMap((n) => replica(cloud, n)).map((one) => `create ${one}`);
      assert.deepEqual(
        (await up(3)).sort(),
        [...made, ...told, "update core/v1:Service kubernetes-db-name-db-read"].sort(),
      );
      const three = await around();
      assert.deepEqual(three.others, none.others);
      assert.equal(three.pod, none.pod);
      assert.deepEqual(three.environment, {
        ...(none.environment as object),
        DB_READ_HOSTS: "db-read-1:5432,db-read-2:5432,db-read-3:5432",
      });
      assert.deepEqual(await bench!.unready(), []);
    });

    it("makes one replica of three, and changes nothing else", async () => {
      const gone = [2, 3].flatMap((n) => replica(cloud, n)).map((one) => `delete ${one}`);
      assert.deepEqual((await up(1)).sort(), [...gone, ...told].sort());
      const one = await around();
      assert.deepEqual(one.others, none.others);
      assert.equal(at(one.environment, "DB_READ_HOSTS"), "db-read-1:5432");
    });

    it("destroys what the cluster made in the cloud before nodes, cluster and network", async () => {
      const { stage, world, stack } = bench!;
      const before = stage.steps.length;
      assert.equal(world.events("balancer of a Service").length, 1);
      const run = await stack.destroy();
      assert.equal(run.code, 0, said(run));
      const ends = world
        .events()
        .filter(({ what }) => what === "balancer deleted" || what === "disk deleted");
      assert.deepEqual(ends.map(({ what }) => what).sort(), ["balancer deleted", "disk deleted"]);
      const made = Math.max(...ends.map((end) => Date.parse(end.at)));
      const under =
        /:(eks|ec2|container|compute)\/|:index\/(kubernetesCluster|kubernetesNodePool|vpc|loadBalancer):/;
      const late = stage.steps.slice(before).filter(({ type }) => under.test(type));
      assert.ok(late.length > 2);
      for (const { type, name, at: began } of late)
        assert.ok(began.getTime() >= made, `${type} ${name} went before what the cluster made`);
      assert.deepEqual(world.things(), []);
    });
  });
