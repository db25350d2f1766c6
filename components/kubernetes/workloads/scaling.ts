import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { engines } from "../../databases";
import type { Queue } from "../../databases/queue";
import type { Plan, Service } from "../../plan/plan";
import type { Autoscale } from "../../settings/settings";
import { makeContent } from "../pods/content";
import { objectName } from "../names";
import { kedaNamespace, queues } from "./queues";
import { metadata, opened, options, type Scope } from "../scope";

/** Percent of what a pod asks for, where `scale` gives minimum and maximum alone. */
const usualCpu = 80;

/** The charts of what clusters lack; the images they name are their own. */
const keda = { chart: "keda", version: "2.17.2", repo: "https://kedacore.github.io/charts" };
const metricsServer = {
  chart: "metrics-server",
  version: "3.12.2",
  repo: "https://kubernetes-sigs.github.io/metrics-server/",
};

export interface Scalers {
  readonly metrics: pulumi.Resource | undefined;
  readonly queues: pulumi.Resource | undefined;
}

/** What autoscalers need: metrics-server where the cloud has none, and KEDA for the length of queues. */
export function makeScalers(scope: Scope, parent: pulumi.Resource): Scalers {
  const { name, plan, cluster } = scope;
  const release = (
    role: string,
    { chart, version, repo }: typeof keda,
    namespace: string,
  ): pulumi.Resource =>
    new kubernetes.helm.v3.Release(
      `${name}-${role}`,
      {
        name: chart,
        chart,
        version,
        repositoryOpts: { repo },
        namespace,
        createNamespace: namespace === kedaNamespace,
      },
      options(scope, parent),
    );
  return {
    metrics: cluster.needsMetricsServer
      ? release("metrics-server", metricsServer, "kube-system")
      : undefined,
    queues: queues(plan).length > 0 ? release("keda", keda, kedaNamespace) : undefined,
  };
}

/** Changes how many pods a workload has, between the minimum and the maximum of `scale`. */
export function makeAutoscaler(
  scope: Scope,
  service: Service,
  scale: Autoscale,
  workload: { readonly kind: string; readonly scalers: Scalers },
  parent: pulumi.Resource,
): void {
  const resource = `${scope.name}-${service.name}-autoscaler`;
  const name = scope.names.of(service.name);
  const { kind, scalers } = workload;
  if (scale.queue !== undefined) {
    makeQueueScaler(scope, service, { ...scale, queue: scale.queue }, kind, scalers, parent);
    return;
  }
  const cpu = scale.cpu ?? (scale.memory === undefined ? usualCpu : undefined);
  new kubernetes.autoscaling.v2.HorizontalPodAutoscaler(
    resource,
    {
      metadata: metadata(scope, name, { annotations: { "pulumi.com/skipAwait": "true" } }),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind, name },
        minReplicas: Math.max(1, scale.min),
        maxReplicas: Math.max(1, scale.max),
        metrics: [
          ...(cpu === undefined ? [] : [utilization("cpu", cpu)]),
          ...(scale.memory === undefined ? [] : [utilization("memory", scale.memory)]),
        ],
        // Up at once, down when it has been quiet for a while.
        behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
      },
    },
    options(scope, parent, scalers.metrics === undefined ? {} : { dependsOn: [scalers.metrics] }),
  );
}

const utilization = (name: string, averageUtilization: number): Metric => ({
  type: "Resource",
  resource: { name, target: { type: "Utilization", averageUtilization } },
});

type Metric = kubernetes.types.input.autoscaling.v2.MetricSpec;

function makeQueueScaler(
  scope: Scope,
  service: Service,
  scale: Autoscale & { readonly queue: NonNullable<Autoscale["queue"]> },
  kind: string,
  scalers: Scalers,
  parent: pulumi.Resource,
): void {
  const resource = `${scope.name}-${service.name}-autoscaler`;
  const name = scope.names.of(service.name);
  const after = options(scope, parent, {
    ...(scalers.queues === undefined ? {} : { dependsOn: [scalers.queues] }),
  });
  const { metadata: trigger, secret } = triggerOf(scope, service, scale.queue);
  let authentication: { name: string } | undefined;
  if (secret !== undefined) {
    const held = makeContent(scope, parent, {
      resource: `${resource}-credentials`,
      base: `${name}-queue`,
      secret: true,
      text: secret,
    });
    authentication = { name: objectName(`${name}-queue`) };
    new kubernetes.apiextensions.CustomResource(
      `${resource}-authentication`,
      {
        apiVersion: "keda.sh/v1alpha1",
        kind: "TriggerAuthentication",
        metadata: metadata(scope, authentication.name),
        spec: {
          secretTargetRef: Object.keys(secret).map((key) => ({ parameter: key, name: held, key })),
        },
      },
      after,
    );
  }
  const ownTrigger = { ...trigger, ...(authentication && { authenticationRef: authentication }) };
  const byUse = (type: "cpu" | "memory"): Record<string, unknown>[] => {
    const value = scale[type];
    return value === undefined
      ? []
      : [{ type, metricType: "Utilization", metadata: { value: String(value) } }];
  };
  new kubernetes.apiextensions.CustomResource(
    resource,
    {
      apiVersion: "keda.sh/v1alpha1",
      kind: "ScaledObject",
      metadata: metadata(scope, name),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind, name },
        minReplicaCount: scale.min,
        maxReplicaCount: Math.max(1, scale.max),
        pollingInterval: 15,
        cooldownPeriod: 300,
        triggers: [ownTrigger, ...byUse("cpu"), ...byUse("memory")],
      },
    },
    after,
  );
}

interface Trigger {
  readonly metadata: Record<string, unknown>;
  readonly secret?: Record<string, pulumi.Output<string>>;
}

/** What KEDA asks for the length of a queue; it asks from another namespace. */
function triggerOf(
  scope: Scope,
  service: Service,
  queue: NonNullable<Autoscale["queue"]>,
): Trigger {
  const { plan } = scope;
  const { engine } = queues(plan).find((one) => one.service === queue.service)!;
  const { port, queue: counted } = engines[engine];
  // The plan has refused engines that hold none.
  const { type, metadata: settings, secret: secretOf } = counted as Queue;
  const address = pulumi.interpolate`${objectName(queue.service)}.${scope.namespace}.svc:${port}`;
  const database = plan.databases.find((one) => one.service === queue.service);
  const secret = secretOf({ database, environment: environmentOf(plan, queue.service) });
  const value = (text = ""): pulumi.Output<string> => pulumi.output(opened(scope, text));
  return {
    metadata: {
      type,
      metadata: settings({ ...queue, environment: service.environment }, address),
    },
    ...(secret === null
      ? {}
      : {
          secret: {
            [secret.parameter]: pulumi.secret(
              pulumi
                .all([value(database?.user), value(database?.password), address])
                .apply(([user, password, at]) => secret.value({ user, password, address: at })),
            ),
          },
        }),
  };
}

function environmentOf({ services }: Plan, name: string): Readonly<Record<string, string>> {
  return services.find((service) => service.name === name)?.environment ?? {};
}
