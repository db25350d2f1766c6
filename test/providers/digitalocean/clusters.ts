import { hex, pem } from "../../../components/clouds/preview";
import type { Account, Fields } from "./account";
import { given, moment, own, Refusal } from "./account";
import type { Routes } from "./api";

const marks = (id: string): string[] => ["k8s", `k8s:${id}`];

/** A pool of nodes, all of which run. */
function pool(account: Account, cluster: string, body: Fields, id = account.uuid()): Fields {
  // A pool that scales by itself begins with the fewest nodes that it may have.
  const count = Number(body.count ?? 0) || Number(body.min_nodes ?? 0);
  if (count === 0) throw new Refusal(422, "unprocessable_entity", "count must be greater than 0");
  return given({
    id,
    name: body.name,
    size: body.size,
    count,
    tags: [...new Set([...marks(cluster), "k8s:worker", ...account.tags(body.tags)])],
    labels: body.labels ?? {},
    taints: body.taints ?? [],
    auto_scale: body.auto_scale ?? false,
    min_nodes: body.min_nodes ?? 0,
    max_nodes: body.max_nodes ?? 0,
    nodes: Array.from({ length: count }, (_, n) => ({
      id: account.uuid(),
      name: `${String(body.name)}-${n + 1}`,
      status: { state: "running" },
      droplet_id: String(account.number()),
      created_at: moment,
      updated_at: moment,
    })),
  });
}

const pools = (cluster: Fields): Fields[] => cluster.node_pools as Fields[];

function poolOf(account: Account, cluster: string, id: string): Fields {
  const found = pools(account.get("cluster", cluster)).find((one) => one.id === id);
  if (found === undefined) throw new Refusal(404, "not_found", "node pool not found");
  return found;
}

/** What can be changed of a cluster, as it is read back. */
function changeable(account: Account, id: string, body: Fields): Fields {
  return given({
    name: body.name,
    tags: [...marks(id), ...account.tags(body.tags)],
    auto_upgrade: body.auto_upgrade,
    surge_upgrade: body.surge_upgrade ?? false,
    ha: body.ha,
    maintenance_policy: body.maintenance_policy ?? undefined,
    control_plane_firewall: firewall(body.control_plane_firewall as Fields | undefined),
  });
}

const firewall = (asked: Fields | undefined): Fields | undefined =>
  asked === undefined || asked.enabled === null
    ? undefined
    : { enabled: asked.enabled, allowed_addresses: asked.allowed_addresses ?? [] };

