import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { engines } from "../../databases";
import type { Plan, Service } from "../../plan/plan";
import { portsCalled } from "../../plan/services/ports";
import { manyPorts } from "../pods/container";
import { objectName, podOwner, sharesPod, staysUp } from "../names";
import { metadata, options, type Scope, selector } from "../scope";

/** A name that pods call, and whose pods answer. */
export interface Alias {
  readonly name: string;
  /** Services whose workloads have the pods. */
  readonly owners: readonly string[];
  readonly ports: Service["ports"];
}

/**
 * Every name that a service answers to: its own, `container_name`, `hostname`, aliases, links. A name that
 * several services have leads to all of them, as in Docker; a service's own name leads to itself.
 */
export function aliasesOf(plan: Plan): Alias[] {
  const owners = new Map<string, Set<string>>();
  // A service with `network_mode: service:x` has the names of `x`.
  const called = plan.services.filter(
    (service) => !sharesPod(plan, service) && (staysUp(service) || service.ports.length > 0),
  );
  const own = new Set(called.map(({ name }) => objectName(name)));
  const managed = new Set(
    plan.databases
      .filter((database) => database.managed)
      .flatMap((database) => [database.service, ...Object.values(database.networks).flat()])
      .map((name) => objectName(name)),
  );
  for (const service of called)
    for (const text of new Set([service.name, ...Object.values(service.networks).flat()])) {
      const name = objectName(text);
      const others = (own.has(name) && name !== objectName(service.name)) || managed.has(name);
      if (others) continue;
      const members = owners.get(name) ?? new Set();
      owners.set(name, members.add(podOwner(plan, service.name)));
    }
  const found = portsCalled(plan.services);
  return [...owners].map(([name, members]) => ({
    name,
    owners: [...members],
    ports: portsOf(plan, [...members], found),
  }));
}

/** The label by which a Service finds the pods of several workloads. */
const shared = (name: string): Record<string, string> => ({ [`berth.name/${name}`]: "true" });

/** Labels that a service's pods need for the names it shares with others. */
export function aliasLabels(aliases: readonly Alias[], service: string): Record<string, string> {
  return Object.assign(
    {},
    ...aliases
      .filter(({ owners }) => owners.length > 1 && owners.includes(service))
      .map(({ name }) => shared(name)),
  ) as Record<string, string>;
}

/**
 * A Service for each name. Without a known port it is headless: the name resolves to the pods, on all of their
 * ports.
 */
export function makeAlias(
  scope: Scope,
  { name, owners, ports }: Alias,
  parent: pulumi.Resource,
): kubernetes.core.v1.Service {
  const [first = name] = owners;
  const listed = ports.length > 0 && ports.length <= manyPorts;
  return new kubernetes.core.v1.Service(
    `${scope.name}-name-${name}`,
    {
      metadata: metadata(scope, name, {
        // Not waited for: the workloads wait for the pods
        // (decisions.md: kubernetes-waits).
        annotations: { "pulumi.com/skipAwait": "true" },
      }),
      spec: {
        selector: owners.length > 1 ? shared(name) : selector(scope.names.of(first)),
        ...(listed ? { type: "ClusterIP", ports: servicePorts(ports) } : { clusterIP: "None" }),
      },
    },
    options(scope, parent),
  );
}

/** Ports of a Service, each with a name of its own. */
export function servicePorts(
  ports: Service["ports"],
): kubernetes.types.input.core.v1.ServicePort[] {
  return ports.map(({ port, protocol }) => ({
    name: `${protocol}-${port}`,
    port,
    targetPort: port,
    protocol: protocol.toUpperCase(),
  }));
}

/** The ports of all services in the pods of `owners`: declared, an engine's usual one, and those that others call. */
function portsOf(
  plan: Plan,
  owners: readonly string[],
  called: ReadonlyMap<string, ReadonlySet<number>>,
): Service["ports"] {
  const ports = new Map<string, Service["ports"][number]>();
  const add = (port: number, protocol: "tcp" | "udp"): void => {
    ports.set(`${port}/${protocol}`, { port, protocol });
  };
  for (const service of plan.services) {
    if (!owners.includes(podOwner(plan, service.name))) continue;
    for (const { port, protocol } of service.ports) add(port, protocol);
    if (service.engine !== undefined) add(engines[service.engine].port, "tcp");
    for (const port of called.get(service.name) ?? []) add(port, "tcp");
  }
  return [...ports.values()].sort((a, b) => a.port - b.port);
}

/** The name by which the edge calls a service: that of the pod it is in. */
export function serviceHost(plan: Plan, service: string): string {
  return objectName(podOwner(plan, service));
}
