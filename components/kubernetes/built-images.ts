import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Build } from "../compose/app";
import { buildInputs, openArgs, sourceOf } from "../docker/image";
import { contentHash } from "../docker/naming";
import type { Service } from "../plan/plan";
import type { ImageStore } from "./images";
import { objectName } from "./names";
import type { Scope } from "./scope";

/** What the cloud's nodes are, whatever this computer is. */
const nodePlatform = "linux/amd64";

/** Images that are built here and pushed to a registry, each once; their tag is a hash of what they are built from. */
export class BuiltImages {
  private readonly made = new Map<string, pulumi.Input<string>>();
  private provider: docker.Provider | undefined;

  constructor(
    private readonly scope: Scope,
    private readonly registry: ImageStore | undefined,
    private readonly parent: pulumi.Resource,
  ) {}

  /** @throws pulumi.RunError when there is no registry, or what it is built from cannot be read. */
  of(service: Service): pulumi.Input<string> {
    if (!("build" in service.image)) throw new Error(`${service.name} is not built`);
    const { build, name } = service.image;
    const { args, dockerfile } = buildInputs(this.scope, service.name, build);
    const platform = args.platform ?? service.compose.platform;
    const source = sourceOf(service.name, build, dockerfile);
    const tag = contentHash({ ...args, platform, source });
    const known = this.made.get(`${name}:${tag}`);
    if (known !== undefined) return known;
    // On this computer the cluster may see its Docker's images; which do is the cluster's own affair.
    const image =
      this.scope.plan.cloud === "local" && this.registry === undefined
        ? `${name}:${tag}`
        : this.push(service, build, name, tag, { ...args, platform: platform ?? nodePlatform });
    this.made.set(`${name}:${tag}`, image);
    return image;
  }

  private push(
    service: Service,
    build: Build,
    name: string,
    tag: string,
    args: docker.types.input.DockerBuild,
  ): pulumi.Input<string> {
    const { registry, scope, parent } = this;
    if (registry === undefined)
      throw new pulumi.RunError(
        `services.${service.name}.build: a cluster needs a registry to pull the image from, and ${scope.plan.cloud} has none; set berth:registry, or name an image built in CI in berth:images.${service.name}`,
      );
    const { server, username, password } = registry;
    // No host: this computer's Docker, or CI's.
    this.provider ??= new docker.Provider(`${scope.name}-docker`, {}, { parent });
    const image = new docker.Image(
      `${scope.name}-image-${objectName(service.name)}`,
      {
        imageName: pulumi.interpolate`${registry.repository(name)}:${tag}`,
        build: { ...args, args: openArgs(scope, build) },
        registry: { server, username, password },
      },
      { parent, provider: this.provider },
    );
    return image.imageName;
  }
}
