import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { engines } from "../../databases";
import { asksOutside, edgeTargets } from "../../plan/edge/targets";
import { solverLabel, solverPort } from "../edge/certificates";
import { edgeName, maintenanceName, maintenancePort } from "../edge/edge";
import { kedaNamespace, queues } from "../workloads/queues";
import { internetLabel, networkLabel, proxyLabel } from "./labels";
import { objectName, podOwner } from "../names";
import { metadata, options, type Scope, selector } from "../scope";
import { stickyName, stickyTargets } from "../edge/sticky";

type Spec = kubernetes.types.input.networking.v1.NetworkPolicySpec;

/** The cloud's metadata service, which pods must not reach. */
const metadataService = "169.254.169.254/32";
const anywhere = { ipBlock: { cidr: "0.0.0.0/0", except: [metadataService] } };

/**
 * No pod talks to another, except for the members of a Compose network among each other, and for what every
 * cluster needs (decisions.md: network-policies): DNS, the internet unless all networks are internal, the edge to
 * routed ports, certificates, scaling by queues, proxies to their databases, and monitoring from namespaces labelled
 * `berth.monitoring: "true"`.
 */
export class Policies extends pulumi.ComponentResource {
  constructor(scope: Scope, opts: pulumi.ComponentResourceOptions) {
    const name = `${scope.name}-policies`;
    super("berth:kubernetes:Policies", name, {}, opts);
    const { plan } = scope;
    const make = (policy: string, spec: Spec): void => {
      new kubernetes.networking.v1.NetworkPolicy(
        `${name}-${policy}`,
        { metadata: metadata(scope, objectName(`berth-${policy}`)), spec },
        options(scope, this),
      );
    };
    make("deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    make("dns", { podSelector: {}, policyTypes: ["Egress"], egress: [dns] });
    make("monitoring", {
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { "berth.monitoring": "true" } } }] }],
    });
    for (const network of plan.networks) {
      const members = { podSelector: { matchLabels: networkLabel(network.name) } };
      make(`network-${network.name}`, {
        ...members,
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ from: [members] }],
        egress: [{ to: [members] }],
      });
    }
    make("internet", {
      podSelector: { matchLabels: internetLabel },
      policyTypes: ["Egress"],
      egress: [
        {
          to: [
            anywhere,
            // Traffic to the application's own public address goes straight to the edge's pods, which no CIDR matches.
            ...(plan.edge === null ? [] : [{ podSelector: { matchLabels: selector(edgeName) } }]),
          ],
        },
      ],
    });
    if (plan.databases.some(({ managed }) => managed))
      make("databases", {
        podSelector: { matchLabels: proxyLabel },
        policyTypes: ["Egress"],
        egress: [{ to: [anywhere] }],
      });
    if (plan.edge !== null) edgePolicies(scope, make);
    for (const { service, engine } of queues(plan))
      make(`queue-${service}`, {
        podSelector: { matchLabels: selector(scope.names.of(podOwner(plan, service))) },
        policyTypes: ["Ingress"],
        ingress: [
          {
            from: [{ namespaceSelector: { matchLabels: { [namespaceName]: kedaNamespace } } }],
            ports: [{ port: engines[engine].port, protocol: "TCP" }],
          },
        ],
      });
    this.registerOutputs({});
  }
}

const namespaceName = "kubernetes.io/metadata.name";

const dns = {
  to: [
    { namespaceSelector: { matchLabels: { [namespaceName]: "kube-system" } } },
    // A server on each node (NodeLocal DNSCache).
    { ipBlock: { cidr: "169.254.20.10/32" } },
  ],
  ports: [
    { port: 53, protocol: "UDP" },
    { port: 53, protocol: "TCP" },
  ],
};

const fromEdge = [{ podSelector: { matchLabels: selector(edgeName) } }];

function edgePolicies({ plan, names }: Scope, make: (name: string, spec: Spec) => void): void {
  const edge = plan.edge!;
  make("edge", {
    podSelector: { matchLabels: selector(edgeName) },
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      {
        ports: [
          { port: 80, protocol: "TCP" },
          { port: 443, protocol: "TCP" },
          ...edge.openPorts.map(({ port, protocol }) => ({
            port,
            protocol: protocol.toUpperCase(),
          })),
        ],
      },
    ],
    // The services' own policies limit what the edge may call.
    egress: [{ to: [{ podSelector: {} }, ...(asksOutside(plan) ? [anywhere] : [])] }],
  });
  make("maintenance", {
    podSelector: { matchLabels: selector(maintenanceName) },
    policyTypes: ["Ingress"],
    ingress: [{ from: fromEdge, ports: [{ port: maintenancePort, protocol: "TCP" }] }],
  });
  if ((edge.tls.mode === "letsencrypt" || edge.tls.mode === "staging") && !edge.tls.dnsProvider)
    make("challenges", {
      podSelector: { matchLabels: solverLabel },
      policyTypes: ["Ingress"],
      ingress: [{ from: fromEdge, ports: [{ port: solverPort, protocol: "TCP" }] }],
    });
  const routed = new Map<string, Map<string, { port: number; protocol: string }>>();
  const add = (service: string, port: number, protocol: string): void => {
    const owner = podOwner(plan, service);
    const ports = routed.get(owner) ?? new Map<string, { port: number; protocol: string }>();
    routed.set(owner, ports.set(`${port}/${protocol}`, { port, protocol: protocol.toUpperCase() }));
  };
  for (const { service, port, protocol } of edgeTargets(plan)) add(service, port, protocol);
  for (const target of stickyTargets(plan))
    make(`sticky-${target.service}-${target.port}`, {
      podSelector: { matchLabels: selector(stickyName(target)) },
      policyTypes: ["Ingress"],
      ingress: [{ from: fromEdge, ports: [{ port: target.port, protocol: "TCP" }] }],
    });
  for (const [service, ports] of routed)
    make(`route-${service}`, {
      podSelector: { matchLabels: selector(names.of(service)) },
      policyTypes: ["Ingress"],
      ingress: [{ from: fromEdge, ports: [...ports.values()] }],
    });
}
