import type { App, Build, Service as ComposeService } from "../compose/app";
import { canonicalImage } from "../model/image-name";
import { slug } from "../model/units";
import type { Context } from "./context";
import type { Image } from "./plan";

/** An image is built under the service's `image` (by default `<project>-<service>`) and `build.tags`. */
export function buildersOf({ name: project, services }: App): Context["builders"] {
  const builders = new Map<string, string[]>();
  for (const [name, { build, image = `${project}-${name}` }] of Object.entries(services)) {
    if (build === undefined) continue;
    for (const tag of new Set([image, ...(build.tags ?? [])].map(canonicalImage)))
      builders.set(tag, [...(builders.get(tag) ?? []), name]);
  }
  return builders;
}

/**
 * The service that builds what another one runs: itself, or the one with a `build` for the image that the other only
 * names. As in Docker, `pull_policy: always` pulls such an image all the same. Of different builds of one image, the
 * last one counts (decisions.md: images-of-other-services).
 */
function builderOf(
  { app, builders, settings }: Pick<Context, "app" | "builders" | "settings">,
  name: string,
  { build, image, pull_policy }: ComposeService,
): string | undefined {
  if (build !== undefined) return name;
  if (image === undefined || pull_policy === "always") return undefined;
  const all = builders.get(canonicalImage(image)) ?? [];
  const last = all.at(-1);
  if (last === undefined) return undefined;
  const same = all.filter((other) => buildKey(app, other) === buildKey(app, last));
  return same.find((other) => settings.images[other] !== undefined) ?? same[0];
}

const buildKey = ({ services }: App, name: string): string => JSON.stringify(services[name]?.build);

/** What a service's image is built from, by itself or by the service whose image it runs. */
export function buildOf(
  context: Pick<Context, "app" | "builders" | "settings">,
  name: string,
  compose: ComposeService,
): Build | undefined {
  const builder = builderOf(context, name, compose);
  return builder === undefined ? undefined : context.app.services[builder]?.build;
}

/**
 * The image that a service pulls, with `images.<service>` of the config outranking the file; undefined for one that is
 * built. A service that runs what another one builds follows the other's entry.
 */
export function imageOf(
  context: Context,
  name: string,
  compose: ComposeService,
): string | undefined {
  const { images } = context.settings;
  if (images[name] !== undefined) return images[name];
  const builder = builderOf(context, name, compose);
  return builder === undefined ? compose.image : images[builder];
}

/** Services of one build share one image, named after the first of them. */
export function planImage(context: Context, name: string, compose: ComposeService): Image {
  const image = imageOf(context, name, compose);
  if (image !== undefined) return { pull: image, always: compose.pull_policy === "always" };
  const { app, settings } = context;
  const builder = builderOf(context, name, compose) ?? name;
  checkBuilders(context, name, compose, builder);
  const same = buildKey(app, builder);
  const [first = builder] = Object.keys(app.services).filter(
    (other) => buildKey(app, other) === same,
  );
  return {
    build: app.services[builder]!.build!,
    name: `${slug(app.name)}-${slug(settings.stack)}-${slug(first)}`,
    service: builder,
  };
}

/** Notices for an image that several services build differently: in Docker, all of them run the last one built. */
function checkBuilders(
  { app, builders, notices }: Context,
  name: string,
  { image }: ComposeService,
  builder: string,
): void {
  if (image === undefined) return;
  const all = builders.get(canonicalImage(image)) ?? [];
  if (new Set(all.map((other) => buildKey(app, other))).size < 2) return;
  const different = `${image} is built differently by ${all.join(" and ")}`;
  if (builder === name)
    notices.info(name, "image", `${different}: each of them runs what it builds itself`);
  else
    notices.loss(
      name,
      "image",
      `${different}: this service runs what ${builder} builds; give each build an image name of its own`,
    );
}
