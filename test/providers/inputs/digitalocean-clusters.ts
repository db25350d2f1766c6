import type { Cases } from "../subject";
import { one } from "./digitalocean-case";

const tags = ["berth:shop-qa", "stack:qa"];
const system = { name: "system", size: "s-1vcpu-2gb", nodeCount: 1, tags };
const control = {
  name: "shop-qa",
  region: "nyc3",
  version: "1.35.3-do.1",
  vpcUuid: "<network>",
  ha: false,
  autoUpgrade: true,
  surgeUpgrade: true,
  maintenancePolicy: { day: "sunday", startTime: "04:00" },
  controlPlaneFirewall: { enabled: true, allowedAddresses: ["198.51.100.7/32"] },
  registryIntegration: false,
  destroyAllAssociatedResources: true,
  nodePool: system,
  tags,
};

export const cluster: Cases = {
  plainest: one(
    control,
    { change: { controlPlaneFirewall: { enabled: true, allowedAddresses: ["198.51.100.8"] } } },
    { change: { controlPlaneFirewall: { enabled: true, allowedAddresses: [] } } },
    { change: { maintenancePolicy: { day: "monday", startTime: "05:00" } } },
    { change: { autoUpgrade: false } },
    { change: { surgeUpgrade: false } },
    { change: { tags: ["stack:qa"] } },
    { change: { nodePool: { ...system, tags: ["stack:qa"] } } },
    { change: { nodePool: { ...system, nodeCount: 2, tags: ["stack:qa"] } } },
    { change: { nodePool: { ...system, size: "s-2vcpu-4gb" } } },
    { change: { registryIntegration: true } },
    { change: { destroyAllAssociatedResources: false } },
    { change: { version: "1.36.0-do.0" } },
    { change: { ha: true } },
    { change: { name: "other" } },
    { change: { vpcUuid: "<other network>" } },
  ),
  "nothing but what it must have": one({
    name: "bare",
    region: "nyc3",
    version: "1.35.3-do.1",
    nodePool: { name: "system", size: "s-1vcpu-2gb", nodeCount: 1 },
  }),
  "with a registry": one({ ...control, registryIntegration: true }),
  "a second pool": one(control, {
    byHand: "POST /v2/kubernetes/clusters/<id>/node_pools",
    body: { name: "nodes", size: "s-2vcpu-4gb", count: 1 },
  }),
  "no pool": one({ ...control, nodePool: undefined }),
  "no version": one({ ...control, version: undefined }),
  "another day": one({ ...control, maintenancePolicy: { day: "moonday", startTime: "04:00" } }),
  "a property that there is none of": one({ ...control, moon: 1 }),
  "deleted by hand": one(control, { byHand: "DELETE /v2/kubernetes/clusters/<id>" }),
};

const nodes = {
  clusterId: "<cluster>",
  name: "nodes-s-2vcpu-4gb",
  size: "s-2vcpu-4gb",
  autoScale: true,
  minNodes: 1,
  maxNodes: 3,
  tags,
};

export const nodePool: Cases = {
  plainest: one(
    nodes,
    { change: { maxNodes: 5 } },
    { change: { minNodes: 2 } },
    { change: { tags: ["stack:qa"] } },
    { change: { name: "other" } },
    { change: { size: "s-4vcpu-8gb" } },
  ),
  "no nodes": one({ clusterId: "<cluster>", name: "nodes", size: "s-2vcpu-4gb" }),
  "no size": one({ ...nodes, size: undefined }),
  "a property that there is none of": one({ ...nodes, moon: 1 }),
  "deleted by hand": one(nodes, {
    byHand: "DELETE /v2/kubernetes/clusters/<cluster>/node_pools/<id>",
  }),
};

const images = { name: "shop-qa-images-1a2b3c4d", region: "nyc3", subscriptionTierSlug: "basic" };

export const registry: Cases = {
  plainest: one(
    images,
    { change: { subscriptionTierSlug: "professional" } },
    { change: { name: "other" } },
    { change: { region: "fra1" } },
  ),
  "no tier": one({ ...images, subscriptionTierSlug: undefined }),
  "another tier": one({ ...images, subscriptionTierSlug: "moon" }),
  "a property that there is none of": one({ ...images, moon: 1 }),
  "deleted by hand": one(images, { byHand: "DELETE /v2/registries/<id>" }),
};

/** Never deleted: to revoke a token the plugin asks an address that cannot be configured. */
export const credentials: Cases = {
  plainest: one(
    { registryName: "images", write: true },
    { change: { write: false } },
    { change: { registryName: "other" } },
    { byHand: "DELETE /v2/registries/images" },
  ),
  "no registry": one({ write: true }),
  "a registry that there is none of": one({ registryName: "moon" }),
  "a property that there is none of": one({ registryName: "images", moon: 1 }),
};
