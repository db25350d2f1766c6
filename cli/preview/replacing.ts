/**
 * Properties that a provider cannot change in place, by type: the ones that Berth's resources set and
 * that change in practice. `*` is every property.
 */
const table: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/instance:Instance": [
    "ami",
    "availabilityZone",
    "subnetId",
    "userData",
    "userDataBase64",
  ],
  "aws:ebs/volume:Volume": ["availabilityZone", "encrypted", "kmsKeyId", "snapshotId"],
  "aws:rds/instance:Instance": ["engine", "dbName", "username", "storageEncrypted", "kmsKeyId"],
  "aws:eks/cluster:Cluster": ["name", "roleArn", "vpcConfig.subnetIds"],
  "aws:eks/nodeGroup:NodeGroup": ["instanceTypes", "subnetIds", "diskSize", "amiType"],
  "digitalocean:index/droplet:Droplet": ["image", "region", "userData", "vpcUuid", "sshKeys"],
  "digitalocean:index/volume:Volume": ["name", "region", "initialFilesystemType", "snapshotId"],
  "digitalocean:index/vpc:Vpc": ["region", "ipRange"],
  "digitalocean:index/reservedIp:ReservedIp": ["region"],
  "digitalocean:index/databaseCluster:DatabaseCluster": ["engine", "name"],
  "digitalocean:index/databaseReplica:DatabaseReplica": ["clusterId", "name", "region"],
  "digitalocean:index/kubernetesCluster:KubernetesCluster": [
    "region",
    "name",
    "nodePool.size",
    "vpcUuid",
  ],
  "docker:index/image:Image": [],
  "docker:index/network:Network": ["*"],
  "docker:index/volume:Volume": ["*"],
  "docker:index/remoteImage:RemoteImage": ["name", "platform"],
  "gcp:compute/instance:Instance": ["name", "zone", "bootDisk", "networkInterfaces"],
  "gcp:compute/disk:Disk": ["name", "zone", "type"],
  "gcp:sql/databaseInstance:DatabaseInstance": ["name", "region"],
  "gcp:container/cluster:Cluster": ["name", "location", "network", "subnetwork"],
  "gcp:container/nodePool:NodePool": ["cluster", "location", "nodeConfig.machineType"],
  "kubernetes:apps/v1:Deployment": ["spec.selector"],
  "kubernetes:apps/v1:DaemonSet": ["spec.selector"],
  "kubernetes:apps/v1:StatefulSet": [
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "kubernetes:batch/v1:Job": ["spec.template", "spec.selector", "spec.completions"],
  "kubernetes:core/v1:PersistentVolumeClaim": [
    "spec.storageClassName",
    "spec.accessModes",
    "spec.volumeName",
  ],
  "kubernetes:core/v1:ConfigMap": ["data", "binaryData", "immutable"],
  "kubernetes:core/v1:Secret": ["data", "stringData", "type", "immutable"],
};

/** Whether a change at a path makes the provider replace the resource. */
export function replacing(type: string, path: string): boolean {
  const [pkg] = type.split(":");
  if (pkg === "random" || pkg === "tls") return true;
  if (pkg === "kubernetes" && /^(kind|apiVersion|metadata\.(name|namespace))$/.test(path))
    return true;
  return (table[type] ?? []).some(
    (property) =>
      property === "*" ||
      path === property ||
      path.startsWith(`${property}.`) ||
      path.startsWith(`${property}[`),
  );
}
