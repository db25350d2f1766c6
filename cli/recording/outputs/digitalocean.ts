import { digitaloceanFunctions } from "./digitalocean-functions";
import { databases } from "./digitalocean-databases";
import {
  address,
  count,
  hex,
  letters,
  list,
  moment,
  number,
  object,
  pem,
  text,
  uuid,
  type Knowledge,
  type Properties,
} from "./known";

/** vCPUs, memory in MiB, disk in GiB and USD a month of a size slug such as `s-2vcpu-4gb`. */
export function size(slug: string): { vcpus: number; memory: number; disk: number; price: number } {
  const match = /(\d+)vcpu-(\d+)(gb|mb)/.exec(slug);
  const vcpus = Number(match?.[1] ?? 2);
  const memory = Number(match?.[2] ?? 4) * (match?.[3] === "mb" ? 1 : 1024);
  const listed: Record<string, number> = {
    "s-1vcpu-512mb-10gb": 4,
    "s-1vcpu-1gb": 6,
    "s-1vcpu-2gb": 12,
    "s-2vcpu-2gb": 18,
    "s-2vcpu-4gb": 24,
    "s-4vcpu-8gb": 48,
    "s-8vcpu-16gb": 96,
  };
  return { vcpus, memory, disk: 20 * (memory / 1024), price: listed[slug] ?? (memory / 1024) * 6 };
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

const node = (seed: string): Properties => ({
  id: uuid(`${seed}/node`),
  name: `${seed}-node`,
  status: "running",
  dropletId: String(number(`${seed}/droplet`)),
  createdAt: moment,
  updatedAt: moment,
});

/** What DigitalOcean computes, by type token (from the SDK's output properties). */
export const digitalocean: Knowledge = {
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
    "digitalocean:index/volume:Volume": (name, inputs) => {
      const id = uuid(`do/volume/${name}`);
      return {
        id,
        name,
        dropletIds: [],
        filesystemLabel: text(inputs, "initialFilesystemLabel", ""),
        filesystemType: text(inputs, "initialFilesystemType", ""),
        volumeUrn: `do:volume:${id}`,
      };
    },
    "digitalocean:index/volumeAttachment:VolumeAttachment": (name, inputs) => ({
      id: `${count(inputs, "dropletId", 0)}-${text(inputs, "volumeId", "")}-${number(name)}`,
    }),
    "digitalocean:index/vpc:Vpc": (name) => {
      const id = uuid(`do/vpc/${name}`);
      const ipRange = "10.10.10.0/24";
      return { id, name, ipRange, createdAt: moment, default: false, vpcUrn: `do:vpc:${id}` };
    },
    "digitalocean:index/sshKey:SshKey": (name) => ({
      id: String(number(`do/key/${name}`)),
      name,
      fingerprint: hex(`do/key/${name}`, 32).replace(/(..)(?=.)/g, "$1:"),
    }),
    "digitalocean:index/project:Project": (name) => ({
      id: uuid(`do/project/${name}`),
      name,
      resources: [],
      createdAt: moment,
      updatedAt: moment,
      ownerId: 1,
      ownerUuid: uuid("do/owner"),
    }),
    "digitalocean:index/projectResources:ProjectResources": (_, inputs) => ({
      id: text(inputs, "project", uuid("do/project")),
    }),
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
        kubeConfigs: [kubeConfig(id, { name, ...inputs })],
        nodePool: {
          id: uuid(`do/pool/${name}`),
          actualNodeCount: nodes,
          nodes: Array.from({ length: nodes }, (_, n) => node(`${name}-${n + 1}`)),
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
        nodes: Array.from({ length: nodes }, (_, n) => node(`${name}-${n + 1}`)),
      };
    },
    "digitalocean:index/containerRegistry:ContainerRegistry": registry,
    "digitalocean:index/containerRegistries:ContainerRegistries": registry,
    "digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials": (
      name,
      inputs,
    ) => {
      const token = `dop_v1_${hex(`do/credentials/${name}`, 64)}`;
      const auth = Buffer.from(`${token}:${token}`).toString("base64");
      return {
        id: text(inputs, "registryName", name),
        credentialExpirationTime: "2027-01-01T00:00:00Z",
        dockerCredentials: JSON.stringify({
          auths: { "registry.digitalocean.com": { auth } },
        }),
      };
    },
    "digitalocean:index/spacesBucket:SpacesBucket": (name, inputs) => {
      const bucket = text(inputs, "name", name);
      const region = text(inputs, "region", "nyc3");
      return {
        id: bucket,
        name,
        region: "nyc3",
        bucketDomainName: `${bucket}.${region}.digitaloceanspaces.com`,
        bucketUrn: `do:space:${bucket}`,
        endpoint: `${region}.digitaloceanspaces.com`,
      };
    },
    "digitalocean:index/spacesBucketObject:SpacesBucketObject": (name, inputs) => ({
      id: text(inputs, "key", name),
      contentType: "application/octet-stream",
      etag: hex(`do/object/${name}`, 32),
      versionId: "",
    }),
    "digitalocean:index/spacesKey:SpacesKey": (name) => {
      const accessKey = `DO00${letters(`do/spaces/${name}`, 16).toUpperCase()}`;
      const secretKey = letters(`do/spaces/${name}/secret`, 43);
      return { id: accessKey, name, accessKey, secretKey, createdAt: moment };
    },
    "digitalocean:index/cdn:Cdn": (name, inputs) => ({
      id: uuid(`do/cdn/${name}`),
      createdAt: moment,
      endpoint: text(inputs, "origin", "").replace(".digitalocean", ".cdn.digitalocean"),
      certificateId: "",
      certificateName: "",
      ttl: 3600,
    }),
    "digitalocean:index/certificate:Certificate": (name, inputs) => ({
      id: text(inputs, "name", name),
      name,
      uuid: uuid(`do/certificate/${name}`),
      notAfter: "2026-04-01T00:00:00Z",
      sha1Fingerprint: hex(`do/certificate/${name}`, 40),
      state: "verified",
    }),
    "digitalocean:index/domain:Domain": (name, inputs) => ({
      id: text(inputs, "name", name),
      domainUrn: `do:domain:${text(inputs, "name", name)}`,
      ttl: 1800,
    }),
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
        ipv6: "",
        loadBalancerUrn: `do:loadbalancer:${id}`,
        status: "active",
        dropletIds: list(inputs, "dropletIds"),
        sizeUnit: 1,
        type: "REGIONAL",
        vpcUuid: uuid("do/vpc/default"),
      };
    },
    "digitalocean:index/monitorAlert:MonitorAlert": (name) => {
      const id = uuid(`do/alert/${name}`);
      return { id, uuid: id };
    },
    "digitalocean:index/uptimeCheck:UptimeCheck": (name) => ({
      id: uuid(`do/check/${name}`),
      name,
    }),
    "digitalocean:index/uptimeAlert:UptimeAlert": (name) => ({
      id: uuid(`do/uptimealert/${name}`),
      name,
    }),
    "digitalocean:index/app:App": (name, inputs) => {
      const host = `${text(object(inputs.spec), "name", name)}-${letters(name, 5).toLowerCase()}`;
      const id = uuid(`do/app/${name}`);
      return {
        id,
        appUrn: `do:app:${id}`,
        activeDeploymentId: uuid(`do/app/${name}/deployment`),
        defaultIngress: `https://${host}.ondigitalocean.app`,
        liveDomain: `${host}.ondigitalocean.app`,
        liveUrl: `https://${host}.ondigitalocean.app`,
        projectId: uuid("do/project/default"),
        dedicatedIps: [],
        createdAt: moment,
        updatedAt: moment,
      };
    },
  },
  functions: digitaloceanFunctions,
};
