import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { catalog } from "../catalog";
import { makeRole } from "../identity";
import type { Network } from "../network";
import type { Versions } from "./versions";

interface NodesArgs {
  readonly cluster: aws.eks.Cluster;
  readonly network: Network;
  readonly versions: Versions;
  readonly nodeType: string;
  readonly min: number;
  readonly max: number;
  /** Start of the names of machines and disks. */
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Add-ons that pods need from the first one on. */
  readonly addons: readonly pulumi.Resource[];
}

/** The managed node group, its machines by a launch template: encrypted disks, and more pods than addresses. */
export function makeNodes(
  name: string,
  args: NodesArgs,
  child: pulumi.CustomResourceOptions,
): aws.eks.NodeGroup {
  const { cluster, network, versions, tags } = args;
  const role = makeRole(
    `${name}-role`,
    "ec2.amazonaws.com",
    ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"],
    tags,
    child,
  );
  const template = makeTemplate(name, args, child);
  return new aws.eks.NodeGroup(
    name,
    {
      clusterName: cluster.name,
      // Without them, nodes would stay at their first version and its first image.
      version: versions.ahead ? versions.kubernetes : cluster.version,
      ...(versions.nodes !== undefined && { releaseVersion: versions.nodes }),
      nodeRoleArn: role.arn,
      subnetIds: network.privateSubnets.map(({ id }) => id),
      instanceTypes: [args.nodeType],
      amiType: "AL2023_x86_64_STANDARD",
      capacityType: "ON_DEMAND",
      // Another version of it replaces the machines one by one; the first one replaced the group.
      launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
      scalingConfig: { minSize: args.min, maxSize: args.max, desiredSize: args.min },
      updateConfig: { maxUnavailablePercentage: 33 },
      nodeRepairConfig: { enabled: true },
      tags,
    },
    {
      ...child,
      dependsOn: [...role.rights, ...network.ways, ...args.addons],
      // Its name is made up: the new group stands before pods leave the old one.
      deleteBeforeReplace: false,
      ignoreChanges: [
        // The autoscaler's, once there are nodes.
        "scalingConfig.desiredSize",
      ],
    },
  );
}

function makeTemplate(
  name: string,
  { nodeType, prefix, tags }: NodesArgs,
  child: pulumi.CustomResourceOptions,
): aws.ec2.LaunchTemplate {
  const known = catalog.machineTypes[nodeType];
  const own = { ...tags, Name: `${prefix}-node` };
  return new aws.ec2.LaunchTemplate(
    `${name}-template`,
    {
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: {
            volumeSize: 40,
            volumeType: "gp3",
            encrypted: "true",
            deleteOnTermination: "true",
          },
        },
      ],
      // One hop: no pod takes the node's role.
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        httpPutResponseHopLimit: 1,
      },
      // Of a type that the catalog does not know EKS decides.
      ...(known !== undefined && { userData: nodeConfig(known.pods ?? catalog.podsPerNode) }),
      // The group's own tags do not reach what it makes.
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
        resourceType,
        tags: own,
      })),
      tags: own,
    },
    { ...child, deleteBeforeReplace: false },
  );
}

/** What a node's first start reads besides EKS's own, in base64: as many pods as prefixes of addresses give room for. */
function nodeConfig(pods: number): string {
  const lines = [
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="berth"',
    "",
    "--berth",
    "Content-Type: application/node.eks.aws",
    "",
    "apiVersion: node.eks.aws/v1alpha1",
    "kind: NodeConfig",
    "spec:",
    "  kubelet:",
    "    config:",
    `      maxPods: ${pods}`,
    "",
    "--berth--",
    "",
  ];
  return Buffer.from(lines.join("\n")).toString("base64");
}
