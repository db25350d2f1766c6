import { versionOf } from "../../model/image-name";
import type { Context } from "../context";
import { ownTraefik, type Option, type Static } from "./labels/static";
import { edgesOf } from "./own-edge";

/** What keeps the file's own Traefik from finding services on a machine, where it is the edge. */
export function checkOwnTraefik({ app, notices }: Context): void {
  const own = ownTraefik(app);
  if (own === undefined || !edgesOf(app).includes(own.service)) return;
  const swarm = swarmOption(own);
  if (swarm !== undefined)
    notices.loss(
      own.service,
      swarm.at.key,
      "the machine is no Swarm, so that Traefik finds no services: take providers.docker, and write the labels below the services' labels, not deploy.labels",
    );
  if ([...own.options.keys()].some((name) => /^(providers\.)?docker/.test(name)) && isOld(own))
    notices.info(
      own.service,
      "image",
      "Docker 29, which a machine may get by its updates, refuses Traefik before 2.11.31 and 3.6.1, which then finds no services; take traefik:v3.6, or v2.11 for rules of version 2",
    );
}

function swarmOption({ options }: Static): Option | undefined {
  return [...options].find(
    ([name, { value }]) =>
      name.startsWith("providers.swarm") ||
      (/^(providers\.)?docker\.swarmmode$/.test(name) && value !== "false"),
  )?.[1];
}

/** A tag without the last number is the newest of its kind. */
function isOld({ compose }: Static): boolean {
  const numbers =
    versionOf(compose.image ?? "")
      ?.split(".")
      .map(Number) ?? [];
  const [major = 0, minor, patch] = numbers;
  if (minor === undefined) return major === 1;
  const [last, fixed] = major === 2 ? [11, 31] : [6, 1];
  return major < 2 || minor < last || (minor === last && patch !== undefined && patch < fixed);
}
