import type { Plan, Service } from "../../plan/plan";
import { position } from "../../plan/notices";
import { formatProblem } from "../../model/problem";
import { type EngineApi, plainError } from "./engine-api";

interface Newer {
  /** Below `services.<name>`. */
  readonly key: string;
  readonly asks: (service: Service) => boolean;
  /** The minor version of API 1 that has it, and the Docker that came with that version. */
  readonly api: number;
  readonly docker: number;
}

/** What the provider sends to a newer Docker alone (https://docs.docker.com/reference/api/engine/version-history). */
const newer: readonly Newer[] = [
  {
    key: "volumes",
    asks: ({ mounts }) =>
      mounts.some(
        (mount) =>
          mount.kind === "volume" && (mount.noCopy === true || mount.subpath !== undefined),
      ),
    api: 45,
    docker: 26,
  },
  {
    key: "healthcheck.start_interval",
    asks: ({ compose }) => compose.healthcheck?.start_interval !== undefined,
    api: 44,
    docker: 25,
  },
];

/**
 * Refuses an update that needs a newer Docker, before anything is changed: the provider would fail container by
 * container. Ubuntu 24.04, which machines on clouds have, brings a newer one.
 *
 * @throws Error that names every such key.
 */
export async function newEnough(
  engine: Pick<EngineApi, "version">,
  { app, services }: Pick<Plan, "app" | "services">,
): Promise<void> {
  const asked = services.flatMap((service) =>
    newer.filter(({ asks }) => asks(service)).map((what) => ({ ...what, service: service.name })),
  );
  if (asked.length === 0) return;
  const version = await engine.version();
  const missing = asked
    .filter(({ api }) => Number(version.split(".")[1]) < api)
    .map(({ service, key, api, docker }) => {
      const dotted = `services.${service}.${key}`;
      const what =
        key === "volumes"
          ? "nocopy or subpath of a volume, or a folder inside another mounted one, needs"
          : "needs";
      return formatProblem({
        at: position(app, dotted),
        key: dotted,
        message: `${what} Docker ${docker} (API 1.${api}), and this one speaks ${version}; update Docker, or remove the key`,
      });
    });
  if (missing.length > 0) throw plainError(missing.join("\n"));
}
