import type { Host } from "./host";

/** The image of containers that start others by the clock: the docker program and a cron. */
export function schedulerImage({ plan }: Host): string {
  return plan.settings.images["docker"] ?? "docker:28-cli";
}

/** Docker's own socket on the host: on this computer it may be elsewhere than usual. */
export function socketOf({ plan }: Host): string {
  const local = plan.cloud === "local" ? process.env["DOCKER_HOST"] : undefined;
  return local?.startsWith("unix://") === true
    ? local.slice("unix://".length)
    : "/var/run/docker.sock";
}
