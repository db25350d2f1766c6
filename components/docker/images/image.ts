import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Build } from "../../compose/app";
import type { Service } from "../../plan/plan";
import { hasReference } from "../../model/reference";
import { runError } from "../../model/run-error";
import { hashContext } from "./build-context";
import { type Host, options, physicalName } from "../host";
import { contentHash } from "../../model/content-name";

/** The images of a host: each pulled once or built once, however many services run it. */
export class Images {
  private readonly made = new Map<string, pulumi.Output<string>>();
  private previous: pulumi.Resource | undefined;

  constructor(
    private readonly host: Host,
    private readonly parent: pulumi.Resource,
  ) {}

  /** The image's id on the host: a new image replaces the containers that run it. */
  of(service: Service): pulumi.Output<string> {
    const { image, compose } = service;
    return "pull" in image
      ? this.pull(image.pull, compose.platform, image.always)
      : this.build(image.service, image.build, image.name);
  }

  /**
   * Pulled once and pinned by its id (decisions.md: images-pinned-by-id), kept when the resource goes: a rollback
   * needs it. With `always` it is pulled on every `up`.
   */
  pull(reference: string, platform?: string, always = false): pulumi.Output<string> {
    const key = `pull ${reference} ${platform ?? ""} ${String(always)}`;
    return this.once(key, () => {
      const name = physicalName(reference, ...(platform === undefined ? [] : [platform]));
      return new docker.RemoteImage(
        `${this.host.name}-image-${name}${always ? "-always" : ""}`,
        {
          name: reference,
          keepLocally: true,
          ...(platform === undefined ? {} : { platform }),
          ...(always
            ? { triggers: { pulled: pulumi.runtime.isDryRun() ? "now" : new Date().toISOString() } }
            : {}),
        },
        options(this.host, this.parent),
      ).imageId;
    });
  }

  /** Built by the host's own Docker, so that no registry is needed; the tag is a hash of the build's inputs. */
  private build(service: string, build: Build, name: string): pulumi.Output<string> {
    const { args, dockerfile } = buildInputs(this.host, service, build);
    const key = `build ${contentHash({ ...args, source: sourceOf(service, build, dockerfile) })}`;
    return this.once(key, () => {
      const repository = name.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
      const image = new docker.Image(
        `${this.host.name}-build-${service}`,
        {
          imageName: `${repository}:${key.slice("build ".length)}`,
          skipPush: true,
          build: { ...args, args: openArgs(this.host, build) },
        },
        // On a machine of our own one build at a time: several together need more memory than it has.
        options(this.host, this.parent, {
          ...(this.host.plan.machine !== null && this.previous !== undefined
            ? { dependsOn: [this.previous] }
            : {}),
        }),
      );
      this.previous = image;
      return image.repoDigest;
    });
  }

  private once(key: string, make: () => pulumi.Output<string>): pulumi.Output<string> {
    const known = this.made.get(key) ?? make();
    this.made.set(key, known);
    return known;
  }
}

const isRemote = (context: string): boolean => /^[a-z+]+:\/\/|^git@|^github\.com\//.test(context);

/**
 * What an image is built from, to hash.
 *
 * @throws pulumi.RunError when it cannot be read.
 */
export function sourceOf(service: string, build: Build, dockerfile: string): unknown {
  const args = Object.entries(build.args ?? {});
  if (isRemote(build.context)) return { context: build.context, args };
  try {
    return { files: hashContext(build.context, dockerfile), args };
  } catch (error) {
    throw runError(
      `services.${service}.build: cannot read what it is built from (${(error as Error).message}); check context and dockerfile`,
    );
  }
}

interface BuildInputs {
  readonly args: docker.types.input.DockerBuild;
  /** Absolute. */
  readonly dockerfile: string;
}

/** Paths are relative to the project's folder, so that they are the same on every computer. */
export function buildInputs(
  { plan }: Pick<Host, "plan">,
  service: string,
  build: Build,
): BuildInputs {
  const remote = isRemote(build.context);
  const relative = (file: string): string => {
    const found = path.relative(plan.settings.folder, file);
    return found === "" ? "." : found;
  };
  const dockerfile =
    build.dockerfile_inline === undefined
      ? path.resolve(build.context, build.dockerfile ?? "Dockerfile")
      : inlineDockerfile(service, build.dockerfile_inline);
  const platform = build.platforms?.[0];
  return {
    dockerfile,
    args: {
      context: remote ? build.context : relative(build.context),
      ...(remote ? {} : { dockerfile: relative(dockerfile) }),
      // The provider speaks BuildKit itself: it needs neither buildx nor a docker program here.
      builderVersion: docker.BuilderVersion.BuilderBuildKit,
      ...(build.target === undefined ? {} : { target: build.target }),
      ...(platform === undefined ? {} : { platform }),
      ...(typeof build.network === "string" ? { network: build.network } : {}),
      ...(build.cache_from !== undefined && build.cache_from.length > 0
        ? { cacheFrom: { images: [...build.cache_from] } }
        : {}),
      ...(build.extra_hosts !== undefined && build.extra_hosts.length > 0
        ? { addHosts: build.extra_hosts.map((host) => host.replace("=", ":")) }
        : {}),
    },
  };
}

/** The provider reads a Dockerfile from a file only. */
function inlineDockerfile(service: string, content: string): string {
  const file = path.join(
    os.tmpdir(),
    `berth-${physicalName(service)}-${contentHash(content)}.Dockerfile`,
  );
  fs.writeFileSync(file, content, { mode: 0o600 });
  return file;
}

export function openArgs(
  { open }: Pick<Host, "open">,
  build: Build,
): Record<string, pulumi.Input<string>> {
  const args: Record<string, pulumi.Input<string>> = {};
  for (const [name, value] of Object.entries(build.args ?? {}))
    if (value !== null) args[name] = hasReference(value) ? open(value) : value;
  return args;
}
