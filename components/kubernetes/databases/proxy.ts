import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Database as DatabasePlan } from "../../plan/plan";
import { folder, type Health, type Proxy, type Upstream } from "../../databases";
import { makeContent } from "../pods/content";
import { spread } from "../pods/pod";
import { labelsOfNetworks } from "../network/labels";
import { proxyLabel } from "../network/labels";
import { ownResources } from "../pods/resources";
import { metadata, options, ownLabels, type Scope, selector } from "../scope";
import { noRights } from "../pods/security";
import { makeBudget } from "../workloads/workload";

export interface ProxyArgs {
  /** Start of the resources' names. */
  readonly resource: string;
  readonly name: string;
  readonly replicas: number;
  readonly proxy: Proxy;
  readonly upstream: pulumi.Output<Upstream>;
  readonly database: DatabasePlan;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The pods of a proxy, on the database's own networks. */
export function makeProxy(
  scope: Scope,
  args: ProxyArgs,
  after: readonly pulumi.Resource[],
  parent: pulumi.Resource,
): kubernetes.apps.v1.Deployment {
  const { resource, name, replicas, proxy, upstream, database, labels } = args;
  const contents = upstream.apply((at) => proxy.contents(at));
  const files = makeContent(scope, parent, {
    resource: `${resource}-files`,
    base: `${name}-proxy`,
    secret: true,
    text: Object.fromEntries(
      proxy.files.map((file) => [file, contents.apply((texts) => texts[file] ?? "")]),
    ),
  });
  makeBudget(scope, `${resource}-budget`, name, parent);
  return new kubernetes.apps.v1.Deployment(
    resource,
    {
      metadata: metadata(scope, name),
      spec: {
        replicas,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        revisionHistoryLimit: 3,
        selector: { matchLabels: selector(name) },
        template: {
          metadata: {
            labels: {
              ...ownLabels(scope.plan),
              ...selector(name),
              ...proxyLabel,
              ...labelsOfNetworks(Object.keys(database.networks)),
              ...labels,
            },
          },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            // Clients keep connections open for long: an idle one is closed and reconnects to the new pod.
            terminationGracePeriodSeconds: 30,
            securityContext: {
              seccompProfile: { type: "RuntimeDefault" },
              sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }],
            },
            containers: [
              {
                name: proxy.name,
                image: scope.plan.settings.images[proxy.name] ?? proxy.image,
                imagePullPolicy: "IfNotPresent",
                command: [...proxy.command],
                ports: [{ containerPort: database.port, protocol: "TCP" }],
                volumeMounts: [
                  { name: "files", mountPath: folder, readOnly: true },
                  { name: "tmp", mountPath: "/tmp" },
                ],
                readinessProbe: { ...probe(proxy.health), periodSeconds: 5, timeoutSeconds: 5 },
                lifecycle: { preStop: { sleep: { seconds: 5 } } },
                resources: ownResources("50m", "64Mi", "256Mi"),
                securityContext: noRights,
                terminationMessagePolicy: "FallbackToLogsOnError",
              },
            ],
            volumes: [
              { name: "files", secret: { secretName: files } },
              { name: "tmp", emptyDir: {} },
            ],
            ...(replicas > 1 ? spread(selector(name)) : {}),
          },
        },
      },
    },
    options(scope, parent, { dependsOn: [...after] }),
  );
}

function probe(health: Health): kubernetes.types.input.core.v1.Probe {
  if ("tcp" in health) return { tcpSocket: { port: health.tcp } };
  if ("http" in health) return { httpGet: { path: health.path, port: health.http } };
  return { exec: { command: [...health.command] } };
}
