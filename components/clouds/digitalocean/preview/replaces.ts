import type { PreviewAnswers } from "../../preview";

/** What DigitalOcean changes by a new resource: the properties that Berth's resources set; from the provider's schema. */
export const replaces: PreviewAnswers["replaces"] = {
  "digitalocean:index/containerRegistry:ContainerRegistry": ["name", "region"],
  "digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials": [
    "registryName",
  ],
  "digitalocean:index/databaseCluster:DatabaseCluster": ["engine", "name", "privateNetworkUuid"],
  "digitalocean:index/databaseFirewall:DatabaseFirewall": ["clusterId"],
  "digitalocean:index/databaseMysqlConfig:DatabaseMysqlConfig": ["clusterId"],
  "digitalocean:index/databasePostgresqlConfig:DatabasePostgresqlConfig": ["clusterId"],
  "digitalocean:index/databaseReplica:DatabaseReplica": [
    "clusterId",
    "name",
    "privateNetworkUuid",
    "region",
    "tags",
  ],
  "digitalocean:index/databaseValkeyConfig:DatabaseValkeyConfig": ["clusterId"],
  "digitalocean:index/dnsRecord:DnsRecord": ["domain", "type"],
  "digitalocean:index/droplet:Droplet": [
    "image",
    "monitoring",
    "region",
    "userData",
    "vpcUuid",
    "sshKeys",
  ],
  "digitalocean:index/kubernetesCluster:KubernetesCluster": ["region", "nodePool.size", "vpcUuid"],
  "digitalocean:index/kubernetesNodePool:KubernetesNodePool": ["clusterId", "size"],
  "digitalocean:index/loadBalancer:LoadBalancer": ["region", "vpcUuid"],
  "digitalocean:index/reservedIp:ReservedIp": ["region"],
  "digitalocean:index/reservedIpAssignment:ReservedIpAssignment": ["dropletId", "ipAddress"],
  "digitalocean:index/tag:Tag": ["name"],
  "digitalocean:index/spacesBucket:SpacesBucket": ["region"],
  "digitalocean:index/spacesBucketPolicy:SpacesBucketPolicy": ["bucket", "region"],
  "digitalocean:index/volume:Volume": [
    "name",
    "description",
    "region",
    "initialFilesystemType",
    "snapshotId",
  ],
  "digitalocean:index/vpc:Vpc": ["region", "ipRange"],
};
