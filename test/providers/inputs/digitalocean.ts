import { Api } from "../digitalocean/api";
import type { Fields } from "../digitalocean/account";
import type { Subject, World } from "../subject";
import { cluster, credentials, nodePool, registry } from "./digitalocean-clusters";
import { database, databaseFirewall, replica } from "./digitalocean-databases";
import {
  address,
  alert,
  assignment,
  balancer,
  droplet,
  firewall,
  record,
  tag,
  volume,
  vpc,
} from "./digitalocean-machines";

/** The digitalocean plugin, on a stand-in of the API: the plugin is real, the account is not. */
export const digitalocean: Subject = {
  plugin: "digitalocean",
  configs: {
    nothing: {},
    "a token": { token: "a-token" },
    "another address": { token: "a-token", apiEndpoint: "http://127.0.0.1:1" },
    "a key that there is none of": { moon: 1 },
  },
  cases: {
    "digitalocean:index/vpc:Vpc": vpc,
    "digitalocean:index/volume:Volume": volume,
    "digitalocean:index/reservedIp:ReservedIp": address,
    "digitalocean:index/reservedIpAssignment:ReservedIpAssignment": assignment,
    "digitalocean:index/tag:Tag": tag,
    "digitalocean:index/firewall:Firewall": firewall,
    "digitalocean:index/droplet:Droplet": droplet,
    "digitalocean:index/monitorAlert:MonitorAlert": alert,
    "digitalocean:index/dnsRecord:DnsRecord": record,
    "digitalocean:index/loadBalancer:LoadBalancer": balancer,
    "digitalocean:index/databaseCluster:DatabaseCluster": database,
    "digitalocean:index/databaseReplica:DatabaseReplica": replica,
    "digitalocean:index/databaseFirewall:DatabaseFirewall": databaseFirewall,
    "digitalocean:index/containerRegistry:ContainerRegistry": registry,
    "digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials":
      credentials,
    "digitalocean:index/kubernetesCluster:KubernetesCluster": cluster,
    "digitalocean:index/kubernetesNodePool:KubernetesNodePool": nodePool,
  },
  volatile: [
    "clusterCaCertificate",
    "createdAt",
    "credentialExpirationTime",
    "dockerCredentials",
    "dropletId",
    "expiresAt",
    "id",
    "ip",
    "ipAddress",
    "ipRange",
    "ipv4Address",
    "ipv4AddressPrivate",
    "password",
    "privateUri",
    "rawConfig",
    "token",
    "updatedAt",
    "uri",
    "uuid",
  ],
  unordered: [
    "dropletIds",
    "inboundRules",
    "outboundRules",
    "sourceAddresses",
    "tags",
    "volumeIds",
  ],
  begin,
};

async function begin(): Promise<World> {
  const api = await Api.listen();
  const post = (path: string, body: Fields): Fields => {
    const { status, body: made } = api.ask("POST", `/v2/${path}`, body);
    if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(made)}`);
    return Object.values(made!)[0] as Fields;
  };
  const named: Record<string, string> = { api: api.url };
  const name = (key: string, { id, ip }: Fields): void => {
    named[key] = String(id ?? ip);
  };
  const region = "nyc3";
  name("network", post("vpcs", { name: "net", region }));
  name("other network", post("vpcs", { name: "other-net", region }));
  name("disk", post("volumes", { name: "disk", region, size_gigabytes: 10 }));
  name("other disk", post("volumes", { name: "other-disk", region, size_gigabytes: 10 }));
  name("distant disk", post("volumes", { name: "distant", region: "fra1", size_gigabytes: 10 }));
  const size = "s-1vcpu-1gb";
  name("machine", post("droplets", { name: "machine", region, size }));
  name("other machine", post("droplets", { name: "other-machine", region, size }));
  name("address", post("reserved_ips", { region }));
  name("other address", post("reserved_ips", { region }));
  post("domains", { name: "acme.example" });
  const engine = "pg";
  name(
    "database",
    post("databases", {
      name: "db",
      engine,
      version: "17",
      size: "db-s-1vcpu-2gb",
      num_nodes: 1,
      region,
    }),
  );
  const pools = [{ name: "system", size: "s-1vcpu-2gb", count: 1 }];
  name(
    "cluster",
    post("kubernetes/clusters", { name: "k8s", region, version: "1.35.3-do.1", node_pools: pools }),
  );
  post("registry", { name: "images", region, subscription_tier_slug: "basic" });
  const restore = api.account.snapshot();
  return {
    config: { token: "a-token", apiEndpoint: api.url },
    named,
    about: { api: "a stand-in, from its documentation" },
    // An account has one registry: these cases find none.
    ready(type) {
      if (type.endsWith(":ContainerRegistry")) api.ask("DELETE", "/v2/registries/images");
    },
    byHand(act, body) {
      const [method = "", path = ""] = act.split(" ");
      const { status } = api.ask(method, path, body);
      return status < 300 ? Promise.resolve() : Promise.reject(new Error(`${act}: ${status}`));
    },
    clean() {
      restore();
      return Promise.resolve();
    },
    end() {
      if (api.unknown.length > 0) console.log(`nothing answers: ${api.unknown.join(", ")}`);
      api.close();
      return Promise.resolve();
    },
  };
}
