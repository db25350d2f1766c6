import type { KubernetesObject } from "../../rig/kube/api";
import { templateOf } from "../manifests";
import type { Asked, Listener, Probe, Protocol } from "./packets";
import { policyRules, matches, type Pod } from "./policies";

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly {
      readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
    }[];
  };
}

interface ServiceSpec {
  readonly selector?: Readonly<Record<string, string>>;
  readonly clusterIP?: string;
  readonly ports?: readonly {
    readonly port: number;
    readonly targetPort?: number | string;
    readonly protocol?: string;
  }[];
}

/** Pods that are on every cluster beside the stack's own, by where policies meet them. */
const neighbours = [
  { id: "names", namespace: "kube-system" },
  { id: "keda", namespace: "keda" },
  { id: "monitoring", namespace: "observed" },
  { id: "stranger", namespace: "elsewhere" },
] as const;

/** Places that are no pods: the internet, the nodes' metadata, a name server on the node. */
const outsiders = {
  internet: "203.0.113.80",
  metadata: "169.254.169.254",
  "node names": "169.254.20.10",
} as const;

type Place = (typeof neighbours)[number]["id"] | keyof typeof outsiders;

/** A name of the cluster: where it leads, and on which ports. */
interface Name {
  readonly addresses: readonly string[];
  readonly pods: readonly Pod[];
  /** Undefined: every port of its pods. */
  readonly ports?: ReadonlySet<string>;
}

/**
 * A stack's pods, Services and policies as network namespaces behind one router: one pod for each workload, whose
 * id is its label `berth.service`.
 */
export class ClusterNetwork {
  readonly pods: readonly Pod[];
  readonly names: ReadonlyMap<string, Name>;
  readonly namespace: string;

  constructor(private readonly objects: readonly KubernetesObject[]) {
    const [own] = objects.filter(({ kind }) => kind === "Namespace");
    if (own === undefined) throw new Error("no namespace among the objects");
    this.namespace = own.metadata.name;
    const address = (number: number): string =>
      `10.77.${Math.floor(number / 200)}.${(number % 200) + 1}`;
    const mine = objects.flatMap((object) => {
      const template = templateOf(object) as Template | undefined;
      if (template === undefined) return [];
      const labels = template.metadata?.labels ?? {};
      const ports = template.spec.containers.flatMap((container) => container.ports ?? []);
      return [
        {
          id: labels["berth.service"] ?? object.metadata.name,
          namespace: object.metadata.namespace!,
          labels,
          named: Object.fromEntries(
            ports.flatMap(({ name, containerPort }) =>
              name === undefined ? [] : [[name, containerPort]],
            ),
          ),
        },
      ];
    });
    const theirs = neighbours.map((one) => ({ ...one, labels: {}, named: {} }));
    this.pods = [...mine, ...theirs].map((pod, number) => ({ ...pod, address: address(number) }));
    this.names = new Map(
      objects
        .filter(({ kind }) => kind === "Service")
        .map((service, number) => [service.metadata.name, this.nameOf(service, number)]),
    );
  }

  private nameOf({ metadata, spec }: KubernetesObject, number: number): Name {
    const { selector, clusterIP, ports = [] } = spec as ServiceSpec;
    const pods =
      selector === undefined
        ? []
        : this.pods.filter(
            ({ namespace, labels }) =>
              namespace === metadata.namespace && matches(labels, { matchLabels: selector }),
          );
    if (clusterIP === "None") return { pods, addresses: pods.map(({ address }) => address) };
    return {
      pods,
      addresses: [`10.96.${Math.floor(number / 200)}.${(number % 200) + 1}`],
      ports: new Set(
        ports.map(({ port, protocol = "TCP" }) => `${port}/${protocol.toLowerCase()}`),
      ),
    };
  }

  /** A probe of a name; where it leads to several pods, each of them is met. */
  probe(at: string, name: string, port: number, protocol: Protocol): Probe {
    const found = this.names.get(name);
    const tries = found?.ports === undefined ? 1 : Math.max(1, found.pods.length);
    return { at, to: found?.addresses ?? [], port, protocol, tries };
  }

  /** A probe of a pod itself, or of a place outside. */
  straight(at: string, pod: string, port: number, protocol: Protocol = "tcp"): Probe {
    const address = this.pods.find(({ id }) => id === pod)?.address ?? outsiders[pod as "internet"];
    return { at, to: [address], port, protocol, tries: 1 };
  }

  /** What to ask for, with packets; `blocksMeanPods` as the policies' `Cluster` has it. */
  asked(listeners: readonly Listener[], probes: readonly Probe[], blocksMeanPods: boolean): Asked {
    const namespaces = Object.fromEntries(
      [this.namespace, ...neighbours.map(({ namespace }) => namespace)].map((name) => [
        name,
        { "kubernetes.io/metadata.name": name, ...(name === "observed" && monitored) },
      ]),
    );
    const policies = this.objects.filter(({ kind }) => kind === "NetworkPolicy");
    return {
      hosts: {
        ...Object.fromEntries(this.pods.map(({ id, address }) => [id, address])),
        ...outsiders,
      },
      rules: [
        policyRules({ pods: this.pods, policies, namespaces, blocksMeanPods }),
        this.serviceRules(),
      ].join("\n"),
      attach: {},
      outside: null,
      resolver: null,
      listeners: [...listeners, ...places],
      probes,
    };
  }

  /** Each Service's address leads to its pods, in turn for each caller. */
  private serviceRules(): string {
    const rules = this.objects
      .filter(({ kind }) => kind === "Service")
      .flatMap(({ metadata, spec }) => {
        const { ports = [] } = spec as ServiceSpec;
        const { addresses, pods, ports: listed } = this.names.get(metadata.name)!;
        if (listed === undefined || pods.length === 0) return [];
        return ports.flatMap(({ port, targetPort = port, protocol = "TCP" }) => {
          const target = ({ address, named }: Pod): string =>
            `${address} . ${typeof targetPort === "number" ? targetPort : named[targetPort]!}`;
          const met = `ip daddr ${addresses[0]!} ${protocol.toLowerCase()} dport ${port}`;
          const turns = pods.map((pod, index) => `${index} : ${target(pod)}`).join(", ");
          const choice = `dnat ip addr . port to numgen inc mod ${pods.length} map { ${turns} }`;
          const callers = [...this.pods.map(({ address }) => address), outsiders.internet];
          return callers.map((caller) => `ip saddr ${caller} ${met} ${choice}`);
        });
      });
    return `table ip services {\nchain prerouting {\ntype nat hook prerouting priority dstnat;\n${rules.join("\n")}\n}\n}\n`;
  }
}

const monitored = { "berth.monitoring": "true" };

const places: readonly Listener[] = [
  ...(["names", "node names"] as const).flatMap((at): Listener[] => [
    { at, port: 53, protocol: "udp", says: at },
    { at, port: 53, protocol: "tcp", says: at },
  ]),
  ...(["metadata", "internet", "stranger", "names"] satisfies Place[]).map((at): Listener => ({
    at,
    port: 80,
    protocol: "tcp",
    says: at,
  })),
];
