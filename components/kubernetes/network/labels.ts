import type { Plan, Service } from "../../plan/plan";
import { objectName } from "../names";

/** The label of pods that call a managed database: proxies and the bootstrap Job. */
export const proxyLabel = { "berth.proxy": "true" };

/** Pods that may reach the internet. */
export const internetLabel = { "berth.internet": "true" };

/** The label of pods on a Compose network. */
export const networkLabel = (network: string): Record<string, string> => ({
  [`berth.network/${objectName(network)}`]: "true",
});

/** The labels by which policies know a service's pods: its Compose networks, and whether one leads outside. */
export function networkLabels(plan: Plan, service: string): Record<string, string> {
  const owner = networkOwner(plan, service);
  if (owner === undefined) return {};
  return {
    ...labelsOfNetworks(Object.keys(owner.networks)),
    ...(outside(plan, owner) ? internetLabel : {}),
  };
}

/** The service whose networks another one is on: `x` for `network_mode: service:x`, also where that has its own pod. */
function networkOwner(plan: Plan, name: string): Service | undefined {
  const service = plan.services.find((one) => one.name === name);
  const shared = service?.sharesNetworkOf;
  return shared === undefined ? service : networkOwner(plan, shared);
}

/** The labels of pods on these Compose networks. */
export function labelsOfNetworks(networks: readonly string[]): Record<string, string> {
  return Object.assign({}, ...networks.map(networkLabel)) as Record<string, string>;
}

function outside({ networks }: Plan, service: Service): boolean {
  const joined = Object.keys(service.networks);
  if (joined.length === 0) return service.compose.network_mode !== "none";
  return joined.some(
    (name) => networks.find((network) => network.name === name)?.internal !== true,
  );
}
