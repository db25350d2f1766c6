import type { KubernetesObject } from "../../rig/kube/api";

type Labels = Readonly<Record<string, string>>;

interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
    readonly values?: readonly string[];
  }[];
}

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface PolicyPort {
  readonly port?: number | string;
  readonly endPort?: number;
  readonly protocol?: string;
}

interface Policy {
  readonly podSelector: Selector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly {
    readonly from?: readonly Peer[];
    readonly ports?: readonly PolicyPort[];
  }[];
  readonly egress?: readonly {
    readonly to?: readonly Peer[];
    readonly ports?: readonly PolicyPort[];
  }[];
}

/** A pod as policies and Services see it. */
export interface Pod {
  readonly id: string;
  readonly namespace: string;
  readonly address: string;
  readonly labels: Labels;
  /** Port numbers by their names. */
  readonly named: Readonly<Record<string, number>>;
}

export function matches(
  labels: Labels,
  { matchLabels = {}, matchExpressions = [] }: Selector,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      const among = value !== undefined && values.includes(value);
      return operator === "In" ? among : !among;
    })
  );
}

export interface Cluster {
  readonly pods: readonly Pod[];
  readonly policies: readonly KubernetesObject[];
  /** Labels of each namespace, by its name. */
  readonly namespaces: Readonly<Record<string, Labels>>;
  /**
   * Whether an ipBlock means pods too. The API leaves it open: Calico and the VPC CNI take addresses as they
   * are, for Cilium pods and nodes are none of the outside's.
   */
  readonly blocksMeanPods: boolean;
}

/**
 * NetworkPolicies as packet filter rules, from what the API promises (https://kubernetes.io/docs/concepts/
 * services-networking/network-policies/): a pod that no policy of a direction selects is open in that direction,
 * any other one only for what one of them allows; both ends have to allow a connection, and answers to what was
 * allowed always pass.
 */
export function policyRules(cluster: Cluster): string {
  const chains: string[] = [];
  const jumps: string[] = [];
  for (const direction of ["Egress", "Ingress"] as const) {
    cluster.pods.forEach((pod, number) => {
      const selecting = cluster.policies.filter((policy) => applies(policy, pod, direction));
      if (selecting.length === 0) return;
      const name = `${direction.toLowerCase()}-${number}`;
      jumps.push(`ip ${direction === "Egress" ? "saddr" : "daddr"} ${pod.address} jump ${name}`);
      const allowed = selecting.flatMap((policy) => allowances(cluster, policy, pod, direction));
      chains.push(
        `chain ${name} { # ${pod.id}`,
        ...[...new Set(allowed)],
        // At once, so that nobody waits for an answer.
        "meta l4proto tcp reject with tcp reset",
        "reject",
        "}",
      );
    });
  }
  return [
    "table ip policies {",
    ...chains,
    "chain forward {",
    "type filter hook forward priority 0; policy accept;",
    "ct state established,related accept",
    ...jumps,
    "}",
    "}",
  ].join("\n");
}

const specOf = ({ spec }: KubernetesObject): Policy => spec as Policy;

function applies(policy: KubernetesObject, pod: Pod, direction: "Egress" | "Ingress"): boolean {
  const spec = specOf(policy);
  // Without the list: always Ingress, and Egress where there are rules for it.
  const types = spec.policyTypes ?? ["Ingress", ...(spec.egress === undefined ? [] : ["Egress"])];
  return (
    policy.metadata.namespace === pod.namespace &&
    types.includes(direction) &&
    matches(pod.labels, spec.podSelector)
  );
}

function allowances(
  cluster: Cluster,
  policy: KubernetesObject,
  pod: Pod,
  direction: "Egress" | "Ingress",
): string[] {
  const spec = specOf(policy);
  const rules =
    direction === "Ingress"
      ? (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
      : (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));
  const side = direction === "Ingress" ? "saddr" : "daddr";
  return rules.flatMap(({ peers = [], ports = [] }) => {
    const places =
      peers.length === 0 ? [""] : peers.flatMap((peer) => placesOf(cluster, policy, peer, side));
    const doors =
      ports.length === 0 ? [""] : ports.flatMap((port) => doorsOf(cluster, port, pod, direction));
    return places.flatMap((place) => doors.map((door) => `${place}${door}return`));
  });
}

function placesOf(
  { pods, namespaces, blocksMeanPods }: Cluster,
  policy: KubernetesObject,
  { podSelector, namespaceSelector, ipBlock }: Peer,
  side: "saddr" | "daddr",
): string[] {
  if (ipBlock !== undefined) {
    const { cidr, except = [] } = ipBlock;
    const without = [...except, ...(blocksMeanPods ? [] : pods.map(({ address }) => address))];
    const less = without.length === 0 ? "" : `ip ${side} != { ${without.join(", ")} } `;
    return [`ip ${side} ${cidr} ${less}`];
  }
  const found = pods.filter(
    ({ namespace, labels }) =>
      (namespaceSelector === undefined
        ? namespace === policy.metadata.namespace
        : matches(namespaces[namespace] ?? {}, namespaceSelector)) &&
      matches(labels, podSelector ?? {}),
  );
  if (found.length === 0) return [];
  return [`ip ${side} { ${found.map(({ address }) => address).join(", ")} } `];
}

function doorsOf(
  { pods }: Cluster,
  { port, endPort, protocol = "TCP" }: PolicyPort,
  pod: Pod,
  direction: "Egress" | "Ingress",
): string[] {
  const kind = protocol.toLowerCase();
  if (port === undefined) return [`meta l4proto ${kind} `];
  if (typeof port === "number")
    return [`${kind} dport ${port}${endPort === undefined ? "" : `-${endPort}`} `];
  // A name is looked up in the pod that is called.
  const called = direction === "Ingress" ? [pod] : pods;
  return called.flatMap(({ address, named }) => {
    const number = named[port];
    return number === undefined ? [] : [`ip daddr ${address} ${kind} dport ${number} `];
  });
}
