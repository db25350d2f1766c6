import type { Rules, Site } from "../cloud/cloud";
import type { Thing } from "../cloud/world";
import type { Properties } from "../values";
import { balancer } from "./balancers";

const type = {
  vpc: "aws:ec2/vpc:Vpc",
  subnet: "aws:ec2/subnet:Subnet",
  gateway: "aws:ec2/internetGateway:InternetGateway",
  nat: "aws:ec2/natGateway:NatGateway",
  table: "aws:ec2/routeTable:RouteTable",
  group: "aws:ec2/securityGroup:SecurityGroup",
  instance: "aws:ec2/instance:Instance",
  volume: "aws:ebs/volume:Volume",
  attachment: "aws:ec2/volumeAttachment:VolumeAttachment",
  address: "aws:ec2/eip:Eip",
  association: "aws:ec2/eipAssociation:EipAssociation",
  role: "aws:iam/role:Role",
  cluster: "aws:eks/cluster:Cluster",
  documents: "aws:docdb/cluster:Cluster",
  bucket: "aws:s3/bucket:Bucket",
};

const inVpc: Rules = { references: { vpcId: { type: type.vpc, blocks: true } } };
const groupRule: Rules = {
  references: { securityGroupId: { type: type.group, vanishes: true } },
};
const ofBucket: Rules = { references: { bucket: { type: type.bucket } } };
const ofCluster: Rules = { references: { clusterName: { type: type.cluster, blocks: true } } };
const ofRole: Rules = { references: { role: { type: type.role, blocks: true } } };

/** Taking a volume from a machine that runs breaks its file system, unless the machine stops first. */
function detach(attachment: Thing, { world }: Site): void {
  const { instanceId, volumeId, stopInstanceBeforeDetaching } = attachment.inputs;
  const machine = world.get(type.instance, instanceId);
  const volume = { type: type.volume, id: String(volumeId) };
  const runs = machine?.outputs.instanceState === "running";
  if (runs && stopInstanceBeforeDetaching === true) {
    world.change(type.instance, machine.name, { outputs: { instanceState: "stopped" } });
    world.tell("stopped", machine);
    world.tell("detached", volume, machine.id);
  } else world.tell(runs ? "detached while running" : "detached", volume, machine?.id ?? "nothing");
}

function protectedBy(key: string): Required<Pick<Rules, "deleting">> {
  return {
    deleting: ({ name, inputs }) => {
      if (inputs[key] === true)
        throw new Error(`OperationNotPermitted: ${name} is protected by ${key}`);
    },
  };
}

/** A gateway stays as long as anything in its VPC has a public address through it. */
function mapped({ name, inputs: { vpcId } }: Thing, { world }: Site): void {
  const inside = (subnet: unknown): boolean =>
    world.get(type.subnet, subnet)?.inputs.vpcId === vpcId;
  const used = world
    .things()
    .filter(
      ({ type: held, inputs }) =>
        (held === type.nat && inside(inputs.subnetId)) ||
        (held === balancer && (inputs.subnetIds as unknown[]).some(inside)),
    );
  if (used.length > 0)
    throw new Error(
      `DependencyViolation: the network of ${name} has mapped public addresses: ${used.map((thing) => thing.name).join(", ")}`,
    );
}

const growing =
  (key: string) =>
  (thing: Thing, next: Properties): void => {
    if (Number(next[key]) < Number(thing.inputs[key]))
      throw new Error(`InvalidParameter: ${key} can only grow`);
  };

/** A database server's end: refused while it is protected, and a last copy of what it held. */
function leaveSnapshot(thing: Thing, site: Site): void {
  protectedBy("deletionProtection").deleting(thing, site);
  const { skipFinalSnapshot, finalSnapshotIdentifier, replicateSourceDb } = thing.inputs;
  if (skipFinalSnapshot === true || replicateSourceDb !== undefined) return;
  if (typeof finalSnapshotIdentifier !== "string")
    throw new Error("final_snapshot_identifier is required when skip_final_snapshot is false");
  site.world.tell("final snapshot", thing, finalSnapshotIdentifier);
}

