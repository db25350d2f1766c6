import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { kubeconfig } from "../kubeconfig";
import { isIpv4 } from "../../machine/docker";
import { physicalName } from "../names";
import type { Client } from "./database";
import { tagList, type Place } from "./network";

interface ClusterArgs extends cloud.ClusterArgs {
  readonly place: Place;
}

/** A DOKS cluster, with a load balancer that has its address before the edge exists. */
export class Cluster extends pulumi.ComponentResource implements cloud.Cluster, Client {
  readonly kubeconfig: pulumi.Output<string>;
  readonly identifier: pulumi.Output<string>;
  readonly ready: readonly pulumi.Resource[];
  readonly storageClass = "do-block-storage";
  readonly edge: cloud.EdgeBalancer;
  readonly needsMetricsServer = true;
  /** What a database lets in. */
  readonly source: Client["source"];

  constructor(name: string, args: ClusterArgs, opts: pulumi.ComponentResourceOptions) {
    super("berth:digitalocean:Cluster", name, {}, opts);
    const { protect } = args;
    const { plan, provider, network } = args.place;
    const child = { parent: this, provider };
    const tags = tagList(args.tags);

    const cluster = new digitalocean.KubernetesCluster(
      `${name}-control-plane`,
      {
        name: plan.prefix,
        region: network.region,
        // The newest there is: a stated one is retired within a year or so, and could not be made any more.
        version: digitalocean.getKubernetesVersionsOutput({}, { provider }).latestVersion,
        vpcUuid: network.id,
        // Stated: later versions turn it on by default, at a price, and it cannot be turned off.
        ha: false,
        autoUpgrade: true,
        surgeUpgrade: true,
        maintenancePolicy: { day: "sunday", startTime: "04:00" },
        controlPlaneFirewall: {
          enabled: true,
          allowedAddresses: args.operators.filter(isIpv4),
        },
        // Volumes hold data: they outlive a cluster that is protected.
        destroyAllAssociatedResources: !protect,
        // A change of this pool's size would replace the cluster: it is small, and never changes.
        nodePool: { name: "system", size: "s-1vcpu-2gb", nodeCount: 1, tags },
        tags,
      },
      {
        ...child,
        protect,
        // Its name is unique in the account, so a second one cannot be made beside it.
        deleteBeforeReplace: true,
        ignoreChanges: [
          // DigitalOcean upgrades it by itself.
          "version",
        ],
        additionalSecretOutputs: ["kubeConfigs"],
      },
    );
    const pool = new digitalocean.KubernetesNodePool(
      `${name}-nodes`,
      {
        clusterId: cluster.id,
        // A name for each size: a new pool stands beside the old one until its pods have moved.
        name: physicalName("nodes", args.nodeType),
        size: args.nodeType,
        autoScale: true,
        minNodes: args.min,
        maxNodes: args.max,
        tags,
      },
      { ...child, deleteBeforeReplace: false },
    );
    const balancer = new digitalocean.LoadBalancer(
      `${name}-edge`,
      {
        name: physicalName(plan.prefix, "edge"),
        region: network.region,
        vpcUuid: network.id,
        // One rule is the least there can be; the cluster writes the others.
        forwardingRules: [
          { entryProtocol: "tcp", entryPort: 80, targetProtocol: "tcp", targetPort: 80 },
        ],
      },
      {
        ...child,
        protect,
        // Its name is unique in the account.
        deleteBeforeReplace: true,
        ignoreChanges: [
          // The cluster's cloud controller takes the balancer over for the edge's Service.
          "forwardingRules",
          "healthcheck",
          "dropletIds",
          "dropletTag",
          "enableProxyProtocol",
          "sizeUnit",
        ],
      },
    );

    this.kubeconfig = kubeconfig({
      name: plan.prefix,
      server: cluster.endpoint,
      authority: cluster.kubeConfigs.apply((configs) => configs[0]?.clusterCaCertificate ?? ""),
      exec: {
        command: "doctl",
        args: [
          "kubernetes",
          "cluster",
          "kubeconfig",
          "exec-credential",
          "--version=v1beta1",
          cluster.id,
        ],
        installHint: "install doctl, and give it a token by `doctl auth init`",
      },
    });
    this.identifier = cluster.clusterUrn;
    this.ready = [pool];
    this.source = { type: "k8s", value: cluster.id };
    this.edge = {
      annotations: {
        "kubernetes.digitalocean.com/load-balancer-id": balancer.id,
        "service.beta.kubernetes.io/do-loadbalancer-name": balancer.name,
        "service.beta.kubernetes.io/do-loadbalancer-enable-proxy-protocol": "true",
      },
      address: balancer.ip,
      proxyProtocol: true,
      goesWithService: true,
    };
    this.registerOutputs({ identifier: this.identifier });
  }
}
