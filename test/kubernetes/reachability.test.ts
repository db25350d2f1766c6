import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Context } from "mocha";
import { readStack } from "../../cli/stack";
import type { StackInput } from "../../components/settings/read";
import { dockerHost, needsDocker } from "../docker/rig";
import type { KubernetesObject } from "../rig/kube/api";
import { DockerNetwork } from "./reachability/docker";
import { cannot } from "./reachability/packets";
import { differences, Reachability, worlds, type Table, type Worlds } from "./reachability/worlds";

const repository = resolve(__dirname, "../..");

function needsPackets(context: Context): void {
  needsDocker(context);
  const reason = cannot();
  if (reason === undefined) return;
  if (process.env.BERTH_RIG_REQUIRED === "1") throw new Error(reason);
  console.error(`skipped: ${reason}`);
  context.skip();
}

const example = (name: string) => (): readonly [StackInput, StackInput] => {
  const stack = (file: string): StackInput =>
    readStack(repository, { configFile: `examples/${name}/Pulumi.${file}.yaml` });
  return [stack("qa"), stack("prod")];
};

/** Every way in which the Compose Specification lets services share networks and names. */
const everything = `
name: reach
x-any: &any { image: example/any:1, restart: always }
services:
  web:
    <<: *any
    ports: ["8080:80"]
    networks: { front: {}, back: { aliases: [site] } }
    links: ["api:backend"]
  api:
    <<: *any
    expose: ["3000", "5353/udp"]
    networks: [front, back]
  worker:
    <<: *any
    networks: [back]
    environment: { API: "http://api:3000", MAIL_HOST: post, MAIL_PORT: "1025" }
  post:
    <<: *any
    networks: [back]
  cache:
    <<: *any
    image: redis:7
    container_name: reach-cache
    hostname: cache-host
    networks: [back]
  db:
    <<: *any
    image: postgres:17
    environment: { POSTGRES_PASSWORD: hush }
    volumes: ["db:/var/lib/postgresql/data"]
    networks: { data: { aliases: [database] } }
  report:
    <<: *any
    expose: ["4000"]
    networks: [front, data]
  loner: { <<: *any, expose: ["7000"], networks: [alone] }
  sidecar: { <<: *any, expose: ["9100"], network_mode: "service:api" }
  task: { <<: *any, restart: "no", network_mode: "service:api" }
  hermit: { <<: *any, expose: ["7001"], network_mode: none }
  plain: { <<: *any, expose: ["7002"] }
  plainer: { <<: *any }
  pool-a: { <<: *any, expose: ["7100"], networks: { back: { aliases: [pool] } } }
  pool-b: { <<: *any, expose: ["7100"], networks: { back: { aliases: [pool] } } }
  left: { <<: *any, expose: ["7200"], networks: { front: { aliases: [twin] } } }
  right: { <<: *any, expose: ["7200"], networks: { alone: { aliases: [twin] } } }
networks: { front: {}, back: { internal: true }, data: { internal: true }, alone: {} }
volumes: { db: {} }
`;

const folder = mkdtempSync(join(tmpdir(), "berth-reach-"));

function own(): readonly [StackInput, StackInput] {
  const compose = join(folder, "compose.yaml");
  writeFileSync(compose, everything);
  const stack = (config: Record<string, string>): StackInput => ({
    project: "reach",
    stack: "rig",
    folder,
    config: { "berth:compose": compose, ...config },
    secretKeys: [],
  });
  return [
    stack({ "berth:cloud": "local" }),
    stack({
      "berth:cloud": "digitalocean",
      "berth:shape": "cluster",
      "berth:operators": '["203.0.113.0/24"]',
      "berth:domain": "reach.example",
      "berth:openPorts": '{ "4000": "report:4000" }',
    }),
  ];
}

interface Announced {
  readonly notice: RegExp;
  /** The differences that it is about. */
  readonly covers: (difference: string, message: string) => boolean;
}

/** Differences that a notice of the cluster's preview announces. */
const announced: readonly Announced[] = [
  {
    notice: /^on a cluster a name answers on the ports that the file declares or names/,
    covers: (difference, message) => {
      const [, port, service] = /:(\d+)\/tcp: Docker (\S+), cluster nobody$/.exec(difference) ?? [];
      const listed = new RegExp(`[:,] ${service ?? ""} ([\\d and]+)[,;]`).exec(message)?.[1];
      return listed !== undefined && !listed.split(" and ").includes(port!);
    },
  },
  {
    notice: /^on a cluster a name is one for all networks, and twin is/,
    covers: (difference) => difference.includes(" twin:"),
  },
  {
    notice: /^on a cluster a name is the same on all networks: site is web's/,
    covers: (difference) => difference.endsWith(" site:80/tcp: Docker nobody, cluster web"),
  },
];

function unannounced({ cluster }: Worlds, docker: Table, table: Table): string[] {
  return differences(docker, table).filter(
    (difference) =>
      !announced.some(({ notice, covers }) =>
        cluster.plan.notices.some(
          ({ message }) => notice.test(message) && covers(difference, message),
        ),
      ),
  );
}

