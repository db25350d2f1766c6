import * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "./clouds/cloud";
import { Application } from "./docker";
import type { Opener } from "./open";
import type { Plan } from "./plan/plan";

/** What both shapes are made from. */
export interface ShapeArgs {
  readonly plan: Plan;
  readonly cloud: Cloud;
  readonly opener: Opener;
  /** The first resource of the stack (rule 6). */
  readonly guard: pulumi.Resource;
  readonly parent: pulumi.Resource;
}

/** What a shape is once it is made. */
export interface Realised {
  /** Where each route answers, by the route's name. */
  readonly urls: pulumi.Output<Record<string, string>>;
  /** The public address of the edge. */
  readonly address: pulumi.Output<string>;
  /** Further outputs of the stack. */
  readonly outputs: Readonly<Record<string, pulumi.Output<unknown>>>;
}

/** The vm shape: one machine, and the application on its Docker. */
export function onMachine(
  name: string,
  { plan, cloud, opener, guard, parent }: ShapeArgs,
): Realised {
  const { settings } = plan;
  const machine = cloud.machine(
    `${name}-machine`,
    {
      type: plan.machine?.type ?? "",
      disk: plan.machine?.disk ?? 0,
      ports: plan.machine?.ports ?? [],
      operators: plan.machine?.operators ?? [],
      grace: plan.machine?.grace ?? 10,
      reboot: settings.updates.reboot,
      tags: settings.tags,
      protect: settings.protect,
    },
    { parent },
  );
  opener.bind("cloud", "address", machine.address);
  const { docker, disk, address } = machine;
  const application = new Application(
    `${name}-docker`,
    { plan, endpoint: docker, open: opener.open, guard, ...(disk === undefined ? {} : { disk }) },
    { parent, dependsOn: [machine] },
  );
  const { host, ca, cert, key } = docker;
  return {
    urls: application.urls,
    address,
    outputs:
      host === undefined
        ? {}
        : { docker: pulumi.secret(pulumi.all({ host, ca: ca!, cert: cert!, key: key! })) },
  };
}

/** The cluster shape: a managed cluster, managed databases, and the application's objects. */
export function onCluster(_name: string, { plan }: ShapeArgs): Realised {
  throw new pulumi.RunError(`berth:shape: ${plan.cloud} has no cluster yet; set it to vm`);
}
