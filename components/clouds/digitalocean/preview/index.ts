import { digitaloceanFunctions } from "./functions";
import { databases } from "./databases";
import { replaces } from "./replaces";
import {
  address,
  count,
  hex,
  list,
  moment,
  number,
  object,
  pem,
  text,
  uuid,
  type PreviewAnswers,
  type Properties,
} from "../../preview";

/** vCPUs, memory in MiB, disk in GiB and USD a month of a size slug such as `s-2vcpu-4gb`. */
export function size(slug: string): { vcpus: number; memory: number; disk: number; price: number } {
  const match = /(\d+)vcpu-(\d+)(gb|mb)/.exec(slug);
  const vcpus = Number(match?.[1] ?? 2);
  const memory = Number(match?.[2] ?? 4) * (match?.[3] === "mb" ? 1 : 1024);
  const listed: Record<string, readonly [number, number]> = {
    "s-1vcpu-512mb-10gb": [10, 4],
    "s-1vcpu-1gb": [25, 6],
    "s-1vcpu-2gb": [50, 12],
    "s-2vcpu-2gb": [60, 18],
    "s-2vcpu-4gb": [80, 24],
    "s-4vcpu-8gb": [160, 48],
    "s-8vcpu-16gb": [320, 96],
  };
  const [disk, price] = listed[slug] ?? [20 * (memory / 1024), (memory / 1024) * 6];
  return { vcpus, memory, disk, price };
}

function registry(name: string, inputs: Properties): Properties {
  const registered = text(inputs, "name", name);
  return {
    id: registered,
    name,
    region: "nyc3",
    createdAt: moment,
    serverUrl: "registry.digitalocean.com",
    endpoint: `registry.digitalocean.com/${registered}`,
    storageUsageBytes: 0,
  };
}

function kubeConfig(id: string, inputs: Properties): Properties {
  const host = `https://${id}.k8s.ondigitalocean.com`;
  const authority = Buffer.from(pem("CERTIFICATE", `${id}/ca`, 780)).toString("base64");
  const token = `dop_v1_${hex(`${id}/token`, 64)}`;
  const label = `do-${text(inputs, "region", "nyc3")}-${text(inputs, "name", "cluster")}`;
  return {
    host,
    clusterCaCertificate: authority,
    token,
    clientCertificate: "",
    clientKey: "",
    expiresAt: "2026-01-08T00:00:00Z",
    rawConfig: [
      "apiVersion: v1",
      "kind: Config",
      "clusters:",
      `- {name: ${label}, cluster: {certificate-authority-data: ${authority}, server: "${host}"}}`,
      "contexts:",
      `- {name: ${label}, context: {cluster: ${label}, user: ${label}-admin}}`,
      `current-context: ${label}`,
      "users:",
      `- {name: ${label}-admin, user: {token: ${token}}}`,
      "",
    ].join("\n"),
  };
}

const node = (seed: string, name: string): Properties => ({
  id: uuid(`${seed}/node`),
  name,
  status: "running",
  dropletId: String(number(`${seed}/droplet`)),
  createdAt: moment,
  updatedAt: moment,
});

