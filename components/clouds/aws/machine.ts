import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { certificates } from "../../machine/certificates";
import { dockerEndpoint, machineUserData, openings } from "../../machine/docker";
import { growsOnly } from "../../model/grows-only";
import { refuseLeftover, type Leftover } from "../../machine/leftover";
import { makeAlerts } from "./alerts";
import type { Plan } from "../../plan/plan";
import type { Client } from "./database/args";
import { makeRole } from "./identity";
import { imageOf, type Standing } from "./image";
import type { Place } from "./network";

interface MachineArgs extends cloud.MachineArgs {
  readonly place: Place;
  /** The machine that the stack has already, as far as that is known. */
  readonly standing: Standing | undefined;
}

/** The tag `Name` of the machine and its address. */
export const machineName = ({ prefix }: Plan): string => `${prefix}-machine`;

/** An EC2 instance whose Docker lives on an EBS volume, behind an elastic address. */
export class Machine extends pulumi.ComponentResource implements cloud.Machine, Client {
  readonly address: pulumi.Output<string>;
  readonly docker: cloud.DockerEndpoint;
  readonly disk: aws.ebs.Volume;
  /** What a database lets in. */
  readonly group: pulumi.Output<string>;

  constructor(name: string, args: MachineArgs, opts: pulumi.ComponentResourceOptions) {
    super("berth:aws:Machine", name, {}, opts);
    const { protect } = args;
    const { plan, provider, network, tls } = args.place;
    const child = { parent: this, provider };
    const tags = { ...args.tags, Name: machineName(plan) };

    const address = new aws.ec2.Eip(
      `${name}-address`,
      { domain: "vpc", tags },
      // Created first: nothing collides, and DNS records may still point at the old one.
      { ...child, protect, deleteBeforeReplace: false },
    );
    this.address = address.publicIp;
    const certs = certificates(name, this.address, tls, this);

    this.disk = new aws.ebs.Volume(
      `${name}-disk`,
      {
        availabilityZone: network.zone,
        size: args.disk,
        type: "gp3",
        encrypted: true,
        // Also of a disk that is no longer protected: that is how a stack is deleted.
        finalSnapshot: true,
        tags: { ...args.tags, Name: `${plan.prefix}-data` },
      },
      // Created before the old one is deleted; its id is in the user-data, so the machine is replaced, too.
      {
        ...child,
        protect,
        deleteBeforeReplace: false,
        hooks: growsOnly(`${name}-disk`, "disk", ({ size }) => size),
      },
    );

    const firewall = this.firewall(name, args, child);
    this.group = firewall.group.id;
    const userData = machineUserData(this.disk.id.apply(devicePath), certs);
    const image = imageOf(args.standing, userData, provider);

    const instance = new aws.ec2.Instance(
      `${name}-instance`,
      {
        ami: image.ami,
        instanceType: args.type,
        subnetId: network.publicSubnets[0]!.id,
        vpcSecurityGroupIds: [this.group],
        // Until the elastic address is associated: packages come from the internet.
        associatePublicIpAddress: true,
        iamInstanceProfile: this.identity(name, args, child),
        userData,
        // A running machine does not read changed user-data.
        userDataReplaceOnChange: true,
        // One hop: no container reaches the user-data.
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
        },
        rootBlockDevice: {
          volumeType: "gp3",
          volumeSize: 16,
          encrypted: true,
          deleteOnTermination: true,
          tags,
        },
        // The default of t3 bills what goes beyond its credits.
        ...(/^t\d/.test(args.type) && { creditSpecification: { cpuCredits: "standard" } }),
        maintenanceOptions: { autoRecovery: "default" },
        tags,
      },
      {
        ...child,
        // Not on ingress rules: a targeted update could not delete one that the machine depends on.
        dependsOn: [firewall.wayOut, ...network.ways],
        // The disk can be attached to one machine only, so the old one is deleted first.
        deleteBeforeReplace: true,
        ignoreChanges: [
          ...image.ignoreChanges,
          // AWS reports the elastic address as the machine's own once it is there.
          "associatePublicIpAddress",
        ],
        hooks: refuseLeftover(() => leftover(tags, provider)),
      },
    );
    const attachment = new aws.ec2.VolumeAttachment(
      `${name}-disk-attachment`,
      {
        deviceName: "/dev/sdf",
        instanceId: instance.id,
        volumeId: this.disk.id,
        // Docker stops its containers before the disk is detached.
        stopInstanceBeforeDetaching: true,
      },
      // A volume is attached to one machine, under one device name.
      { ...child, deleteBeforeReplace: true },
    );
    const association = new aws.ec2.EipAssociation(
      `${name}-address-association`,
      { instanceId: instance.id, allocationId: address.allocationId },
      // An address is held by one machine.
      { ...child, deleteBeforeReplace: true },
    );
    const { alerts } = plan.settings.monitoring;
    if (alerts !== undefined) makeAlerts(name, alerts, plan.prefix, instance.id, tags, child);
    const ready = pulumi.all([
      attachment.id,
      association.id,
      ...firewall.waysIn.map(({ id }) => id),
    ]);
    this.docker = dockerEndpoint(this.address, certs, ready);
    this.registerOutputs({ address: this.address });
  }

  private firewall(
    name: string,
    args: cloud.MachineArgs & { readonly place: Place },
    child: pulumi.CustomResourceOptions,
  ): {
    group: aws.ec2.SecurityGroup;
    waysIn: pulumi.CustomResource[];
    wayOut: pulumi.CustomResource;
  } {
    const { plan, network } = args.place;
    // Rules are found by what they open, so a replaced one is made first.
    const order = { ...child, deleteBeforeReplace: false };
    const group = new aws.ec2.SecurityGroup(
      `${name}-firewall`,
      {
        vpcId: network.id,
        namePrefix: `${plan.prefix}-machine-`,
        description: "Web and Docker API",
        tags: { ...args.tags, Name: `${plan.prefix}-machine` },
      },
      // A group in use cannot be deleted: the machine moves to the new one first.
      order,
    );
    const waysIn = openings(args).flatMap(({ protocol, from, to, range, sources }) =>
      sources.map(
        (source) =>
          new aws.vpc.SecurityGroupIngressRule(
            `${name}-in-${protocol}-${range}-${source.replace("/", "-")}`,
            {
              securityGroupId: group.id,
              ipProtocol: protocol,
              fromPort: from,
              toPort: to,
              cidrIpv4: source,
              tags: args.tags,
            },
            order,
          ),
      ),
    );
    // The provider removes the rule for what goes out that AWS makes by itself.
    const wayOut = new aws.vpc.SecurityGroupEgressRule(
      `${name}-out`,
      { securityGroupId: group.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0", tags: args.tags },
      order,
    );
    return { group, waysIn, wayOut };
  }

  /** For Session Manager alone: a shell when Docker's API is dead, without an open port. */
  private identity(
    name: string,
    args: cloud.MachineArgs,
    child: pulumi.CustomResourceOptions,
  ): pulumi.Output<string> {
    const role = makeRole(
      `${name}-role`,
      "ec2.amazonaws.com",
      ["AmazonSSMManagedInstanceCore"],
      args.tags,
      child,
    );
    return new aws.iam.InstanceProfile(
      `${name}-profile`,
      { role: role.name, tags: args.tags },
      // Its name is generated, so it is created before the machine changes over from the old one.
      { ...child, deleteBeforeReplace: false },
    ).name;
  }
}

/** Stable on Nitro machines, independent of the order of disks: the volume's id without its dash. */
function devicePath(volume: string): string {
  return `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volume.replace("-", "")}`;
}

/** A terminated machine is still listed for an hour. */
const alive = ["pending", "running", "stopping", "stopped"];

async function leftover(
  instanceTags: Record<string, string>,
  provider: pulumi.ProviderResource,
): Promise<Leftover | undefined> {
  const { ids, region } = await aws.ec2.getInstances(
    { instanceTags, instanceStateNames: alive },
    { provider },
  );
  const [id] = ids;
  if (id === undefined) return undefined;
  return {
    what: `instance ${id}`,
    remove: `aws ec2 terminate-instances --region ${region} --instance-ids ${id}`,
  };
}
