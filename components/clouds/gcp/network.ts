import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../plan/plan";
import type { Open } from "../cloud";
import { physicalName } from "../names";
import { zone } from "./offer";

/** Where everything of a stack on Google Cloud stands. */
export interface Place {
  readonly plan: Plan;
  readonly open: Open;
  readonly tls: pulumi.ProviderResource;
  readonly provider: gcp.Provider;
  readonly network: Network;
}

/** A VPC of the stack's own with one subnet: the default one lets SSH in from everywhere. */
export class Network extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly subnet: gcp.compute.Subnetwork;
  readonly region: string;
  readonly zone: string;

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

    const compute = new gcp.projects.Service(
      `${name}-compute-api`,
      { service: "compute.googleapis.com", disableOnDestroy: false },
      child,
    );
    const network = new gcp.compute.Network(
      `${name}-vpc`,
      { name: physicalName(plan.prefix, "network"), autoCreateSubnetworks: false },
      { ...child, dependsOn: compute },
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
      },
      child,
    );
    this.registerOutputs({ id: this.id });
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
