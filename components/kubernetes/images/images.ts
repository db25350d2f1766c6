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

/**
 * The Secret with which images are pulled: from the registry that the settings name, or from the cloud's own where it
 * has a login for that. Pods name it themselves, so that none starts before a cloud has given it to them.
 */
export function makePullSecret(
  scope: Scope,
  store: ImageStore | undefined,
  parent: pulumi.Resource,
): pulumi.Output<string>[] {
  const { registry } = scope.plan.settings;
  if (typeof registry === "object" && "server" in registry) {
    const { username, password } = registry;
    const config = dockerConfig(
      pulumi.output(registry.server),
      opened(scope, username),
      opened(scope, password),
    );
    // Another login is another Secret, and restarts the pods.
    const name = contentName("berth-registry", config, true);
    return [pullSecret(scope, name, config, true, parent)];
  }
  if (store?.pull === undefined) return [];
  const { username, password } = store.pull;
  // The cloud's login is renewed under running pods: they keep the Secret's name.
  const config = dockerConfig(store.server, username, password);
  return [pullSecret(scope, "berth-pull", config, false, parent)];
}

function dockerConfig(
  server: pulumi.Output<string>,
  username: pulumi.Input<string>,
  password: pulumi.Input<string>,
): pulumi.Output<string> {
  return pulumi.all([server, username, password]).apply(([host, user, hush]) =>
    JSON.stringify({
      auths: {
        [host]: {
          username: user,
          password: hush,
          auth: Buffer.from(`${user}:${hush}`).toString("base64"),
        },
      },
    }),
  );
}

function pullSecret(
  scope: Scope,
  name: pulumi.Input<string>,
  config: pulumi.Output<string>,
  immutable: boolean,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const made = new kubernetes.core.v1.Secret(
    `${scope.name}-registry`,
    {
      metadata: metadata(scope, name),
      ...(immutable && { immutable }),
      type: "kubernetes.io/dockerconfigjson",
      stringData: { ".dockerconfigjson": pulumi.secret(config) },
    },
    options(scope, parent, { deleteBeforeReplace: !immutable }),
  );
  return made.metadata.name;
}
