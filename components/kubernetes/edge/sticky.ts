import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../plan/plan";
import { folder } from "../../databases";
import { haproxyImage } from "../../databases/haproxy/haproxy";
import { stickyBalancer, stickyConfiguration } from "./sticky-balancer";
import { makeContent } from "../pods/content";
import { objectName, podOwner } from "../names";
import { spread } from "../pods/pod";
import { networkLabels } from "../network/labels";
import { ownResources } from "../pods/resources";
import { metadata, options, ownLabels, type Scope, selector } from "../scope";
import { noRights } from "../pods/security";
import { makeBudget } from "../workloads/workload";

export interface Sticky {
  readonly service: string;
  readonly port: number;
}

/** The services and ports of routes whose clients stay with one pod, where there can be several. */
export function stickyTargets({ routes, services }: Plan): Sticky[] {
  const found = new Map<string, Sticky>();
  for (const { sticky, service, port } of routes) {
    const planned = services.find(({ name }) => name === service);
    if (
      sticky &&
      planned !== undefined &&
      (planned.replicas > 1 || planned.autoscale !== undefined)
    )
      found.set(`${service}:${port}`, { service, port });
  }
  return [...found.values()];
}

/** The name of a service's sticky balancer, which the edge calls. */
export const stickyName = ({ service, port }: Sticky): string =>
  objectName(`berth-sticky-${service}-${port}`, 52);

/**
 * A Service gives the edge one address for all pods, so a cookie set by the edge could not select a pod: a balancer
 * between them knows each pod's address.
 */
export function makeSticky(
  scope: Scope,
  target: Sticky,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const { plan, names } = scope;
  const { service, port } = target;
  const name = stickyName(target);
  const resource = `${scope.name}-sticky-${service}-${port}`;
  const owner = podOwner(plan, service);
  const planned = plan.services.find((one) => one.name === owner);
  const pods = objectName(`${name}-pods`);
  const annotations = { "pulumi.com/skipAwait": "true" };
  const files = makeContent(scope, parent, {
    resource: `${resource}-files`,
    base: name,
    secret: false,
    text: {
      [stickyBalancer.file]: scope.namespace.apply((namespace) =>
        stickyConfiguration({
          // HAProxy resolves fully qualified names only.
          host: `${pods}.${namespace}.svc.cluster.local`,
          port,
          // Old and new pods side by side.
          slots: 2 * Math.max(planned?.autoscale?.max ?? 0, planned?.replicas ?? 1),
          key: objectName(plan.prefix),
        }),
      ),
    },
  });
  makeBudget(scope, `${resource}-budget`, name, parent);
  return [
    new kubernetes.core.v1.Service(
      `${resource}-pods`,
      {
        metadata: metadata(scope, pods, { annotations }),
        spec: { clusterIP: "None", selector: selector(names.of(owner)) },
      },
      options(scope, parent),
    ),
    new kubernetes.core.v1.Service(
      `${resource}-name`,
      {
        metadata: metadata(scope, name, { annotations }),
        spec: {
          selector: selector(name),
          ports: [{ name: `tcp-${port}`, port, targetPort: port, protocol: "TCP" }],
        },
      },
      options(scope, parent),
    ),
    new kubernetes.apps.v1.Deployment(
      resource,
      {
        metadata: metadata(scope, name),
        spec: {
          replicas: 2,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          revisionHistoryLimit: 3,
          selector: { matchLabels: selector(name) },
          template: {
            // On the service's networks, so that it may call it.
            metadata: {
              labels: {
                ...ownLabels(plan),
                ...networkLabels(plan, service),
                ...selector(name),
              },
            },
            spec: {
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              terminationGracePeriodSeconds: 30,
              securityContext: {
                seccompProfile: { type: "RuntimeDefault" },
                sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }],
              },
              containers: [
                {
                  name: haproxyImage.name,
                  image: plan.settings.images[haproxyImage.name] ?? haproxyImage.image,
                  imagePullPolicy: "IfNotPresent",
                  command: stickyBalancer.command,
                  ports: [{ containerPort: port, protocol: "TCP" }],
                  volumeMounts: [{ name: "files", mountPath: folder, readOnly: true }],
                  readinessProbe: { httpGet: stickyBalancer.health, periodSeconds: 5 },
                  lifecycle: { preStop: { sleep: { seconds: 5 } } },
                  resources: ownResources("50m", "64Mi", "256Mi"),
                  securityContext: noRights,
                  terminationMessagePolicy: "FallbackToLogsOnError",
                },
              ],
              volumes: [{ name: "files", configMap: { name: files } }],
              ...spread(selector(name)),
            },
          },
        },
      },
      options(scope, parent),
    ),
  ];
}
