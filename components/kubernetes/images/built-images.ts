import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Build } from "../../compose/app";
import { buildInputs, openArgs, sourceOf } from "../../docker/images/image";
import { contentHash } from "../../model/content-name";
import type { Service } from "../../plan/plan";
import type { ImageStore } from "./image-store";
import { objectName } from "../names";
import type { Scope } from "../scope";

/** The platform of the cloud's nodes, on whichever computer the images are built. */
const nodePlatform = "linux/amd64";

/** Images that are built here and pushed to a registry, each once; the tag is a hash of the build's inputs. */
export class BuiltImages {
  private readonly made = new Map<string, pulumi.Input<string>>();
  private provider: docker.Provider | undefined;

  constructor(
    private readonly scope: Scope,
    private readonly registry: ImageStore | undefined,
    private readonly parent: pulumi.Resource,
  ) {}

  /** @throws pulumi.RunError when the build's sources cannot be read. */
  of(service: Service): pulumi.Input<string> {
    if (!("build" in service.image)) throw new Error(`${service.name} is not built`);
    const { build, name, service: builder } = service.image;
    const { args, dockerfile } = buildInputs(this.scope, builder, build);
    const platform = args.platform ?? this.scope.plan.app.services[builder]?.platform;
    const source = sourceOf(builder, build, dockerfile);
    const tag = contentHash({ ...args, platform, source });
    const known = this.made.get(`${name}:${tag}`);
    if (known !== undefined) return known;
    // Without a registry, just a name: the plan has refused that in all but a preview.
    const image =
      this.registry === undefined
        ? `${name}:${tag}`
        : this.push(builder, this.registry, build, name, tag, {
            ...args,
            ...(platform === undefined ? this.nodes : { platform }),
          });
    this.made.set(`${name}:${tag}`, image);
    return image;
  }

  /** Nodes of a cluster on this computer have its own platform, and so do images built here. */
  private get nodes(): { platform?: string } {
    return this.scope.plan.cloud === "local" ? {} : { platform: nodePlatform };
  }

  private push(
    service: string,
    registry: ImageStore,
    build: Build,
    name: string,
    tag: string,
    args: docker.types.input.DockerBuild,
  ): pulumi.Input<string> {
    const { scope, parent } = this;
    const { server, username, password } = registry;
    // No host: this computer's Docker, or CI's.
    this.provider ??= new docker.Provider(`${scope.name}-docker`, {}, { parent });
    const image = new docker.Image(
      `${scope.name}-image-${objectName(service)}`,
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
