import { preview } from "../../../cli/preview/run";
import type { Recorded } from "../../../cli/recording";
import type { Plan } from "../../../components/plan/plan";
import type { StackInput } from "../../../components/settings/read";
import type { KubernetesObject } from "../../rig/kube/api";
import { objectsIn } from "../manifests";
import { ClusterNetwork } from "./cluster";
import { DockerNetwork } from "./docker";
import { packets, type Listener, type Probe, type Protocol } from "./packets";

/** One Compose file as both shapes make it. */
export interface Worlds {
  readonly docker: { readonly plan: Plan; readonly resources: readonly Recorded[] };
  readonly cluster: { readonly plan: Plan; readonly objects: readonly KubernetesObject[] };
}

export async function worlds(vm: StackInput, cluster: StackInput): Promise<Worlds> {
  const onDocker = await preview(vm);
  const onCluster = await preview(cluster);
  return {
    docker: { plan: onDocker.plan, resources: onDocker.recording.resources },
    cluster: { plan: onCluster.plan, objects: objectsIn(onCluster.recording.resources) },
  };
}

/** Where every container's way out leads, if it has one. */
const wayOutNet = `198.18.${process.pid % 250}`;
const wayOut = { address: `${wayOutNet}.2`, gateway: `${wayOutNet}.1` };
const outsidePort = 8443;

/** `client name:port/protocol` → who answered, sorted; `nobody` among them where not every try got through. */
export type Table = ReadonlyMap<string, string>;

interface Call {
  readonly client: string;
  readonly name: string;
  readonly port: number;
  readonly protocol: Protocol;
}

const keyOf = ({ client, name, port, protocol }: Call): string =>
  `${client} ${name}:${port}/${protocol}`;

/** What answers what in both worlds: every service calls every name that either of them knows. */
export class Reachability {
  readonly network: ClusterNetwork;
  readonly #listeners: readonly Listener[];
  readonly #calls: readonly Call[];
  /** Services that run as themselves in both: a managed database calls nobody, and a site may be a bucket. */
  readonly #clients: readonly string[];

