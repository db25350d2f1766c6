import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../../cloud";
import { kubeconfig } from "../../kubeconfig";
import { isIpv4 } from "../../../machine/docker";
import { grantAccess } from "./access";
import { makeAddons } from "./addons";
import { Autoscaler } from "./autoscaler";
import type { Client } from "../database/args";
import { makeRole } from "../identity";
import type { Found } from "./look-up";
import { makeLogs } from "./logs";
import { makeNodes } from "./nodes";
import { makeStorageClass, storageClass } from "./storage";
import { clusterName, type Place } from "../network";

interface ClusterArgs extends cloud.ClusterArgs {
  readonly place: Place;
  readonly found: Found;
}

/**
 * An EKS cluster with a managed node group. Not Auto Mode, which has no minimum and maximum of nodes,
 * chooses machine types itself and costs 12 % more (decisions.md: node-pools); so the autoscaler and the storage
 * driver are installed here.
 * @public loaded by index.ts when it is asked for
 */
export class Cluster extends pulumi.ComponentResource implements cloud.Cluster, Client {
  readonly kubeconfig: pulumi.Output<string>;
  readonly identifier: pulumi.Output<string>;
  readonly ready: readonly pulumi.Resource[];
  readonly storageClass = storageClass;
  readonly edge: cloud.EdgeBalancer;
  readonly needsMetricsServer = false;
  /** What a database lets in: the group that EKS puts on control plane and nodes. */
  readonly group: pulumi.Output<string>;

  constructor(name: string, args: ClusterArgs, opts: pulumi.ComponentResourceOptions) {
    super("berth:aws:Cluster", name, {}, opts);
    const { protect, tags } = args;
    const { plan, provider, network } = args.place;
    const child = { parent: this, provider };
    const operators = args.operators.filter(isIpv4);
    const { versions } = args.found;

    const role = makeRole(
      `${name}-role`,
      "eks.amazonaws.com",
      ["AmazonEKSClusterPolicy"],
      tags,
      child,
    );
    const logs = args.found.logs ? [] : [makeLogs(name, clusterName(plan), tags, child)];
    const cluster = new aws.eks.Cluster(
      `${name}-control-plane`,
      {
        name: clusterName(plan),
        version: versions.kubernetes,
        roleArn: role.arn,
        accessConfig: {
          authenticationMode: "API",
          bootstrapClusterCreatorAdminPermissions: true,
        },
        vpcConfig: {
          subnetIds: [...network.publicSubnets, ...network.privateSubnets].map(({ id }) => id),
          endpointPrivateAccess: true,
          // EKS takes an empty list as everybody.
          endpointPublicAccess: operators.length > 0,
          ...(operators.length > 0 && { publicAccessCidrs: operators }),
        },
        enabledClusterLogTypes: ["api", "audit", "authenticator"],
        // Without it an old version costs six times as much instead of being upgraded.
        upgradePolicy: { supportType: "STANDARD" },
        deletionProtection: protect,
        tags,
      },
      {
        ...child,
        protect,
        dependsOn: [...role.rights, ...logs],
        // Its name is unique in the account, and subnets are tagged with it.
        deleteBeforeReplace: true,
        // Of a cluster that EKS has upgraded the state may know the version before.
        ignoreChanges: versions.ahead ? ["version"] : [],
      },
    );
    this.identifier = cluster.arn;
    const access = grantAccess(
      name,
      {
        cluster: cluster.name,
        admins: args.admins.filter((one) => !args.found.makers.includes(one)),
        tags,
      },
      child,
    );
    this.group = cluster.vpcConfig.clusterSecurityGroupId;
    this.kubeconfig = kubeconfig({
      name: plan.prefix,
      server: cluster.endpoint,
      authority: cluster.certificateAuthority.data,
      exec: {
        command: "aws",
        args: [
          "--region",
          plan.region!,
          "eks",
          "get-token",
          "--cluster-name",
          cluster.name,
          "--output",
          "json",
        ],
        env: profileOf(plan.settings.provider),
        installHint: "install the AWS CLI, version 2",
      },
    });

    const addons = makeAddons(name, cluster.name, versions.addons, tags, child);
    const nodes = makeNodes(
      `${name}-nodes`,
      {
        cluster,
        network,
        versions,
        nodeType: args.nodeType,
        min: args.min,
        max: args.max,
        prefix: plan.prefix,
        tags,
        addons: addons.beforeNodes,
      },
      child,
    );
    const afterNodes = addons.afterNodes([nodes]);

    const kubernetesProvider = new kubernetes.Provider(
      `${name}-kubernetes`,
      {
        kubeconfig: this.kubeconfig,
        clusterIdentifier: this.identifier,
        enableServerSideApply: true,
        enablePatchForce: true,
      },
      // An administrator who deletes the stack loses access after the last object.
      { parent: this, dependsOn: access },
    );
    const autoscaler = new Autoscaler(
      `${name}-autoscaler`,
      { place: args.place, cluster: cluster.name, tags, kubernetes: kubernetesProvider },
      { parent: this, dependsOn: [nodes, ...addons.beforeNodes] },
    );
    const volumes = makeStorageClass(name, kubernetesProvider, this, afterNodes);
    this.ready = [nodes, ...afterNodes, autoscaler, volumes];
    this.edge = this.balancer(name, args, child);
    this.registerOutputs({ identifier: this.identifier });
  }

  /** A network load balancer in each public subnet, each with an address that outlives it. */
  private balancer(
    name: string,
    { place, protect, tags }: ClusterArgs,
    child: pulumi.CustomResourceOptions,
  ): cloud.EdgeBalancer {
    const { plan, network } = place;
    const addresses = network.zones.map(
      (zone) =>
        new aws.ec2.Eip(
          `${name}-edge-address-${zone}`,
          { domain: "vpc", tags: { ...tags, Name: `${plan.prefix}-edge-${zone}` } },
          // Created first: nothing collides, and DNS records may still point at the old one.
          { ...child, protect, deleteBeforeReplace: false },
        ),
    );
    const prefix = "service.beta.kubernetes.io/aws-load-balancer";
    return {
      annotations: {
        [`${prefix}-type`]: "nlb",
        [`${prefix}-eip-allocations`]: pulumi
          .all(addresses.map(({ allocationId }) => allocationId))
          .apply((ids) => ids.join(",")),
        [`${prefix}-subnets`]: pulumi
          .all(network.publicSubnets.map(({ id }) => id))
          .apply((ids) => ids.join(",")),
        [`${prefix}-cross-zone-load-balancing-enabled`]: "true",
        // The usual 90 s to see that a node has lost its pod are longer than the edge waits.
        [`${prefix}-healthcheck-interval`]: "10",
        [`${prefix}-healthcheck-healthy-threshold`]: "2",
        [`${prefix}-healthcheck-unhealthy-threshold`]: "2",
        [`${prefix}-additional-resource-tags`]: Object.entries(tags)
          .map(([key, value]) => `${key}=${value}`)
          .join(","),
      },
      address: addresses[0]!.publicIp,
      otherAddresses: addresses.slice(1).map(({ publicIp }) => publicIp),
      // EKS's own controller makes target groups of machines, which keep the clients' addresses, and never asks
      // them to speak the PROXY protocol.
      proxyProtocol: false,
    };
  }
}

/** The profile that the provider uses, unless it is a secret. */
function profileOf(settings: Readonly<Record<string, string>>): Record<string, string> {
  const { profile } = settings;
  return profile === undefined || profile.includes("\u0001") ? {} : { AWS_PROFILE: profile };
}
