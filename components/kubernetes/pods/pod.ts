import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { placementOf } from "../../plan/services/placement";
import type { Plan, Service } from "../../plan/plan";
import { hasReference } from "../../model/reference";
import { oneNodeVolumes } from "../workloads/claims";
import { container, leaving, nameInputs } from "./container";
import type { Mounted, MountArgs } from "./mounts";
import { objectName } from "../names";
import { opened, ownLabels, type Scope, selector } from "../scope";
import { podSecurity } from "./security";

type PodTemplate = kubernetes.types.input.core.v1.PodTemplateSpec;
type PodSpec = kubernetes.types.input.core.v1.PodSpec;

/** A template whose parts are plain objects. */
export interface Template extends Omit<PodTemplate, "spec"> {
  readonly spec: PodSpec;
}

export interface PodArgs extends MountArgs {
  /** Names of Secrets with which images are pulled. */
  readonly pullSecrets: readonly pulumi.Input<string>[];
  /** Labels by which Services of shared names, and policies, find a service's pods. */
  readonly labelsOf: (service: string) => Readonly<Record<string, string>>;
}

/** The pod of a service and of those that share its network: what its workload makes copies of. */
export function podTemplate(
  scope: Scope,
  services: readonly [Service, ...Service[]],
  args: PodArgs,
  parent: pulumi.Resource,
): Template {
  const [owner] = services;
  const { plan, names } = scope;
  const own = names.of(owner.name);
  const made = services.map((service) => container(scope, service, args, parent));
  const volumes = new Map(
    made.flatMap(({ mounted }) => mounted.volumes.map((volume) => [volume.name, volume] as const)),
  );
  const volumeLabels = services
    .flatMap((service) => oneNodeVolumes(plan, service))
    .map(({ name }): [string, string] => [`berth.volume/${objectName(name)}`, "true"]);
  const labels: Record<string, string> = {
    ...ownLabels(plan),
    "app.kubernetes.io/name": own,
    ...selector(own),
    ...Object.fromEntries(volumeLabels),
    ...Object.fromEntries(services.flatMap(({ name }) => Object.entries(args.labelsOf(name)))),
  };
  const annotations = annotationsOf(scope, services);
  const fillers = made.flatMap(({ mounted }) => mounted.fillers);
  return {
    metadata: {
      labels,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: {
      // No API token, and no variables of Services, which Docker would not set and which clash with Berth's own.
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: podSecurity(services),
      terminationGracePeriodSeconds: graceOf(services),
      ...(args.pullSecrets.length === 0
        ? {}
        : { imagePullSecrets: args.pullSecrets.map((name) => ({ name })) }),
      ...(fillers.length === 0 ? {} : { initContainers: unique(fillers) }),
      containers: made.map(({ container }) => container),
      ...(volumes.size === 0 ? {} : { volumes: [...volumes.values()] }),
      ...nameInputs(owner),
      ...nodeInputs(owner, plan, placement(plan, services, selector(own))),
    },
  };
}

/** Two services of one pod may fill one volume; names of init containers are the pod's. */
function unique(fillers: Mounted["fillers"]): NonNullable<PodSpec["initContainers"]> {
  return fillers.map((filler, index) => ({
    ...filler,
    name: objectName(`${filler.name as string}${index === 0 ? "" : `-${index + 1}`}`),
  }));
}

function graceOf(services: readonly Service[]): number {
  return Math.max(
    ...services.map(({ grace, ports }) => Math.ceil(grace) + (ports.length > 0 ? leaving : 0)),
  );
}

const annotationKey =
  /^([a-z0-9]([-a-z0-9.]{0,250}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** Compose labels as annotations, without Traefik's and Berth's own, which are in the plan already. */
function annotationsOf(
  scope: Scope,
  services: readonly Service[],
): Record<string, pulumi.Input<string>> {
  const found: Record<string, pulumi.Input<string>> = {};
  for (const { compose } of services)
    for (const [key, value] of Object.entries({ ...compose.labels, ...compose.annotations })) {
      if (/^(traefik|berth)\./.test(key)) continue;
      const allowed = annotationKey.test(key) ? key : objectName(key);
      found[allowed] = hasReference(value) ? opened(scope, value) : value;
    }
  return found;
}

/** The node that the file asks for, as what `placement` says beside it. */
function nodeInputs(
  { compose }: Service,
  { cloud }: Plan,
  spec: Partial<PodSpec>,
): Partial<PodSpec> {
  const { labels, without } = placementOf(compose, cloud);
  const nodeAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        {
          matchExpressions: without.map(({ label, value }) => ({
            key: label,
            operator: "NotIn",
            values: [value],
          })),
        },
      ],
    },
  };
  return {
    ...spec,
    ...(Object.keys(labels).length === 0 ? {} : { nodeSelector: labels }),
    ...(without.length === 0
      ? {}
      : { affinity: { ...(spec.affinity as object | undefined), nodeAffinity } }),
  };
}

/**
 * Pods of one service run on different nodes where there are several. Those that share a volume which only one
 * node can mount run on one (decisions.md: shared-volumes), old and new version too: otherwise the new pod would wait
 * for the volume forever.
 */
function placement(
  plan: Plan,
  services: readonly Service[],
  own: Record<string, string>,
): Partial<PodSpec> {
  const [owner] = services;
  const volumes = services.flatMap((service) => oneNodeVolumes(plan, service));
  const together = volumes.filter(
    ({ users }) =>
      users.length > 1 ||
      services.some(
        ({ replicas, autoscale, rollout }) =>
          replicas > 1 || autoscale !== undefined || rollout === "start-first",
      ),
  );
  if (together.length > 0)
    return {
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            ...new Set(together.map(({ name }) => objectName(name))),
          ].map((volume) => ({
            labelSelector: { matchLabels: { [`berth.volume/${volume}`]: "true" } },
            topologyKey: "kubernetes.io/hostname",
          })),
        },
      },
    };
  if (owner === undefined || (owner.replicas < 2 && owner.autoscale === undefined)) return {};
  return spread(own);
}

/** Evenly over nodes and zones, as far as there are any. */
export function spread(own: Record<string, string>): Partial<PodSpec> {
  return {
    topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map(
      (topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: own },
      }),
    ),
  };
}