  private constructor(
    private readonly both: Worlds,
    private readonly stand: DockerNetwork,
    ports: ReadonlyMap<string, ReadonlySet<string>>,
  ) {
    this.network = new ClusterNetwork(both.cluster.objects);
    this.#listeners = [...ports].flatMap(([at, doors]) =>
      [...doors].map((door) => {
        const [port, protocol] = door.split("/");
        return { at, port: Number(port), protocol: protocol as Protocol, says: at };
      }),
    );
    const elsewhere = new Set(
      both.cluster.plan.databases.filter(({ managed }) => managed).map(({ service }) => service),
    );
    this.#clients = both.docker.plan.services
      .map(({ name }) => name)
      .filter((name) => this.has(name) && !elsewhere.has(name));
    this.#calls = callsOf(both.docker.plan, this.#clients, ports);
  }

  static async create(both: Worlds, stand: DockerNetwork): Promise<Reachability> {
    const { plan } = both.docker;
    const ports = new Map<string, Set<string>>();
    const exposed = await stand.exposed(
      plan.services.flatMap(({ image }) => ("pull" in image ? [image.pull] : [])),
    );
    for (const service of plan.services) {
      const own = ownerOf(plan, service.name);
      const doors = ports.get(own) ?? new Set<string>();
      for (const { port, protocol } of service.ports) doors.add(`${port}/${protocol}`);
      if ("pull" in service.image)
        for (const port of exposed.get(service.image.pull) ?? []) doors.add(`${port}/tcp`);
      for (const { environment } of plan.services)
        for (const text of Object.values(environment))
          for (const name of namesOf(plan, service.name))
            for (const [, port] of text.matchAll(new RegExp(`\\b${name}:(\\d{2,5})\\b`, "g")))
              doors.add(`${port!}/tcp`);
      ports.set(own, doors);
    }
    return new Reachability(both, stand, ports);
  }

  /** What gets through on Docker. */
  async onDocker(): Promise<Table> {
    const attach = Object.fromEntries(
      this.stand.standIns.map(({ service, pid }) => [service, pid]),
    );
    const out = this.#clients.map((at) => ({
      at,
      to: [wayOut.address],
      port: outsidePort,
      protocol: "tcp" as const,
      tries: 1,
    }));
    const answers = await packets({
      hosts: {},
      rules: "",
      attach,
      outside: wayOut,
      resolver: "127.0.0.11",
      listeners: [
        ...this.#listeners.filter(({ at }) => at in attach),
        { at: "outside", port: outsidePort, protocol: "tcp", says: "internet" },
      ],
      probes: [
        ...this.#calls.map(({ client: at, name: to, port, protocol }) => ({
          at,
          to,
          port,
          protocol,
          tries: 1,
        })),
        ...out,
      ],
    });
    return this.tableOf(answers);
  }

  /** What gets through on the cluster, from services to names and to the internet. */
  async onCluster(blocksMeanPods: boolean): Promise<Table> {
    const owner = (name: string): string => this.podOf(name);
    const probes = this.#calls.map(({ client, name, port, protocol }) =>
      this.network.probe(owner(client), name, port, protocol),
    );
    const out = this.#clients.map((name) => this.network.straight(owner(name), "internet", 80));
    const answers = await this.tried([...probes, ...out], blocksMeanPods);
    return this.tableOf(answers);
  }

  private tableOf(answers: readonly (readonly string[])[]): Table {
    const keys = [...this.#calls.map(keyOf), ...this.#clients.map((name) => `${name} internet`)];
    return new Map(
      keys.map((key, index) => {
        const said = answers[index]!.map((answer) => (silent.has(answer) ? "nobody" : answer));
        return [key, [...new Set(said)].sort().join(", ")];
      }),
    );
  }

  /** What gets through on the cluster besides: `from to:port/protocol`, for what is on every cluster and the edge. */
  async around(blocksMeanPods: boolean): Promise<string[]> {
    const { network } = this;
    const pods = network.pods.map(({ id }) => id);
    const own = network.pods.filter(({ namespace }) => namespace === network.namespace);
    const straight = (at: string, to: string, port: number, protocol: Protocol = "tcp") => ({
      key: `${at} ${to}:${port}/${protocol}`,
      probe: network.straight(at, to, port, protocol),
    });
    const doors = [...this.#listeners, ...this.edgeDoors()].filter(({ at }) => pods.includes(at));
    const tried = [
      ...["berth-edge", "keda", "monitoring", "stranger", "internet"].flatMap((from) =>
        doors
          .filter(({ at }) => at !== from && (pods.includes(from) || from === "internet"))
          .map(({ at, port, protocol }) => straight(from, at, port, protocol)),
      ),
      ...own.flatMap(({ id }) => [
        straight(id, "metadata", 80),
        straight(id, "stranger", 80),
        ...(id === "berth-edge" ? [] : [80, 443].map((port) => straight(id, "berth-edge", port))),
        ...(["names", "node names"] as const).flatMap((server) => [
          straight(id, server, 53, "udp"),
          straight(id, server, 53, "tcp"),
        ]),
      ]),
      ...own
        .filter(({ labels }) => labels["berth.proxy"] !== undefined)
        .map(({ id }) => straight(id, "internet", 80)),
    ];
    const answers = await this.tried(
      tried.map(({ probe }) => probe),
      blocksMeanPods,
    );
    return tried.flatMap(({ key }, index) => (silent.has(answers[index]![0]!) ? [] : [key])).sort();
  }

  /** What probes of the cluster hear. */
  private tried(probes: readonly Probe[], blocksMeanPods: boolean): Promise<string[][]> {
    const listeners = this.#listeners.filter(({ at }) => this.has(at) && this.podOf(at) === at);
    return packets(this.network.asked([...listeners, ...this.edgeDoors()], probes, blocksMeanPods));
  }

  private edgeDoors(): Listener[] {
    const { edge } = this.both.cluster.plan;
    if (edge === null) return [];
    const open = edge.openPorts.map(({ port, protocol }) => ({ port, protocol }));
    return [...[80, 443].map((port) => ({ port, protocol: "tcp" as const })), ...open].map(
      (door) => ({ at: "berth-edge", says: "berth-edge", ...door }),
    );
  }

  /** `pod:port/protocol` of everything that listens in the stack's namespace, but for the edge. */
  get doors(): string[] {
    return this.#listeners
      .filter(({ at }) => this.has(at) && this.podOf(at) === at)
      .map(({ at, port, protocol }) => `${at}:${port}/${protocol}`);
  }

  private podOf(service: string): string {
    const own = this.network.pods.some(({ id }) => id === service);
    return own ? service : ownerOf(this.both.docker.plan, service);
  }

  has(service: string): boolean {
    return this.network.pods.some(({ id }) => id === this.podOf(service));
  }
}

/** Whose network a service has. */
function ownerOf(plan: Plan, name: string): string {
  const shared = plan.services.find((service) => service.name === name)?.sharesNetworkOf;
  return shared === undefined ? name : ownerOf(plan, shared);
}

function namesOf(plan: Plan, service: string): string[] {
  const found = plan.services.find(({ name }) => name === service);
  return [...new Set([service, ...Object.values(found?.networks ?? {}).flat()])];
}

function callsOf(
  plan: Plan,
  clients: readonly string[],
  ports: ReadonlyMap<string, ReadonlySet<string>>,
): Call[] {
  const holders = new Map<string, Set<string>>();
  for (const { name } of plan.services)
    for (const alias of namesOf(plan, name)) {
      const owner = ownerOf(plan, name);
      holders.set(alias, (holders.get(alias) ?? new Set()).add(owner));
    }
  const calls: Call[] = [];
  for (const client of clients) {
    for (const [name, owners] of holders) {
      // Whether a pod reaches itself by its Service is the node's affair, not the policies'.
      if (owners.has(ownerOf(plan, client))) continue;
      const doors = new Set([...owners].flatMap((owner) => [...(ports.get(owner) ?? [])]));
      for (const door of doors) {
        const [port, protocol] = door.split("/");
        calls.push({ client, name, port: Number(port), protocol: protocol as Protocol });
      }
    }
  }
  return calls;
}

const silent = new Set(["refused", "timeout", "no name", "unreachable"]);

/** `call: on Docker x, on the cluster y` for each call that differs. */
export function differences(docker: Table, cluster: Table): string[] {
  return [...docker].flatMap(([call, there]) => {
    const here = cluster.get(call) ?? "nobody";
    return here === there ? [] : [`${call}: Docker ${there}, cluster ${here}`];
  });
}
