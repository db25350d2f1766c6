import * as pulumi from "@pulumi/pulumi";
import type { Cloud, Cluster, Database, Machine } from "../clouds/cloud";
import type { Repository } from "../docker/backups/backups";
import type { ImageStore } from "../kubernetes";
import type { SecretResolver } from "./secret-resolver";
import type { Plan } from "../plan/plan";
import { ownFolder } from "../plan/backups/repository";
import { runError } from "../model/run-error";

/** What both shapes are made from. */
export interface ShapeArgs {
  readonly plan: Plan;
  readonly cloud: Cloud;
  readonly opener: SecretResolver;
  /** The first resource of the stack (decisions.md: guard). */
  readonly guard: pulumi.Resource;
  readonly parent: pulumi.Resource;
}

/** What a shape is once it is made. */
export interface Realised {
  /** Where each route answers, by the route's name. */
  readonly urls: pulumi.Output<Record<string, string>>;
  /** The public address of the edge, and further ones where it has several. */
  readonly addresses: readonly [pulumi.Output<string>, ...pulumi.Output<string>[]];
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
      tags: settings.tags,
      protect: settings.protect,
    },
    { parent },
  );
  opener.bind("cloud", "address", machine.address);
  const { docker, disk, address } = machine;
  const databases = managedDatabases(name, plan, cloud, machine, parent);
  const backups = repository(name, { plan, cloud, opener, guard, parent });
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a cluster does not need its SDK
  const { Application } = require("../docker") as typeof import("../docker");
  const application = new Application(
    `${name}-docker`,
    {
      plan,
      endpoint: docker,
      databases,
      open: opener.open,
      guard,
      ...(disk === undefined ? {} : { disk }),
      ...(backups === undefined ? {} : { backups }),
    },
    { parent, dependsOn: [machine] },
  );
  const { host, ca, cert, key } = docker;
  return {
    urls: application.urls,
    addresses: [address],
    outputs: {
      ...administration(databases),
      // For a restore into another stack, and for the day when this stack is gone.
      ...(backups !== undefined && { backups: pulumi.secret({ ...backups, host: plan.prefix }) }),
      ...(host !== undefined && {
        docker: pulumi.secret(pulumi.all({ host, ca: ca!, cert: cert!, key: key! })),
      }),
    },
  };
}

/** The cluster shape: a managed cluster, managed databases, and the application's objects. */
export function onCluster(name: string, args: ShapeArgs): Realised {
  const { plan, cloud, opener, guard, parent } = args;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a machine does not need its SDK
  const kubernetes = require("../kubernetes") as typeof import("../kubernetes");
  const { tags, protect } = plan.settings;
  if (cloud.cluster === undefined || plan.cluster === null)
    throw runError(`berth:shape: ${plan.cloud} cannot make a cluster; set it to vm`);
  const images = kubernetes.builtNames(plan);
  const registry = images.length === 0 ? undefined : imageStore(name, args, images);
  const cluster = cloud.cluster(`${name}-cluster`, { ...plan.cluster, tags, protect }, { parent });
  opener.bind("cloud", "address", cluster.edge.address ?? pulumi.output("127.0.0.1"));
  const databases = managedDatabases(name, plan, cloud, cluster, parent);
  const application = new kubernetes.Application(
    `${name}-kubernetes`,
    {
      plan,
      cluster,
      databases,
      open: opener.open,
      guard,
      ...(registry === undefined ? {} : { registry }),
    },
    { parent },
  );
  return {
    urls: application.urls,
    addresses: [application.address, ...(cluster.edge.otherAddresses ?? [])],
    outputs: {
      ...administration(databases),
      ...(cluster.kubeconfig === undefined
        ? {}
        : { kubeconfig: pulumi.secret(cluster.kubeconfig) }),
      ...(application.portForward === undefined ? {} : { portForward: application.portForward }),
    },
  };
}

/** The databases that the cloud makes for the machine or the cluster, by service. */
function managedDatabases(
  name: string,
  { databases, settings: { tags, protect } }: Plan,
  cloud: Cloud,
  client: Machine | Cluster,
  parent: pulumi.Resource,
): ReadonlyMap<string, Database> {
  return new Map(
    databases.flatMap((database) => {
      if (!database.managed || database.url !== undefined || cloud.database === undefined)
        return [];
      const args = { database, client, tags, protect };
      const made = cloud.database(`${name}-${database.service}`, args, { parent });
      return [[database.service, made] as const];
    }),
  );
}

/** Days in which a backup that was deleted can be brought back, after the days that it was kept for. */
const graceDays = 7;

/** Where backups are, and what opens them. */
function repository(
  name: string,
  { plan: { backups, settings, prefix }, cloud, opener: { open }, parent }: ShapeArgs,
): Repository | undefined {
  if (backups === null) return undefined;
  const password = open(backups.password);
  const { to } = backups;
  if (to.repository !== undefined) {
    const credentials = Object.entries(backups.credentials).map(
      ([key, text]) => [key, open(text)] as const,
    );
    return {
      repository: ownFolder(to.repository, prefix),
      password,
      credentials: Object.fromEntries(credentials),
    };
  }
  const bucket = cloud.bucket?.(
    `${name}-backups`,
    {
      existing: to.bucket,
      keepDays: backups.keepDays + graceDays,
      tags: settings.tags,
      protect: settings.protect,
    },
    { parent },
  );
  if (bucket === undefined) return undefined;
  const repository =
    to.bucket === null
      ? bucket.repository
      : bucket.repository.apply((whole) => ownFolder(whole, prefix));
  return { repository, password, credentials: bucket.credentials };
}

/** Host, port and administrator of the cloud's databases. */
function administration(databases: ReadonlyMap<string, Database>): Realised["outputs"] {
  if (databases.size === 0) return {};
  const known = [...databases].map(([service, { host, port, user, password }]) => [
    service,
    { host, port, user, password },
  ]);
  return { databases: pulumi.secret(Object.fromEntries(known)) };
}

/** The registry that built images are pushed to: the one in the settings, else the cloud's own. */
function imageStore(
  name: string,
  { plan, cloud, opener: { open }, parent }: ShapeArgs,
  repositories: readonly string[],
): ImageStore | undefined {
  const { registry, tags } = plan.settings;
  if (registry === undefined || registry === "cloud" || "name" in registry) {
    const args = { ...(typeof registry === "object" && registry), repositories, tags };
    return cloud.registry?.(`${name}-registry`, args, { parent });
  }
  const server = open(registry.server);
  return {
    server,
    username: open(registry.username),
    password: pulumi.secret(open(registry.password)),
    repository: (image) => pulumi.interpolate`${server}/${image}`,
  };
}
