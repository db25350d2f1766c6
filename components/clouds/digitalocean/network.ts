import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../plan/plan";
import type { Open } from "../cloud";

/** What everything of a stack on DigitalOcean is made with. */
export interface Home {
  readonly plan: Plan;
  readonly open: Open;
  readonly tls: pulumi.ProviderResource;
  readonly random: pulumi.ProviderResource;
  readonly provider: digitalocean.Provider;
}

/** Where machines, clusters and databases stand. */
export interface Place extends Home {
  readonly network: Network;
}

/** A private network of the stack's own. DigitalOcean picks its range, so that no two collide. */
export class Network extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly region: string;

  constructor(
    name: string,
    { plan, provider }: Pick<Place, "plan" | "provider">,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:digitalocean:Network", name, {}, opts);
    this.region = plan.region!;
    const vpc = new digitalocean.Vpc(
      `${name}-vpc`,
      { name: plan.prefix, region: this.region, description: `${plan.prefix}, made by Berth` },
      // Its name is unique in the account, so a second one cannot be made beside it.
      { parent: this, provider, deleteBeforeReplace: true },
    );
    this.id = vpc.id;
    this.registerOutputs({ id: this.id });
  }
}

/** DigitalOcean's tags are plain strings: `key:value`, of letters, digits, colons, dashes, underscores. */
export function tagList(tags: Readonly<Record<string, string>>): string[] {
  return Object.entries(tags).map(([key, value]) =>
    `${key}:${value}`.replace(/[^A-Za-z0-9:_-]/g, "-"),
  );
}
