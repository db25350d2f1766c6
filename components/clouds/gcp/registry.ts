import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { physicalName } from "../names";
import { labels, type Home } from "./network";

/** One Artifact Registry repository; every image is a path in it. */
export class Registry extends pulumi.ComponentResource implements cloud.Registry {
  readonly server: pulumi.Output<string>;
  readonly username = pulumi.output("oauth2accesstoken");
  readonly password: pulumi.Output<string>;
  private readonly path: pulumi.Output<string>;

  constructor(
    name: string,
    args: cloud.RegistryArgs & { readonly home: Home },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:gcp:Registry", name, {}, opts);
    const { plan, provider } = args.home;
    const location = plan.region!;
    // Its name is unique in the project, so a second one cannot be made beside it.
    const child = { parent: this, provider, deleteBeforeReplace: true };
    const repository = new gcp.artifactregistry.Repository(
      `${name}-images`,
      {
        repositoryId: physicalName(plan.prefix, "images"),
        location,
        format: "DOCKER",
        description: `Images of ${plan.prefix}`,
        cleanupPolicies: [
          { id: "keep", action: "KEEP", mostRecentVersions: { keepCount: 10 } },
          { id: "expire", action: "DELETE", condition: { olderThan: "2592000s" } },
        ],
        labels: labels(args.tags),
      },
      child,
    );
    const server = `${location}-docker.pkg.dev`;
    this.server = pulumi.output(server);
    this.path = pulumi.interpolate`${server}/${repository.project}/${repository.repositoryId}`;
    this.password = pulumi.secret(
      gcp.organizations.getClientConfigOutput({ provider }).accessToken,
    );
    this.registerOutputs({ server: this.server });
  }

  repository(name: string): pulumi.Output<string> {
    return pulumi.interpolate`${this.path}/${name}`;
  }
}
