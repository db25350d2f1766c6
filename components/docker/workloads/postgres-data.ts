import { posix } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Service } from "../../plan/plan";
import type { ContainerContext } from "../container/container-context";
import { plainError } from "../engine/engine-api";
import type { Host } from "../host";
import { speaksToDocker } from "../engine/skip-docker";

/** Where PostgreSQL keeps PG_VERSION below its volume; since 18 the official image has a folder for each major. */
const places = [
  "PG_VERSION",
  "data/PG_VERSION",
  "pgdata/PG_VERSION",
  ...Array.from({ length: 13 }, (_, index) => `${18 + index}/docker/PG_VERSION`),
];

const mounted = "/berth-volume";

/** A volume, or a folder of one. */
interface Held {
  readonly volume: string;
  readonly subpath: string | undefined;
}

/**
 * Refuses a PostgreSQL of another major version than its data's before the old one is stopped: no server reads
 * the files of another major, and the official image then stops at once (decisions.md: one-database-major). In `up`
 * alone, for every image that sets PG_MAJOR.
 *
 * @returns a dependency of the container: it resolves after the check and rejects with one line that names the
 *   upgrade guide.
 */
export function readableData(
  host: Host,
  service: Service,
  { image, volumes }: Pick<ContainerContext, "image" | "volumes">,
): pulumi.Output<pulumi.Resource>[] {
  const held = service.mounts.flatMap((mount) => {
    if (mount.kind !== "volume") return [];
    const volume = volumes.get(mount.volume);
    return volume === undefined ? [] : [{ volume, subpath: mount.subpath }];
  });
  if (held.length === 0) return [];
  const names = pulumi.all(held.map(({ volume }) => volume));
  const checked = pulumi.all([image, names]).apply(async ([id, all]) => {
    const kept = all.map((volume, index) => ({ volume, subpath: held[index]!.subpath }));
    if (speaksToDocker()) await check(host, service.name, id, kept);
    // A dependency has to be a resource; everything here waits for this one anyway.
    return host.provider;
  });
  return [checked];
}

async function check(
  host: Host,
  service: string,
  image: string,
  volumes: readonly Held[],
): Promise<void> {
  const { PG_MAJOR: wanted } = await host.engine.imageEnvironment(image);
  if (wanted === undefined) return;
  for (const volume of volumes) {
    const other = await otherVersion(host, service, image, volume, wanted);
    if (other !== undefined)
      throw plainError(
        `services.${service}.image: its volume holds the data of PostgreSQL ${other}, which PostgreSQL ${wanted} cannot read; go back to ${other}, or move the data as docs/upgrade-postgresql.md says`,
      );
  }
}

/**
 * The newest major whose data a volume holds, unless it holds that of `wanted` too. Read through a container that is
 * never started, and no further than `wanted`, which is nearly always the first that is found.
 */
async function otherVersion(
  { engine, plan: { project, stack } }: Host,
  service: string,
  image: string,
  { volume, subpath }: Held,
  wanted: string,
): Promise<string | undefined> {
  const reader = await engine.create({
    Image: image,
    Cmd: ["true"],
    Labels: { "berth.project": project, "berth.stack": stack, "berth.service": service },
    HostConfig: { Binds: [`${volume}:${mounted}:ro`], NetworkMode: "none" },
  });
  try {
    let other: string | undefined;
    for (const place of places) {
      const version = (
        await engine.read(reader, posix.join(mounted, subpath ?? "", place))
      )?.trim();
      if (version === wanted) return undefined;
      other = version ?? other;
    }
    return other;
  } finally {
    await engine.remove(reader, 0);
  }
}
