import * as pulumi from "@pulumi/pulumi";
import type { Service } from "../plan/plan";
import type { Surroundings } from "./container";
import { plainError } from "./engine-api";
import type { Host } from "./host";

/** Where PostgreSQL keeps PG_VERSION below its volume; since 18 the official image has a folder for each major. */
const places = [
  "PG_VERSION",
  "data/PG_VERSION",
  "pgdata/PG_VERSION",
  ...Array.from({ length: 13 }, (_, index) => `${18 + index}/docker/PG_VERSION`),
];

const mounted = "/berth-volume";

/**
 * Refuses a PostgreSQL of another major version than its data's before the old one is stopped: no server reads
 * the files of another major, and the official image then stops at once (rule 21). In `up` alone, for whatever
 * image says by PG_MAJOR that it is PostgreSQL.
 *
 * @returns what to wait for. It is there once that is known, and rejects with one line that names the way to upgrade.
 */
export function readableData(
  host: Host,
  service: Service,
  { image, volumes }: Pick<Surroundings, "image" | "volumes">,
): pulumi.Output<pulumi.Resource>[] {
  const names = service.mounts.flatMap((mount) => {
    const name = mount.kind === "volume" ? volumes.get(mount.volume) : undefined;
    return name === undefined ? [] : [name];
  });
  if (names.length === 0) return [];
  const checked = pulumi.all([image, pulumi.all(names)]).apply(async ([id, all]) => {
    if (!pulumi.runtime.isDryRun()) await check(host, service.name, id, all);
    // It has to be a resource, and everything here waits for this one.
    return host.provider;
  });
  return [checked];
}

async function check(
  host: Host,
  service: string,
  image: string,
  volumes: readonly string[],
): Promise<void> {
  const { PG_MAJOR: wanted } = await host.engine.imageEnvironment(image);
  if (wanted === undefined) return;
  for (const volume of volumes) {
    const found = await versionsIn(host, service, image, volume);
    const last = found.at(-1);
    if (last !== undefined && !found.includes(wanted))
      throw plainError(
        `services.${service}.image: its volume holds the data of PostgreSQL ${last}, which PostgreSQL ${wanted} cannot read; go back to ${last}, or move the data as docs/upgrade-postgresql.md says`,
      );
  }
}

/** The majors whose data a volume holds, read through a container that is never started. */
async function versionsIn(
  { engine, plan: { project, stack } }: Host,
  service: string,
  image: string,
  volume: string,
): Promise<string[]> {
  const reader = await engine.create({
    Image: image,
    Cmd: ["true"],
    Labels: { "berth.project": project, "berth.stack": stack, "berth.service": service },
    HostConfig: { Binds: [`${volume}:${mounted}:ro`], NetworkMode: "none" },
  });
  try {
    const versions: string[] = [];
    for (const place of places) {
      const version = await engine.read(reader, `${mounted}/${place}`);
      if (version !== undefined) versions.push(version.trim());
    }
    return versions;
  } finally {
    await engine.remove(reader, 0);
  }
}
