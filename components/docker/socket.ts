import type { Host } from "./host";

/** Docker's own socket on the host: on this computer it may be elsewhere than usual. */
export function socketOf({ plan }: Host): string {
  const local = plan.cloud === "local" ? process.env["DOCKER_HOST"] : undefined;
  return local?.startsWith("unix://") === true
    ? local.slice("unix://".length)
    : "/var/run/docker.sock";
}