/** What AWS does beyond its property facts, by type token. */
export const rules: Readonly<Record<string, Rules>> = {
  [type.subnet]: inVpc,
  [type.gateway]: { ...inVpc, deleting: mapped },
  [type.table]: inVpc,
  [type.group]: { ...inVpc, sets: ["ingress", "egress"] },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    references: { subnetId: { type: type.subnet }, routeTableId: { type: type.table } },
  },
  "aws:ec2/route:Route": { references: { routeTableId: { type: type.table, vanishes: true } } },
  [balancer]: {
    references: {
      subnetIds: { type: type.subnet, blocks: true },
      allocationIds: { type: type.address, by: "allocationId", blocks: true },
    },
  },
  [type.nat]: {
    references: {
      subnetId: { type: type.subnet, blocks: true },
      allocationId: { type: type.address, blocks: true },
    },
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": groupRule,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": groupRule,
  [type.instance]: {
    references: {
      subnetId: { type: type.subnet, blocks: true },
      vpcSecurityGroupIds: { type: type.group, blocks: true },
    },
    forces: ["rootBlockDevice.encrypted", "rootBlockDevice.kmsKeyId"],
    sets: ["vpcSecurityGroupIds"],
    replaces: (_old, next, changed) =>
      next.userDataReplaceOnChange === true
        ? changed.filter((key) => key === "userData" || key === "userDataBase64")
        : [],
    creating: ({ userData }) => {
      if (typeof userData === "string" && Buffer.byteLength(userData) > 16 * 1024)
        throw new Error("InvalidParameterValue: User data is limited to 16384 bytes");
    },
    updating: (thing, next, { world }) => {
      const { instanceType, userData } = thing.inputs;
      if (instanceType !== next.instanceType || userData !== next.userData)
        world.tell("stopped and started", thing);
    },
    deleting: (thing, site) => {
      protectedBy("disableApiTermination").deleting(thing, site);
      for (const attachment of site.world.things(type.attachment))
        if (attachment.inputs.instanceId === thing.id) {
          site.world.change(type.instance, thing.name, { outputs: { instanceState: "shut down" } });
          detach(attachment, site);
        }
    },
  },
  [type.volume]: { updating: growing("size") },
  [type.attachment]: {
    references: {
      instanceId: { type: type.instance, vanishes: true },
      volumeId: { type: type.volume, blocks: true },
    },
    creating: ({ instanceId, volumeId }, { world }) => {
      const held = world.things(type.attachment).some(({ inputs }) => inputs.volumeId === volumeId);
      if (held) throw new Error(`VolumeInUse: ${String(volumeId)} is already attached`);
      const subnet = world.get(type.subnet, world.get(type.instance, instanceId)?.inputs.subnetId);
      const zone = world.get(type.volume, volumeId)?.inputs.availabilityZone;
      const own = subnet?.inputs.availabilityZone;
      if (typeof own === "string" && own !== zone)
        throw new Error(
          `InvalidVolume.ZoneMismatch: the volume is in ${String(zone)}, the instance in ${own}`,
        );
    },
    deleting: detach,
  },
  [type.association]: {
    references: {
      instanceId: { type: type.instance, vanishes: true },
      allocationId: { type: type.address, blocks: true },
    },
  },
  "aws:iam/rolePolicy:RolePolicy": ofRole,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ofRole,
  "aws:iam/instanceProfile:InstanceProfile": ofRole,
  [type.cluster]: {
    ...protectedBy("deletionProtection"),
    references: { "vpcConfig.subnetIds": { type: type.subnet, blocks: true } },
    forces: ["kubernetesNetworkConfig.serviceIpv4Cidr", "kubernetesNetworkConfig.ipFamily"],
  },
  "aws:eks/nodeGroup:NodeGroup": {
    references: { ...ofCluster.references, subnetIds: { type: type.subnet, blocks: true } },
    sets: ["subnetIds", "taints"],
  },
  "aws:eks/addon:Addon": ofCluster,
  "aws:eks/accessEntry:AccessEntry": ofCluster,
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": ofCluster,
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": ofCluster,
  "aws:rds/instance:Instance": {
    references: { vpcSecurityGroupIds: { type: type.group, blocks: true } },
    sets: ["vpcSecurityGroupIds"],
    updating: growing("allocatedStorage"),
    deleting: leaveSnapshot,
  },
  [type.documents]: {
    references: { vpcSecurityGroupIds: { type: type.group, blocks: true } },
    sets: ["vpcSecurityGroupIds"],
    check: ({ backupRetentionPeriod }) =>
      backupRetentionPeriod === 0
        ? [
            {
              property: "backupRetentionPeriod",
              reason: "DocumentDB keeps backups, a day at least",
            },
          ]
        : [],
    deleting: leaveSnapshot,
  },
  // A cluster is not deleted while it has instances.
  "aws:docdb/clusterInstance:ClusterInstance": {
    references: { clusterIdentifier: { type: type.documents, blocks: true } },
  },
  [type.bucket]: {
    deleting: (thing, { world }) => {
      const full = world
        .things("aws:s3/bucketObjectv2:BucketObjectv2")
        .some(({ inputs }) => [thing.id, thing.outputs.bucket].includes(inputs.bucket));
      if (full && thing.inputs.forceDestroy !== true)
        throw new Error(`BucketNotEmpty: ${thing.id}`);
    },
  },
  "aws:s3/bucketPolicy:BucketPolicy": ofBucket,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofBucket,
  "aws:s3/bucketObjectv2:BucketObjectv2": ofBucket,
};
