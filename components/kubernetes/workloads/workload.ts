import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Service } from "../../plan/plan";
import { ownsVolume } from "./claims";
import { contentName } from "../pods/content-name";
import { objectName } from "../names";
import { podTemplate, type PodArgs, type Template } from "../pods/pod";
import { makeAutoscaler, type Scalers } from "./scaling";
import { metadata, options, type Scope, selector } from "../scope";

/** Old ReplicaSets that a Deployment keeps. */
const history = 3;

/** Seconds for a node to be added, a volume to be attached and an image to be pulled, before a service's own time starts. */
const arrival = 300;

/** A service as what runs its pods, by its rollout. */
export class Workload extends pulumi.ComponentResource {
  /** Resources that exist once the service is up: a Deployment whose new pods are ready, a Job that has ended. */
  readonly resource: pulumi.Resource;

  constructor(
    scope: Scope,
    /** The service, and those that are containers of its pod. */
    services: readonly [Service, ...Service[]],
    args: PodArgs & { readonly scalers: Scalers },
    after: readonly pulumi.Resource[],
    opts: pulumi.ComponentResourceOptions,
  ) {
    const [service] = services;
    const name = `${scope.name}-${service.name}`;
    super("berth:kubernetes:Workload", name, {}, opts);
    const template = podTemplate(scope, services, args, this);
    const timeoutSeconds = Math.max(...services.map(({ timeout }) => timeout)) + arrival;
    const child = options(scope, this, {
      dependsOn: [...after],
      customTimeouts: { create: `${timeoutSeconds + 60}s`, update: `${timeoutSeconds + 60}s` },
    });
    this.resource = this.make(scope, service, name, template, timeoutSeconds, child);
    if (service.rollout === "start-first" || service.rollout === "stop-first")
      makeBudget(scope, `${name}-budget`, scope.names.of(service.name), this);
    if (service.autoscale !== undefined && service.rollout !== "job" && service.rollout !== "cron")
      makeAutoscaler(
        scope,
        service,
        service.autoscale,
        {
          kind: ownsStatefully(scope, service) ? "StatefulSet" : "Deployment",
          scalers: args.scalers,
        },
        this,
      );
    this.registerOutputs({});
  }

  private make(
    scope: Scope,
    service: Service,
    name: string,
    template: Template,
    timeoutSeconds: number,
    child: pulumi.CustomResourceOptions,
  ): pulumi.Resource {
    const own = scope.names.of(service.name);
    const matchLabels = selector(own);
    // An autoscaler sets it.
    const replicas = service.autoscale === undefined ? { replicas: service.replicas } : {};
    switch (service.rollout) {
      case "job":
        return makeJob(scope, service, `${name}-job`, template, child);
      case "cron":
        return new kubernetes.batch.v1.CronJob(
          `${name}-cronjob`,
          {
            metadata: metadata(scope, own),
            spec: {
              schedule: service.schedule!,
              timeZone: "Etc/UTC",
              concurrencyPolicy: "Forbid",
              successfulJobsHistoryLimit: 2,
              failedJobsHistoryLimit: 3,
              jobTemplate: { spec: jobSpec(service, template) },
            },
          },
          child,
        );
      case "daemon":
        return new kubernetes.apps.v1.DaemonSet(
          `${name}-daemonset`,
          {
            metadata: metadata(scope, own),
            spec: { selector: { matchLabels }, revisionHistoryLimit: history, template },
          },
          child,
        );
      default:
        if (ownsStatefully(scope, service))
          return new kubernetes.apps.v1.StatefulSet(
            `${name}-statefulset`,
            {
              metadata: metadata(scope, own),
              spec: {
                ...replicas,
                serviceName: objectName(service.name),
                podManagementPolicy: "Parallel",
                updateStrategy: { type: "RollingUpdate" },
                revisionHistoryLimit: history,
                selector: { matchLabels },
                template,
              },
            },
            child,
          );
        return new kubernetes.apps.v1.Deployment(
          `${name}-deployment`,
          {
            metadata: metadata(scope, own),
            spec: {
              ...replicas,
              strategy: strategyOf(service),
              progressDeadlineSeconds: timeoutSeconds,
              revisionHistoryLimit: history,
              selector: { matchLabels },
              template,
            },
          },
          child,
        );
    }
  }
}

const ownsStatefully = ({ plan }: Scope, service: Service): boolean =>
  service.rollout === "stop-first" && ownsVolume(plan, service);

type Strategy = kubernetes.types.input.apps.v1.DeploymentStrategy;

/** `parallelism` pods at a time, all of them where it is 0. */
function strategyOf({ rollout, compose, replicas, autoscale }: Service): Strategy {
  const parallelism = compose.deploy?.update_config?.parallelism;
  const several = replicas > 1 || autoscale !== undefined;
  if (rollout === "start-first")
    return {
      type: "RollingUpdate",
      rollingUpdate: {
        maxSurge: parallelism === 0 ? "100%" : (parallelism ?? 1),
        maxUnavailable: 0,
      },
    };
  if (several && parallelism !== undefined && parallelism > 0 && parallelism < replicas)
    return {
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 0, maxUnavailable: parallelism },
    };
  return { type: "Recreate" };
}

type JobSpec = kubernetes.types.input.batch.v1.JobSpec;

function jobSpec(service: Service, template: Template): JobSpec {
  const retried = (service.compose.restart ?? "").startsWith("on-failure");
  return {
    backoffLimit: service.maxRestarts ?? (retried ? 6 : 0),
    activeDeadlineSeconds: Math.ceil(service.timeout) + arrival,
    // A removed node does not count as a failure of the job.
    podFailurePolicy: {
      rules: [
        { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
      ],
    },
    template: { ...template, spec: { ...template.spec, restartPolicy: "Never" } },
  };
}

/**
 * A one-shot, named by a hash of its inputs: it runs again exactly when they change, or when its last run
 * failed (decisions.md: one-shot). No `ttlSecondsAfterFinished`: a deleted Job would run again
 * (decisions.md: kubernetes-waits).
 */
export function makeJob(
  scope: Scope,
  service: Pick<Service, "name" | "timeout" | "compose" | "maxRestarts">,
  resource: string,
  template: Template,
  child: pulumi.CustomResourceOptions,
): kubernetes.batch.v1.Job {
  const base = scope.names.of(service.name);
  const spec = jobSpec(service as Service, template);
  const name = contentName(base, spec, false);
  return new kubernetes.batch.v1.Job(
    resource,
    {
      metadata: metadata(scope, name, {
        annotations: { "pulumi.com/replaceUnready": "true" },
      }),
      spec,
    },
    child,
  );
}

/**
 * A node drain evicts one pod at a time, of a single replica, too: otherwise an upgrade of the nodes would hang
 * (decisions.md: disruption-budgets).
 */
export function makeBudget(
  scope: Scope,
  resource: string,
  name: string,
  parent: pulumi.Resource,
): void {
  new kubernetes.policy.v1.PodDisruptionBudget(
    resource,
    {
      metadata: metadata(scope, name),
      spec: { maxUnavailable: 1, selector: { matchLabels: selector(name) } },
    },
    options(scope, parent),
  );
}