/** Kubernetes clusters, and the account's registries. */
export const clusters: Routes = {
  "GET /v2/kubernetes/options": () => ({
    options: {
      versions: ["1.36.0-do.0", "1.35.3-do.1", "1.34.6-do.1"].map((slug) => ({
        slug,
        kubernetes_version: slug.split("-")[0],
      })),
      regions: [{ name: "New York 3", slug: "nyc3" }],
      sizes: [{ name: "s-2vcpu-4gb", slug: "s-2vcpu-4gb" }],
    },
  }),
  "POST /v2/kubernetes/clusters": ({ account, body }) => {
    account.unique("cluster", body.name, 422, "a cluster with this name already exists");
    if (body.vpc_uuid !== undefined) account.get("vpc", body.vpc_uuid);
    const id = account.uuid();
    const policy = (body.maintenance_policy ?? {}) as Fields;
    const cluster: Fields = {
      id,
      region: body.region,
      version: body.version,
      cluster_subnet: body.cluster_subnet ?? "10.244.0.0/16",
      service_subnet: body.service_subnet ?? "10.245.0.0/16",
      vpc_uuid: body.vpc_uuid ?? own.vpc,
      worker_subnet_uuid: "",
      ipv4: "203.0.113.9",
      endpoint: `https://${id}.k8s.ondigitalocean.com`,
      control_plane_firewall: { enabled: false, allowed_addresses: [] },
      routing_agent: { enabled: false },
      amd_gpu_device_plugin: null,
      cluster_autoscaler_configuration: null,
      sso: { enabled: false, required: false },
      ...changeable(account, id, body),
      maintenance_policy: {
        day: policy.day ?? "any",
        start_time: policy.start_time || "20:00",
        duration: "4h0m0s",
      },
      ha: body.ha ?? false,
      node_pools: (body.node_pools as Fields[]).map((one) => pool(account, id, one)),
      status: { state: "running", message: "" },
      created_at: moment,
      updated_at: moment,
    };
    account.add("cluster", id, cluster);
    return { kubernetes_cluster: { ...cluster, status: { state: "provisioning" }, endpoint: "" } };
  },
  "GET /v2/kubernetes/clusters/:id": ({ account, path }) => ({
    kubernetes_cluster: account.get("cluster", path.id),
  }),
  "PUT /v2/kubernetes/clusters/:id": ({ account, path, body }) => {
    const cluster = account.get("cluster", path.id);
    if (cluster.ha === true && body.ha === false)
      throw new Refusal(422, "unprocessable_entity", "high availability cannot be turned off");
    const { maintenance_policy: policy, ...rest } = changeable(account, path.id!, body);
    Object.assign(cluster, rest);
    if (policy !== undefined)
      cluster.maintenance_policy = { ...(policy as Fields), duration: "4h0m0s" };
    return { kubernetes_cluster: cluster };
  },
  "POST /v2/kubernetes/clusters/:id/upgrade": ({ account, path, body }) => {
    account.get("cluster", path.id).version = body.version;
    return {};
  },
  "DELETE /v2/kubernetes/clusters/:id": ({ account, path }) => {
    account.remove("cluster", path.id);
    return undefined;
  },
  "GET /v2/kubernetes/clusters/:id/destroy_with_associated_resources": () => ({
    volumes: [],
    volume_snapshots: [],
    load_balancers: [],
  }),
  "DELETE /v2/kubernetes/clusters/:id/destroy_with_associated_resources/dangerous": ({
    account,
    path,
  }) => {
    account.remove("cluster", path.id);
    return undefined;
  },
  "GET /v2/kubernetes/clusters/:id/credentials": ({ account, path }) => ({
    server: account.get("cluster", path.id).endpoint,
    certificate_authority_data: Buffer.from(pem("CERTIFICATE", "api/k8s", 780)).toString("base64"),
    client_certificate_data: null,
    client_key_data: null,
    token: `dop_v1_${hex(`${path.id}/token`, 64)}`,
    expires_at: "2036-01-08T00:00:00Z",
  }),
  "POST /v2/kubernetes/clusters/:id/node_pools": ({ account, path, body }) => {
    const cluster = account.get("cluster", path.id);
    if (pools(cluster).some(({ name }) => name === body.name))
      throw new Refusal(422, "unprocessable_entity", "node pool name is already in use");
    const made = pool(account, path.id!, body);
    cluster.node_pools = [...pools(cluster), made];
    return { node_pool: made };
  },
  "GET /v2/kubernetes/clusters/:id/node_pools/:pool": ({ account, path }) => ({
    node_pool: poolOf(account, path.id!, path.pool!),
  }),
  "PUT /v2/kubernetes/clusters/:id/node_pools/:pool": ({ account, path, body }) => {
    const old = poolOf(account, path.id!, path.pool!);
    const { count, nodes } = old;
    Object.assign(old, pool(account, path.id!, { ...old, ...body }, path.pool));
    if (old.count === count) old.nodes = nodes;
    return { node_pool: old };
  },
  "DELETE /v2/kubernetes/clusters/:id/node_pools/:pool": ({ account, path }) => {
    poolOf(account, path.id!, path.pool!);
    const cluster = account.get("cluster", path.id);
    cluster.node_pools = pools(cluster).filter(({ id }) => id !== path.pool);
    return undefined;
  },

  "POST /v2/kubernetes/registry": ({ account, body }) => {
    if (account.all("registry").length === 0)
      throw new Refusal(404, "not_found", "the account has no registry");
    for (const id of body.cluster_uuids as string[])
      account.get("cluster", id).registry_enabled = true;
    return undefined;
  },
  "DELETE /v2/kubernetes/registry": ({ account, body }) => {
    for (const id of body.cluster_uuids as string[])
      account.get("cluster", id).registry_enabled = false;
    return undefined;
  },
  "POST /v2/registry": ({ account, body }) => {
    if (account.all("registry").length > 0)
      throw new Refusal(409, "conflict", "the account has a registry already");
    account.add("subscription", "", { tier: { slug: body.subscription_tier_slug } });
    const registry = {
      name: body.name,
      region: body.region ?? "nyc3",
      created_at: moment,
      storage_usage_bytes: 0,
      storage_usage_bytes_updated_at: moment,
    };
    return { registry: account.add("registry", body.name, registry) };
  },
  "GET /v2/registries/subscription": ({ account }) => ({
    subscription: account.get("subscription", ""),
  }),
  "POST /v2/registries/subscription": ({ account, body }) => ({
    subscription: Object.assign(account.get("subscription", ""), {
      tier: { slug: body.tier_slug },
    }),
  }),
  "GET /v2/registries/:name": ({ account, path }) => ({
    registry: account.get("registry", path.name),
  }),
  "DELETE /v2/registries/:name": ({ account, path }) => {
    account.remove("registry", path.name);
    return undefined;
  },
  "GET /v2/registries/:name/docker-credentials": ({ account, path }) => {
    account.get("registry", path.name);
    const token = `dop_v1_${hex(`registry/${account.number()}`, 64)}`;
    const auth = Buffer.from(`${token}:${token}`).toString("base64");
    return { auths: { "registry.digitalocean.com": { auth } } };
  },
};
