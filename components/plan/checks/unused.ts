import { engines } from "../../databases";
import type { Engine } from "../../databases/engine";
import { nearest } from "../../model/problem";
import type { Context } from "../context";
import type { Volume } from "../plan";

/** The proxies of managed databases: their names are keys of `images`. */
const proxyNames = Object.values<Engine>(engines).flatMap(({ proxy, port }) =>
  proxy === null ? [] : [proxy(port).name],
);

/** Config that names a service, volume or secret which the Compose file does not have. */
export function checkUnused(
  { app, settings, problems }: Context,
  volumes: readonly Volume[],
): void {
  const services = [...Object.keys(app.services), ...app.disabled];
  const check = (
    key: string,
    names: readonly string[],
    known: readonly string[],
    what: string,
  ): void => {
    for (const name of names) {
      if (known.includes(name)) continue;
      const now =
        key === "volumes"
          ? volumes.find(({ formerNames }) => formerNames?.includes(name))
          : undefined;
      if (now !== undefined) {
        problems.push({
          key: `berth:${key}.${name}`,
          message: `the volume of this folder is called ${now.name}, for every service that mounts it; write that`,
        });
        continue;
      }
      const near = nearest(name, known);
      problems.push({
        key: `berth:${key}.${name}`,
        message: `no ${what} ${name} in the Compose file; ${near === undefined ? `it has ${known.join(", ") || "none"}` : `did you mean ${near}?`}`,
      });
    }
  };
  check(
    "images",
    Object.keys(settings.images),
    [...services, ...["traefik", "busybox", "docker", "nginx", "datadog", "restic"], ...proxyNames],
    "service",
  );
  check("scale", Object.keys(settings.scale), services, "service");
  check("timeouts", Object.keys(settings.timeouts), services, "service");
  check(
    "volumes",
    Object.keys(settings.volumes),
    [...Object.keys(app.volumes), ...volumes.map(({ name }) => name)],
    "volume",
  );
  check("secrets", Object.keys(settings.secrets), Object.keys(app.secrets), "secret");
}
