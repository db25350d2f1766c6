import type { PreviewAnswers } from "../../preview";

/** What DigitalOcean changes by a new resource: the properties that Berth's resources set. */
export const replaces: PreviewAnswers["replaces"] = {
  "digitalocean:index/databaseCluster:DatabaseCluster": ["engine", "name"],
  "digitalocean:index/databaseMysqlConfig:DatabaseMysqlConfig": ["clusterId"],
  "digitalocean:index/databasePostgresqlConfig:DatabasePostgresqlConfig": ["clusterId"],
  "digitalocean:index/databaseReplica:DatabaseReplica": ["clusterId", "name", "region"],
  "digitalocean:index/databaseValkeyConfig:DatabaseValkeyConfig": ["clusterId"],
  "digitalocean:index/droplet:Droplet": ["image", "region", "userData", "vpcUuid", "sshKeys"],
  "digitalocean:index/kubernetesCluster:KubernetesCluster": [
    "region",
    "name",
    "nodePool.size",
    "vpcUuid",
  ],
  "digitalocean:index/reservedIp:ReservedIp": ["region"],
  "digitalocean:index/volume:Volume": ["name", "region", "initialFilesystemType", "snapshotId"],
  "digitalocean:index/vpc:Vpc": ["region", "ipRange"],
};
