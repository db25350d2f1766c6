import type { Engine } from "../../databases/engine";
import type { Service as ComposeService } from "../../compose/app";
import { complain, type Context } from "../context";
import type { Mount } from "../plan";
import { anonymousVolume, within } from "./folder-volumes";

interface Server {
  readonly name: string;
  readonly compose: ComposeService;
  readonly image: string;
  readonly engine: Engine;
  readonly replicas: number;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The volume of a database for which the file mounts none: docker compose keeps the anonymous volume that the image
 * declares when it replaces a container, so the data has to survive here too (decisions.md: kept-data). A mount above
 * the folder does not cover it on a machine, where Docker puts the image's own volume on top of it.
 */
export function keptData(
  context: Context,
  { name, compose, image, engine, replicas, environment }: Server,
  mounts: readonly Mount[],
): Mount[] {
  const folder = engine.keeps({ compose, environment, mounts }, image);
  if (folder === null) return [];
  const cluster = context.settings.shape === "cluster";
  const covered = mounts.some(
    ({ kind, target }) =>
      kind !== "files" && (within(target, folder) || (cluster && within(folder, target))),
  );
  if (covered) return [];
  const borrowed = (compose.volumes_from ?? []).length > 0;
  if (borrowed) return [];
  if (replicas > 1) {
    context.notices.loss(
      name,
      "image",
      `each of ${replicas} keeps its own data in ${folder}, which is gone when it is replaced; run one, or mount a volume`,
    );
    return [];
  }
  const volume = anonymousVolume(name, folder);
  if (volume in context.app.volumes)
    complain(
      context,
      `services.${name}.image`,
      `the volume for the data in ${folder} would be the file's volume ${volume}; mount one there`,
    );
  context.notices.info(
    name,
    "volumes",
    `the file mounts no volume at ${folder}, where it keeps its data: it gets the volume ${volume}, which is protected`,
  );
  return [{ kind: "volume", volume, target: folder, readOnly: false }];
}
