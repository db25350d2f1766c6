import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../plan/plan";
import type { Open } from "../cloud";
import { physicalName, stackTags } from "../names";
import type { Apis } from "./apis";
import { zone } from "./catalog";

/** What everything of a stack on Google Cloud is made with. */
export interface Home {
  readonly plan: Plan;
  readonly open: Open;
  readonly tls: pulumi.ProviderResource;
  readonly random: pulumi.ProviderResource;
  readonly provider: gcp.Provider;
  readonly apis: Apis;
}

/** Where machines, clusters and databases stand. */
export interface Place extends Home {
  readonly network: Network;
}

/** Names of the subnet's ranges for pods and Services. */
export const podRange = "pods";
export const serviceRange = "services";

/** A VPC of the stack's own with one subnet: the default one lets SSH in from everywhere. */
export class Network extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly subnet: gcp.compute.Subnetwork;
  readonly region: string;
  readonly zone: string;
  /** What has to be there before nodes without a public address reach the internet. */
  readonly ways: readonly pulumi.Resource[];
  /** What a managed database has to wait for: the way to Google's own network. */
  readonly services: readonly pulumi.Resource[];

  constructor(
    name: string,
    { plan, provider }: Pick<Place, "plan" | "provider">,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:gcp:Network", name, {}, opts);
    this.region = plan.region!;
    this.zone = zone(this.region);
    // Names are unique in the project, so a second one cannot be made beside the first.
    const child = { parent: this, provider, deleteBeforeReplace: true };

    const network = new gcp.compute.Network(
      `${name}-vpc`,
      { name: physicalName(plan.prefix, "network"), autoCreateSubnetworks: false },
      child,
    );
    this.id = network.id;
    this.subnet = new gcp.compute.Subnetwork(
      `${name}-subnet`,
      {
        name: physicalName(plan.prefix, "network"),
        network: network.id,
        region: this.region,
        ipCidrRange: "10.64.0.0/20",
        privateIpGoogleAccess: true,
        ...(plan.shape === "cluster" && {
          secondaryIpRanges: [
            { rangeName: podRange, ipCidrRange: "10.68.0.0/14" },
            { rangeName: serviceRange, ipCidrRange: "10.72.0.0/20" },
          ],
        }),
      },
      child,
    );
    this.ways = plan.shape === "cluster" ? this.wayOut(name, plan, child) : [];
    this.services = this.managedServices(name, plan, child);
    this.registerOutputs({ id: this.id });
  }

  private wayOut(name: string, plan: Plan, child: pulumi.CustomResourceOptions): pulumi.Resource[] {
    const router = new gcp.compute.Router(
      `${name}-router`,
      {
        name: physicalName(plan.prefix, "router"),
        network: this.id,
        region: this.region,
      },
      child,
    );
    return [
      new gcp.compute.RouterNat(
        `${name}-nat`,
        {
          name: physicalName(plan.prefix, "nat"),
          router: router.name,
          region: this.region,
          natIpAllocateOption: "AUTO_ONLY",
          sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
        },
        child,
      ),
    ];
  }

  /** Private service access: managed databases stand in a network of Google's, peered with this one. */
  private managedServices(
    name: string,
    plan: Plan,
    child: pulumi.CustomResourceOptions,
  ): pulumi.Resource[] {
    const managed = plan.databases.some(({ managed, url }) => managed && url === undefined);
    if (!managed) return [];
    const range = new gcp.compute.GlobalAddress(
      `${name}-services-range`,
      {
        name: physicalName(plan.prefix, "services"),
        purpose: "VPC_PEERING",
        addressType: "INTERNAL",
        prefixLength: 20,
        network: this.id,
        labels: labels(stackTags(plan)),
      },
      child,
    );
    const connection = new gcp.servicenetworking.Connection(
      `${name}-services`,
      {
        network: this.id,
        service: "servicenetworking.googleapis.com",
        reservedPeeringRanges: [range.name],
        // Google holds on to it for days after the last database is gone: docs/gcp.md says how it goes.
        deletionPolicy: "ABANDON",
        // What Google still knows of a deleted network with this name would refuse the new network's range.
        updateOnCreationFail: true,
      },
      child,
    );
    return [connection];
  }
}

/** Labels take lower-case letters, digits, dashes and underscores, 63 of them. */
export function labels(tags: Readonly<Record<string, string>>): Record<string, string> {
  const clean = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9_-]/g, "-")
      .slice(0, 63);
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [clean(key), clean(value)]));
}
