/* eslint-disable @typescript-eslint/no-require-imports -- Docker's SDK loads when an image is built */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ImageStore } from "./image-store";
import type { Plan, Service } from "../../plan/plan";
import { contentName } from "../pods/content-name";
import { metadata, opened, options, type Scope } from "../scope";

/** The images of a plan, by service: as they are called, or built and pushed. */
export class Images {
  private readonly made = new Map<string, pulumi.Input<string>>();

  constructor(
    private readonly scope: Scope,
    private readonly registry: ImageStore | undefined,
    private readonly parent: pulumi.Resource,
  ) {}

  readonly of = (name: string): pulumi.Input<string> => {
    const known = this.made.get(name);
    if (known !== undefined) return known;
    const service = this.scope.plan.services.find((one) => one.name === name)!;
    const image = "pull" in service.image ? service.image.pull : this.built(service);
    this.made.set(name, image);
    return image;
  };

  private built(service: Service): pulumi.Input<string> {
    const { BuiltImages } = require("./built-images") as typeof import("./built-images");
    this.builder ??= new BuiltImages(this.scope, this.registry, this.parent);
    return this.builder.of(service);
  }

  private builder: import("./built-images").BuiltImages | undefined;
}

/** The names of the images that a plan builds: each needs a repository. */
export function builtNames({ services }: Plan): string[] {
  return [...new Set(services.flatMap(({ image }) => ("build" in image ? [image.name] : [])))];
}

/** The Secret with which images are pulled from the registry that the settings name; a cloud's own needs none. */
export function makePullSecret(scope: Scope, parent: pulumi.Resource): pulumi.Output<string>[] {
  const { registry } = scope.plan.settings;
  if (registry === undefined || registry === "cloud") return [];
  const { server, username, password } = registry;
  const config = pulumi
    .all([opened(scope, username), opened(scope, password)])
    .apply(([user, hush]) =>
      JSON.stringify({
        auths: {
          [server]: {
            username: user,
            password: hush,
            auth: Buffer.from(`${user}:${hush}`).toString("base64"),
          },
        },
      }),
    );
  const made = new kubernetes.core.v1.Secret(
    `${scope.name}-registry`,
    {
      metadata: metadata(scope, contentName("berth-registry", config, true)),
      immutable: true,
      type: "kubernetes.io/dockerconfigjson",
      stringData: { ".dockerconfigjson": pulumi.secret(config) },
    },
    options(scope, parent, { deleteBeforeReplace: false }),
  );
  return [made.metadata.name];
}