/** Policies broken on purpose: what is compared has to show each of them. */
const broken: Readonly<Record<string, (policy: KubernetesObject) => KubernetesObject[]>> = {
  "a network without its policy": (policy) =>
    policy.metadata.name === "berth-network-back" ? [] : [policy],
  "a network that lets everybody in": (policy) =>
    policy.metadata.name === "berth-network-back"
      ? [{ ...policy, spec: { ...(policy.spec as object), ingress: [{}] } }]
      : [policy],
  "a way out for all": (policy) =>
    policy.metadata.name === "berth-internet"
      ? [{ ...policy, spec: { ...(policy.spec as object), podSelector: {} } }]
      : [policy],
  "no policy at all": () => [],
};

const subjects: readonly (readonly [string, () => readonly [StackInput, StackInput]])[] = [
  ...["simpleapp", "bigga", "connesoa", "qwaya", "autoship"].map(
    (name) => [`the example ${name}`, example(name)] as const,
  ),
  ["an application with every kind of network", own],
];

after(() => {
  rmSync(folder, { recursive: true, force: true });
});

for (const [title, stacks] of subjects)
  describe(`reachability in ${title}`, function () {
    this.timeout(180_000);
    let both: Worlds;
    let stand: DockerNetwork | undefined;
    let reachability: Reachability;
    let docker: Table;

    before(async function () {
      needsPackets(this);
      both = await worlds(...stacks());
      stand = new DockerNetwork(dockerHost!, both.cluster.plan.prefix);
      await stand.up(both.docker.resources);
      reachability = await Reachability.create(both, stand);
      docker = await reachability.onDocker();
    });

    after(async () => {
      await stand?.down();
    });

    for (const blocksMeanPods of [true, false]) {
      it(`is the same on a cluster whose address blocks ${blocksMeanPods ? "mean" : "leave out"} pods`, async () => {
        const table = await reachability.onCluster(blocksMeanPods);
        assert.deepEqual(unannounced(both, docker, table), []);
        assert.ok([...table.values()].some((answer) => answer !== "nobody"));
      });

      it(`has on it what every cluster needs, and no more (${blocksMeanPods ? "pods" : "no pods"} in blocks)`, async () => {
        assert.deepEqual(
          await reachability.around(blocksMeanPods),
          needed(reachability, both.cluster, blocksMeanPods),
        );
      });
    }

    if (stacks === own)
      for (const [what, change] of Object.entries(broken))
        it(`is not the same with ${what}`, async () => {
          const objects = both.cluster.objects.flatMap((object) =>
            object.kind === "NetworkPolicy" ? change(object) : [object],
          );
          const changed = { ...both, cluster: { ...both.cluster, objects } };
          const table = await (await Reachability.create(changed, stand!)).onCluster(true);
          assert.notDeepEqual(unannounced(changed, docker, table), []);
        });
  });

/** What decisions.md: network-policies allows, as `from to:port/protocol`. */
function needed(
  { network, doors }: Reachability,
  { plan }: Worlds["cluster"],
  blocksMeanPods: boolean,
): string[] {
  const own = network.pods.filter(({ namespace }) => namespace === network.namespace);
  const routed = [
    ...plan.routes.map(({ service, port }) => `${service}:${port}/tcp`),
    ...(plan.edge?.openPorts ?? []).map(
      ({ service, target, protocol }) => `${service}:${target}/${protocol}`,
    ),
  ];
  const entries = [
    "80/tcp",
    "443/tcp",
    ...(plan.edge?.openPorts ?? []).map(({ port, protocol }) => `${port}/${protocol}`),
  ];
  const queue = plan.services.flatMap(({ autoscale }) => autoscale?.queue?.service ?? []);
  const enginePorts: Record<string, string> = { redis: "6379/tcp", rabbitmq: "5672/tcp" };
  return [
    ...new Set([
      ...routed.map((door) => `berth-edge ${door}`),
      ...["keda", "monitoring", "stranger", "internet"].flatMap((from) =>
        entries.map((entry) => `${from} berth-edge:${entry}`),
      ),
      ...doors.map((door) => `monitoring ${door}`),
      ...queue.map((service) => `keda ${service}:${enginePorts[service]!}`),
      ...own.flatMap(({ id, labels }) => [
        ...["names", "node names"].flatMap((server) => [
          `${id} ${server}:53/udp`,
          `${id} ${server}:53/tcp`,
        ]),
        ...("berth.proxy" in labels ? [`${id} internet:80/tcp`] : []),
        // The public address of the application itself.
        ...("berth.internet" in labels || ("berth.proxy" in labels && blocksMeanPods)
          ? [`${id} berth-edge:80/tcp`, `${id} berth-edge:443/tcp`]
          : []),
        // Its own rules let everybody in, and addresses that mean pods let out.
        ...(("berth.internet" in labels || "berth.proxy" in labels) && blocksMeanPods
          ? [`${id} stranger:80/tcp`]
          : []),
      ]),
    ]),
  ].sort();
}
