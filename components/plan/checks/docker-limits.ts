import type { Service as ComposeService } from "../../compose/app";
import { complain, type Context } from "../context";
import type { Service } from "../plan";
import { MiB, seconds } from "../../model/units";

/**
 * Problems for values that Docker, or Pulumi's provider for it, refuses when it creates the container: by then other
 * containers of the update have changed. The bounds are those of Docker's API (POST /containers/create) and of the
 * provider's validators (https://www.pulumi.com/registry/packages/docker/api-docs/container).
 */
export function checkDockerLimits(context: Context, services: readonly Service[]): void {
  if (context.settings.shape !== "vm") return;
  for (const { name, compose } of services) {
    const wrong: Wrong = (key, message) => complain(context, `services.${name}.${key}`, message);
    checkMemory(compose, wrong);
    checkProcessors(compose, wrong);
    checkHealth(compose, wrong);
    checkFiles(compose, wrong);
  }
}

type Wrong = (key: string, message: string) => void;

const least = 6 * MiB;

function checkMemory(compose: ComposeService, wrong: Wrong): void {
  const limits = compose.deploy?.resources?.limits?.memory;
  const reservations = compose.deploy?.resources?.reservations?.memory;
  const limit = Number(limits ?? compose.mem_limit ?? 0);
  const request = Number(reservations ?? compose.mem_reservation ?? 0);
  const swap = Number(compose.memswap_limit ?? 0);
  if (limit > 0 && limit < least)
    wrong(
      limits === undefined ? "mem_limit" : "deploy.resources.limits.memory",
      `is less than the 6 MiB that Docker gives at least; raise it`,
    );
  if (limit > 0 && request > limit)
    wrong(
      reservations === undefined ? "mem_reservation" : "deploy.resources.reservations.memory",
      "is more than the limit; lower it, or raise the limit",
    );
  if (swap < -1)
    wrong("memswap_limit", `${swap} is not a size; write -1 for swap without a limit, or a size`);
  if (swap > 0 && limit === 0)
    wrong("memswap_limit", "needs mem_limit beside it, as it counts memory and swap; set both");
  else if (swap > 0 && swap < limit)
    wrong("memswap_limit", "counts memory and swap, and is less than mem_limit; raise it");
  if (Number(compose.shm_size ?? 0) < 0) wrong("shm_size", "is less than zero; write a size");
}

/** Where the file limits a service's processors. */
const cpusKey = ({ deploy }: ComposeService): string =>
  deploy?.resources?.limits?.cpus === undefined ? "cpus" : "deploy.resources.limits.cpus";

function checkProcessors(compose: ComposeService, wrong: Wrong): void {
  const cpus = compose.deploy?.resources?.limits?.cpus ?? compose.cpus ?? 0;
  const key = cpusKey(compose);
  if (cpus < 0 || (cpus > 0 && cpus < 0.01))
    wrong(key, `${cpus} is less than the 0.01 that Docker gives at least; raise it`);
  if (compose.cpuset !== undefined && !/^\d+([,-]\d+)*$/.test(compose.cpuset))
    wrong("cpuset", `"${compose.cpuset}" names no processors; write them as 0-2 or 0,1`);
  if ((compose.cpu_shares ?? 0) < 0) wrong("cpu_shares", "is less than zero; write a weight");
  const period = compose.cpu_period ?? 0;
  if (period !== 0 && (period < 1000 || period > 1_000_000))
    wrong("cpu_period", `${period} µs is not between 1000 and 1000000; change it`);
  const quota = compose.cpu_quota ?? 0;
  if (quota > 0 && quota < 1000)
    wrong("cpu_quota", `${quota} µs is less than the 1000 that Docker gives at least; raise it`);
  if (cpus > 0 && (period !== 0 || quota > 0))
    wrong(
      period === 0 ? "cpu_quota" : "cpu_period",
      `stands beside ${key}, which sets the same; keep one of the two`,
    );
  for (const [name, limit] of Object.entries(compose.ulimits ?? {}))
    if (typeof limit === "object" && limit.hard !== -1 && limit.soft > limit.hard)
      wrong(`ulimits.${name}`, "has a soft limit above the hard one; lower it");
}

function checkHealth({ healthcheck }: ComposeService, wrong: Wrong): void {
  for (const key of ["interval", "timeout", "start_period", "start_interval"] as const) {
    const stated = healthcheck?.[key];
    if (stated === undefined) continue;
    const value = seconds(stated);
    if (value < 0) wrong(`healthcheck.${key}`, `"${stated}" is less than zero; write a duration`);
    else if (value > 0 && value < 0.001)
      wrong(`healthcheck.${key}`, `"${stated}" is less than Docker's least, 1ms; raise it`);
  }
}

function checkFiles(compose: ComposeService, wrong: Wrong): void {
  for (const key of ["configs", "secrets"] as const)
    for (const [index, { mode }] of (compose[key] ?? []).entries())
      if (mode !== undefined && !/^0[0-7]{3}$/.test(mode))
        wrong(
          `${key}[${index}].mode`,
          `"${mode}" is more than permissions; write one such as 0440`,
        );
}

/** Docker refuses cores that its machine does not have. */
function checkCores(context: Context, { name, compose }: Service, cpus: number): void {
  const { cpuset = "" } = compose;
  const last = Math.max(...cpuset.split(/[,-]/).map(Number));
  if (cpuset === "" || !(last >= cpus)) return;
  const cores = cpus === 1 ? "the core 0 alone" : `the cores 0-${cpus - 1}`;
  complain(
    context,
    `services.${name}.cpuset`,
    `"${cpuset}": the machine has ${cores}; name those, or take a larger berth:machine`,
  );
}

/**
 * Docker refuses a container with a limit of more processors than its machine has. Such a limit is lowered to all
 * of them.
 *
 * @param cpus How many the machine has.
 */
export function fitProcessors(
  context: Context,
  services: readonly Service[],
  cpus: number,
): Service[] {
  return services.map((service) => {
    checkCores(context, service, cpus);
    const limit = service.cpu?.limit;
    if (limit === undefined || limit <= cpus) return service;
    context.notices.info(
      service.name,
      cpusKey(service.compose),
      `${cpus}: the machine has no more processors; take a larger berth:machine`,
    );
    return { ...service, cpu: { ...service.cpu, limit: cpus } };
  });
}
