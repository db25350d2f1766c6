import * as pulumi from "@pulumi/pulumi";
import { hasReference } from "../../model/reference";
import type { Service } from "../../plan/plan";
import { type Host, type Label, ownLabels } from "../host";
import type { ContainerContext } from "./container-context";

/**
 * A container's labels: Berth's own and the Compose file's. Without `berth.*`, which are in the plan already, and
 * without `traefik.*` where Berth's edge has read them: a change of them must not replace a container.
 * The application's own edge reads its labels itself (decisions.md: own-edge).
 */
export function labelInputs(host: Host, service: Service, at: ContainerContext): Label[] {
  const own = host.plan.edge === null;
  const theirs = Object.entries(service.compose.labels ?? {})
    .filter(([label]) => !/^berth\./.test(label) && (own || !/^traefik\./i.test(label)))
    .map(([label, value]) => ({ label, value: valueOf(host, at, label, value) }));
  const followed = service.follows.flatMap((other) => at.containersOf(other));
  return [
    ...ownLabels(host, service.name),
    ...(own ? composeLabels(host, service) : []),
    ...theirs,
    ...(followed.length === 0
      ? []
      : [{ label: "berth.follows", value: pulumi.all(followed).apply((ids) => ids.join(",")) }]),
  ];
}

/**
 * Those of docker compose, by which Traefik and docker-gen take the containers of a service for one: without them
 * the old and the new container of an update would be two services.
 */
function composeLabels({ plan }: Host, { name }: Service): Label[] {
  return [
    { label: "com.docker.compose.project", value: plan.prefix },
    { label: "com.docker.compose.service", value: name },
  ];
}

/** Traefik's label for the network has Docker's name of it, which is another one here than with docker compose. */
function valueOf(
  host: Host,
  { networks }: ContainerContext,
  label: string,
  value: string,
): pulumi.Input<string> {
  if (/^traefik\.(docker|swarm)\.network$/i.test(label)) {
    const declared = Object.entries(host.plan.app.networks);
    const key = declared.find(([name, network]) => name === value || network.name === value)?.[0];
    return networks.get(key ?? value) ?? value;
  }
  return hasReference(value) ? host.open(value) : value;
}