/** What DigitalOcean computes, by type token (from the SDK's output properties). */
export const preview: PreviewAnswers = {
  resources: {
    ...databases,
    "digitalocean:index/droplet:Droplet": (name, inputs) => {
      const id = number(`do/droplet/${name}`);
      const { vcpus, memory, disk, price } = size(text(inputs, "size", ""));
      return {
        id: String(id),
        name,
        region: "nyc3",
        dropletUrn: `do:droplet:${id}`,
        ipv4Address: address,
        ipv4AddressPrivate: "10.10.10.2",
        ipv6Address: inputs.ipv6 === true ? "2001:db8::10" : "",
        publicNetworking: true,
        privateNetworking: true,
        volumeIds: [],
        vpcUuid: uuid("do/vpc/default"),
        createdAt: moment,
        status: "active",
        locked: false,
        vcpus,
        memory,
        disk,
        priceMonthly: price,
        priceHourly: Math.round((price / 672) * 100_000) / 100_000,
      };
    },
    "digitalocean:index/reservedIp:ReservedIp": () => ({
      id: address,
      ipAddress: address,
      reservedIpUrn: `do:reservedip:${address}`,
    }),
    "digitalocean:index/reservedIpAssignment:ReservedIpAssignment": (name, inputs) => ({
      id: `${count(inputs, "dropletId", 0)}-${text(inputs, "ipAddress", address)}-${number(name)}`,
    }),
    "digitalocean:index/firewall:Firewall": (name) => ({
      id: uuid(`do/firewall/${name}`),
      name,
      createdAt: moment,
      pendingChanges: [],
      status: "succeeded",
    }),
    "digitalocean:index/volume:Volume": (name) => {
      const id = uuid(`do/volume/${name}`);
      return {
        id,
        name,
        dropletIds: [],
        volumeUrn: `do:volume:${id}`,
      };
    },
    "digitalocean:index/vpc:Vpc": (name) => {
      const id = uuid(`do/vpc/${name}`);
      const ipRange = "10.10.10.0/24";
      return { id, name, ipRange, createdAt: moment, default: false, vpcUrn: `do:vpc:${id}` };
    },
    "digitalocean:index/tag:Tag": (name, inputs) => ({
      id: text(inputs, "name", name),
      name,
      databasesCount: 0,
      dropletsCount: 0,
      imagesCount: 0,
      totalResourceCount: 0,
      volumeSnapshotsCount: 0,
      volumesCount: 0,
    }),
    "digitalocean:index/kubernetesCluster:KubernetesCluster": (name, inputs) => {
      const id = uuid(`do/cluster/${name}`);
      const pool = object(inputs.nodePool);
      const nodes = count(pool, "nodeCount", count(pool, "minNodes", 1));
      return {
        id,
        name,
        clusterUrn: `do:kubernetes:${id}`,
        clusterSubnet: "10.244.0.0/16",
        serviceSubnet: "10.245.0.0/16",
        createdAt: moment,
        updatedAt: moment,
        status: "running",
        endpoint: `https://${id}.k8s.ondigitalocean.com`,
        ipv4Address: address,
        ha: false,
        vpcUuid: uuid("do/vpc/default"),
        workerSubnetUuid: "",
        ssos: [{ enabled: false }],
        kubeConfigs: [kubeConfig(id, { name, ...inputs })],
        nodePool: {
          id: uuid(`do/pool/${name}`),
          actualNodeCount: nodes,
          nodes: Array.from({ length: nodes }, (_, n) =>
            node(`${name}-${n + 1}`, `${text(pool, "name", "system")}-${n + 1}`),
          ),
          ...pool,
        },
      };
    },
    "digitalocean:index/kubernetesNodePool:KubernetesNodePool": (name, inputs) => {
      const nodes = count(inputs, "nodeCount", count(inputs, "minNodes", 1));
      return {
        id: uuid(`do/pool/${name}`),
        name,
        actualNodeCount: nodes,
        nodeCount: nodes,
        nodes: Array.from({ length: nodes }, (_, n) =>
          node(`${name}-${n + 1}`, `${text(inputs, "name", name)}-${n + 1}`),
        ),
      };
    },
    "digitalocean:index/containerRegistry:ContainerRegistry": registry,
    "digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials": (
      name,
      inputs,
    ) => {
      const token = `dop_v1_${hex(`do/credentials/${name}/${String(inputs.write)}`, 64)}`;
      const auth = Buffer.from(`${token}:${token}`).toString("base64");
      return {
        id: text(inputs, "registryName", name),
        credentialExpirationTime: "2027-01-01T00:00:00Z",
        dockerCredentials: JSON.stringify({
          auths: { "registry.digitalocean.com": { auth } },
        }),
      };
    },
    "digitalocean:index/dnsRecord:DnsRecord": (name, inputs) => {
      const label = text(inputs, "name", "@");
      const domain = text(inputs, "domain", "");
      return {
        id: String(number(`do/record/${name}`)),
        name: "@",
        ttl: 1800,
        fqdn: label === "@" ? domain : `${label}.${domain}`,
      };
    },
    "digitalocean:index/loadBalancer:LoadBalancer": (name, inputs) => {
      const id = uuid(`do/balancer/${name}`);
      return {
        id,
        name,
        ip: address,
        healthcheck: {
          protocol: "http",
          port: 80,
          path: "/",
          checkIntervalSeconds: 10,
          responseTimeoutSeconds: 5,
          healthyThreshold: 5,
          unhealthyThreshold: 3,
        },
        httpIdleTimeoutSeconds: 60,
        projectId: uuid("do/project/default"),
        stickySessions: { type: "none" },
        loadBalancerUrn: `do:loadbalancer:${id}`,
        status: "active",
        dropletIds: list(inputs, "dropletIds"),
        sizeUnit: 1,
        type: "REGIONAL",
        vpcUuid: uuid("do/vpc/default"),
      };
    },
    "digitalocean:index/spacesKey:SpacesKey": (name) => {
      const accessKey = `DO${hex(`do/key/${name}`, 18).toUpperCase()}`;
      return {
        id: accessKey,
        accessKey,
        secretKey: hex(`do/secret/${name}`, 43),
        createdAt: moment,
      };
    },
    "digitalocean:index/spacesBucket:SpacesBucket": (name, inputs) => {
      const own = text(inputs, "name", name);
      const endpoint = `${text(inputs, "region", "nyc3")}.digitaloceanspaces.com`;
      return {
        id: own,
        bucketUrn: `do:space:${own}`,
        bucketDomainName: `${own}.${endpoint}`,
        endpoint,
      };
    },
    "digitalocean:index/monitorAlert:MonitorAlert": (name) => ({ id: uuid(`do/alert/${name}`) }),
  },
  functions: digitaloceanFunctions,
  replaces,
  grows: { "digitalocean:index/volume:Volume": "size" },
};
