import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { kubeconfig } from "../kubeconfig";
import { isIpv4 } from "../../machine/docker";
import { physicalName } from "../names";
import { grantAccess } from "./admins";
import { labels, podRange, serviceRange, type Place } from "./network";

interface ClusterArgs extends cloud.ClusterArgs {
  readonly place: Place;
}

/** Where the control plane calls from. */
const controlPlaneRange = "172.16.0.0/28";

/**
 * Ports of pods that the control plane calls: KEDA's metrics and its webhook, webhooks in general. Google opens 443 and
 * 10250 (cert-manager's webhook) by itself, and private nodes take nothing else from it.
 */
const calledPorts = ["6443", "8443", "9443"];

/** A GKE Standard cluster in one zone, its nodes without public addresses. */
export class Cluster extends pulumi.ComponentResource implements cloud.Cluster {
  readonly kubeconfig: pulumi.Output<string>;
  readonly identifier: pulumi.Output<string>;
  readonly ready: readonly pulumi.Resource[];
  readonly storageClass = "standard-rwo";
  readonly sharedStorageClass = "standard-rwx";
  readonly edge: cloud.EdgeBalancer;
  readonly needsMetricsServer = false;

  constructor(name: string, args: ClusterArgs, opts: pulumi.ComponentResourceOptions) {
    super("berth:gcp:Cluster", name, {}, opts);
    const { protect } = args;
    const { plan, provider, network, apis } = args.place;
    // Names are unique in the project, so a second one cannot be made beside the first.
    const child = { parent: this, provider, deleteBeforeReplace: true };
    const tags = labels(args.tags);
    const nodes = this.identity(name, args.place, child);
    const nodeIdentity = {
      serviceAccount: nodes.account.email,
      oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
    };
    const shared = plan.volumes.some((volume) => volume.shared);

    const cluster = new gcp.container.Cluster(
      `${name}-control-plane`,
      {
        name: physicalName(plan.prefix, "cluster", 40),
        location: network.zone,
        network: network.id,
        subnetwork: network.subnet.id,
        networkingMode: "VPC_NATIVE",
        ipAllocationPolicy: {
          clusterSecondaryRangeName: podRange,
          servicesSecondaryRangeName: serviceRange,
        },
        // NetworkPolicies are enforced by it.
        datapathProvider: "ADVANCED_DATAPATH",
        privateClusterConfig: {
          enablePrivateNodes: true,
          enablePrivateEndpoint: false,
          masterIpv4CidrBlock: controlPlaneRange,
        },
        masterAuthorizedNetworksConfig: {
          cidrBlocks: args.operators.filter(isIpv4).map((cidrBlock) => ({ cidrBlock })),
        },
        workloadIdentityConfig: {
          workloadPool: pulumi.interpolate`${nodes.account.project}.svc.id.goog`,
        },
        releaseChannel: { channel: "REGULAR" },
        maintenancePolicy: { dailyMaintenanceWindow: { startTime: "03:00" } },
        loggingConfig: { enableComponents: ["SYSTEM_COMPONENTS", "WORKLOADS"] },
        monitoringConfig: { enableComponents: ["SYSTEM_COMPONENTS"] },
        ...(shared && { addonsConfig: { gcpFilestoreCsiDriverConfig: { enabled: true } } }),
        // The pool that every cluster is born with goes at once; nodes are a resource of their own.
        initialNodeCount: 1,
        removeDefaultNodePool: true,
        nodeConfig: nodeIdentity,
        deletionProtection: protect,
        resourceLabels: tags,
      },
      {
        ...child,
        protect,
        dependsOn: [...nodes.rights, ...network.ways, ...(shared ? [apis.on("file")] : [])],
        ignoreChanges: [
          // Of the pool that is gone.
          "nodeConfig",
        ],
      },
    );
    const pool = new gcp.container.NodePool(
      `${name}-nodes`,
      {
        cluster: cluster.id,
        location: network.zone,
        initialNodeCount: args.min,
        // Of the pool as a whole; the other two are for each zone.
        autoscaling: {
          totalMinNodeCount: args.min,
          totalMaxNodeCount: args.max,
          locationPolicy: "BALANCED",
        },
        management: { autoRepair: true, autoUpgrade: true },
        upgradeSettings: { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 },
        nodeConfig: {
          ...nodeIdentity,
          machineType: args.nodeType,
          diskSizeGb: 50,
          diskType: "pd-balanced",
          imageType: "COS_CONTAINERD",
          // Pods see their own identity there, never the node's.
          workloadMetadataConfig: { mode: "GKE_METADATA" },
          shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
          resourceLabels: tags,
        },
      },
      {
        ...child,
        // Its name is made up: the new pool stands before pods leave the old one.
        deleteBeforeReplace: false,
        ignoreChanges: [
          // The autoscaler's, once there are nodes.
          "initialNodeCount",
          "nodeCount",
        ],
      },
    );
    new gcp.compute.Firewall(
      `${name}-in-control-plane`,
      {
        name: physicalName(plan.prefix, "control-plane"),
        network: network.id,
        direction: "INGRESS",
        sourceRanges: [controlPlaneRange],
        targetServiceAccounts: [nodes.account.email],
        allows: [{ protocol: "tcp", ports: calledPorts }],
      },
      child,
    );
    const address = new gcp.compute.Address(
      `${name}-edge-address`,
      {
        name: physicalName(plan.prefix, "edge"),
        region: network.region,
        addressType: "EXTERNAL",
        networkTier: "PREMIUM",
        labels: tags,
      },
      { ...child, protect, dependsOn: network },
    );

    this.kubeconfig = kubeconfig({
      name: plan.prefix,
      server: pulumi.interpolate`https://${cluster.endpoint}`,
      authority: cluster.masterAuth.clusterCaCertificate,
      exec: {
        command: "gke-gcloud-auth-plugin",
        provideClusterInfo: true,
        installHint: "install it by `gcloud components install gke-gcloud-auth-plugin`",
      },
    });
    this.identifier = cluster.id;
    this.ready = [pool, ...grantAccess(name, args.admins, nodes.account.project, child)];
    this.edge = {
      annotations: { "cloud.google.com/l4-rbs": "enabled" },
      loadBalancerIP: address.address,
      address: address.address,
      proxyProtocol: false,
    };
    this.registerOutputs({ identifier: this.identifier });
  }

  /** Nodes may write logs and metrics and pull images, and nothing else of the project. */
  private identity(
    name: string,
    { plan }: Place,
    child: pulumi.CustomResourceOptions,
  ): { account: gcp.serviceaccount.Account; rights: pulumi.Resource[] } {
    const account = new gcp.serviceaccount.Account(
      `${name}-identity`,
      {
        accountId: physicalName(plan.prefix, "nodes", 30),
        displayName: `Nodes of ${plan.prefix}`,
      },
      child,
    );
    const rights = ["container.defaultNodeServiceAccount", "artifactregistry.reader"].map(
      (role) =>
        new gcp.projects.IAMMember(
          `${name}-identity-${role.split(".")[0]!}`,
          {
            project: account.project,
            role: `roles/${role}`,
            member: pulumi.interpolate`serviceAccount:${account.email}`,
          },
          child,
        ),
    );
    return { account, rights };
  }
}
