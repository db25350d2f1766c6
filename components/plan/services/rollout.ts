import type { Service as ComposeService } from "../../compose/app";
import type { Context } from "../context";
import { engineRunBy } from "../../databases";
import type { Mount, Rollout, Service } from "../plan";
import { publishes } from "./published";

/**
 * How a new version of a service takes over from the old one.
 *
 * One-shot (decisions.md: one-shot): another waits for its success, `restart: "no"` or `on-failure` is written out, or
 * it is labelled `berth.job`. A service that listens or has a health check is not one, even with
 * such a `restart`: it would never end.
 */
export function planRollout(
  context: Context,
  name: string,
  compose: ComposeService,
  mounts: readonly Mount[],
): Rollout {
  const { app, notices } = context;
  const label = (key: string): string | undefined => compose.labels?.[key];
  if (label("berth.cron") !== undefined) return "cron";
  const job = label("berth.job");
  if (job !== undefined && job !== "false") return "job";
  if (/-job$/.test(compose.deploy?.mode ?? "")) return "job";
  const awaited = Object.values(app.services).some(
    ({ depends_on }) => depends_on?.[name]?.condition === "service_completed_successfully",
  );
  if (awaited) return "job";
  const restart = compose.restart ?? "";
  if ((restart === "no" || restart.startsWith("on-failure")) && job !== "false") {
    if (!listens(compose)) return "job";
    notices.info(
      name,
      "restart",
      `it listens, so it is run as a service and not as a one-shot; label it berth.job to run it once`,
    );
  }
  if (compose.deploy?.mode === "global") return "daemon";
  const order = compose.deploy?.update_config?.order;
  if (publishes(context, name, compose)) return "stop-first";
  if (order !== undefined) return order;
  if (fixedAddress(compose)) return "stop-first";
  return mounts.some((mount) => mount.kind === "volume" && !mount.readOnly)
    ? "stop-first"
    : "start-first";
}

function listens(compose: ComposeService): boolean {
  return (
    (compose.ports?.length ?? 0) > 0 ||
    (compose.expose?.length ?? 0) > 0 ||
    (compose.healthcheck?.test !== undefined && compose.healthcheck.disable !== true) ||
    engineRunBy(compose.image, compose) !== undefined
  );
}

/** Two containers cannot have one address, nor the host's ports. */
function fixedAddress(compose: ComposeService): boolean {
  return (
    compose.mac_address !== undefined ||
    compose.network_mode === "host" ||
    Object.values(compose.networks ?? {}).some(
      (network) => (network?.ipv4_address ?? network?.ipv6_address) !== undefined,
    )
  );
}

/**
 * MiB that a container of an image commonly takes, where the file sets no limit and its image is not a database engine
 * (decisions.md: start-first-or-stop-first).
 */
const typicalMemory: readonly (readonly [RegExp, number])[] = [
  [/elasticsearch|solr|kafka|cassandra|neo4j|jenkins|sonarqube|gitlab/, 1024],
  [/mssql|clickhouse/, 1024],
  [/keycloak/, 200],
  [/memcached|nginx|caddy|traefik|haproxy|busybox|mailpit|mailhog/, 48],
];

function memoryOf({ compose, memory }: Service): number {
  if (memory?.limit !== undefined) return memory.limit;
  if (memory?.request !== undefined) return memory.request;
  const { image = "" } = compose;
  const engine = engineRunBy(image, compose);
  if (engine !== undefined) return engine.memory;
  return typicalMemory.find(([pattern]) => pattern.test(image))?.[1] ?? 160;
}

/** MiB that the system, Docker and the edge keep for themselves. */
export const reservedMemory = 512;

/**
 * During an update every start-first service runs twice. Where the machine has no memory for that, the
 * largest of them become stop-first, until the rest fits (decisions.md: start-first-or-stop-first).
 */
export function fitMemory(
  context: Context,
  services: readonly Service[],
  capacity: number,
): Service[] {
  const room = capacity - reservedMemory;
  const running = services.filter(({ rollout }) => rollout !== "job" && rollout !== "cron");
  const steady = running.reduce((sum, service) => sum + memoryOf(service) * service.replicas, 0);
  if (steady > room)
    context.notices.info(
      null,
      "machine",
      `the services may need ${steady} MiB of memory and the machine has ${room} MiB for them; take a larger machine, or set deploy.resources.limits.memory`,
    );
  const doubled = running
    .filter(({ rollout }) => rollout === "start-first")
    .sort((a, b) => memoryOf(b) * b.replicas - memoryOf(a) * a.replicas);
  let need =
    steady + doubled.reduce((sum, service) => sum + memoryOf(service) * service.replicas, 0);
  const stopFirst = new Set<string>();
  for (const service of doubled) {
    if (need <= room) break;
    if (service.compose.deploy?.update_config?.order === "start-first") continue;
    need -= memoryOf(service) * service.replicas;
    stopFirst.add(service.name);
    context.notices.info(
      service.name,
      "deploy.update_config.order",
      `stop-first: the machine has no memory for the old and the new version side by side, so an update interrupts it; set deploy.update_config.order: start-first or take a larger machine`,
    );
  }
  return services.map((service) =>
    stopFirst.has(service.name) ? { ...service, rollout: "stop-first" } : service,
  );
}
