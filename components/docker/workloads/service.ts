import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Service } from "../../plan/plan";
import { containerArguments } from "../container/arguments";
import type { ContainerContext } from "../container/container-context";
import { type Host, physicalName } from "../host";
import { imageFiles } from "../images/image-files";
import { lookUpAgain } from "../container/look-up-again";
import { makeContainer } from "../container/make-container";
import { readableData } from "./postgres-data";

/** A service as its containers, one for each replica. */
export class ServiceContainers extends pulumi.ComponentResource {
  readonly containers: readonly docker.Container[];

  constructor(
    host: Host,
    service: Service,
    at: ContainerContext,
    after: readonly pulumi.Input<pulumi.Resource>[],
    opts: pulumi.ComponentResourceOptions,
  ) {
    const name = `${host.name}-${service.name}`;
    super("berth:docker:Service", name, {}, opts);
    const { args, filled } = containerArguments(host, service, at, this);
    const brought = imageFiles(host, service, at, this);
    const readable = readableData(host, service, at);
    const stopFirst = service.rollout === "stop-first";
    const together = atOnce(service);
    const containers: docker.Container[] = [];
    for (let n = 1; n <= service.replicas; n++) {
      const previous = containers[n - 1 - together];
      containers.push(
        makeContainer(host, this, {
          resource: `${name}-${n}`,
          base: physicalName(host.plan.prefix, service.name, String(n)),
          args: {
            ...args,
            mustRun: true,
            ...(service.health === undefined
              ? {}
              : { wait: true, waitTimeout: Math.ceil(service.timeout) }),
          },
          stopFirst,
          routed: at.edgeNetwork !== undefined,
          ...(service.follows.length === 0
            ? {}
            : { afterCreate: (made) => lookUpAgain(host, service, made) }),
          dependsOn: [
            ...after,
            ...filled,
            ...brought,
            ...readable,
            ...(previous === undefined ? [] : [previous]),
          ],
        }),
      );
    }
    this.containers = containers;
    this.registerOutputs({});
  }
}

/**
 * How many replicas change at the same time: `update_config.parallelism`, by Compose's default one. Where the
 * old ones stay until the end nothing is gained by waiting, so that only a stated number counts.
 */
function atOnce({ compose, rollout, replicas }: Service): number {
  const stated = compose.deploy?.update_config?.parallelism;
  if (stated === undefined) return rollout === "start-first" ? replicas : 1;
  return stated === 0 ? replicas : stated;
}
