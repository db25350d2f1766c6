import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Service } from "../../plan/plan";
import { containerArguments } from "../container/arguments";
import type { ContainerContext } from "../container/container-context";
import { type Host, ownLabels, physicalName } from "../host";
import type { Images } from "../images/image";
import { makeContainer } from "../container/make-container";
import { schedulerImage, socketOf } from "../scheduler";

/** Starts the container by its id; one that still runs is left running. Output of crond itself goes to its log. */
const script = [
  "mkdir -p /var/spool/cron/crontabs",
  `printf '%s docker start %s\\n' "$SCHEDULE" "$CONTAINER" > /var/spool/cron/crontabs/root`,
  "exec crond -f -l 8 -c /var/spool/cron/crontabs",
].join("\n");

/**
 * A service that runs on a schedule (label `berth.cron`, five fields, UTC): its container is created and not
 * started, and a small one beside it starts it. Only that one has Docker's socket.
 */
export class Cron extends pulumi.ComponentResource {
  readonly container: docker.Container;

  constructor(
    host: Host,
    service: Service,
    at: ContainerContext,
    images: Images,
    after: readonly pulumi.Input<pulumi.Resource>[],
    opts: pulumi.ComponentResourceOptions,
  ) {
    const name = `${host.name}-${service.name}`;
    super("berth:docker:Cron", name, {}, opts);
    const { prefix } = host.plan;
    const { args, filled } = containerArguments(host, service, at, this);
    this.container = makeContainer(host, this, {
      resource: `${name}-run`,
      base: physicalName(prefix, service.name, "run"),
      args: {
        ...args,
        start: false,
        mustRun: false,
      },
      stopFirst: true,
      dependsOn: [...after, ...filled],
    });
    makeContainer(host, this, {
      resource: `${name}-schedule`,
      base: physicalName(prefix, service.name, "schedule"),
      args: {
        image: images.pull(schedulerImage(host)),
        entrypoints: ["sh", "-c", script],
        envs: [
          pulumi.interpolate`CONTAINER=${this.container.id}`,
          `SCHEDULE=${service.schedule ?? ""}`,
          "TZ=UTC",
        ],
        volumes: [{ hostPath: socketOf(host), containerPath: "/var/run/docker.sock" }],
        networkMode: "none",
        restart: "unless-stopped",
        destroyGraceSeconds: 1,
        logDriver: "json-file",
        logOpts: { "max-size": "1m", "max-file": "1" },
        labels: ownLabels(host, service.name),
      },
      stopFirst: true,
    });
    this.registerOutputs({});
  }
}
