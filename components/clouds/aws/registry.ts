import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { physicalName } from "../names";
import type { Home } from "./network";

/** One ECR repository for each image that is built. */
export class Registry extends pulumi.ComponentResource implements cloud.Registry {
  readonly server: pulumi.Output<string>;
  readonly username: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  private readonly urls: ReadonlyMap<string, pulumi.Output<string>>;

  constructor(
    name: string,
    args: cloud.RegistryArgs & { readonly home: Home },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:aws:Registry", name, {}, opts);
    const { plan, provider } = args.home;
    // Names are unique in the account, so a second one cannot be made beside the first.
    const child = { parent: this, provider, deleteBeforeReplace: true };
    this.urls = new Map(
      args.repositories.map((repository) => {
        const made = new aws.ecr.Repository(
          `${name}-${repository}`,
          {
            name: `${physicalName(plan.prefix, "images", 100)}/${repository}`,
            // Pods name digests; a tag may be pushed again with the same content.
            imageTagMutability: "MUTABLE",
            imageScanningConfiguration: { scanOnPush: true },
            // Images can be built again.
            forceDelete: true,
            tags: args.tags,
          },
          child,
        );
        new aws.ecr.LifecyclePolicy(
          `${name}-${repository}-expiry`,
          { repository: made.name, policy: JSON.stringify(tenNewest) },
          child,
        );
        return [repository, made.repositoryUrl];
      }),
    );
    const token = aws.ecr.getAuthorizationTokenOutput({}, { provider });
    this.server = token.proxyEndpoint.apply((url) => url.replace(/^https:\/\//, ""));
    this.username = token.userName;
    this.password = pulumi.secret(token.password);
    this.registerOutputs({ server: this.server });
  }

  repository(name: string): pulumi.Output<string> {
    return this.urls.get(name)!;
  }
}

const tenNewest = {
  rules: [
    {
      rulePriority: 1,
      description: "Enough for rollback",
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 10 },
      action: { type: "expire" },
    },
  ],
};
