import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EdgeBalancer } from "../../clouds/cloud";
import { busyboxImage, traefikImage } from "../../edge/images";
import { secured, staticArguments } from "../../edge/traefik";
import type { Edge as EdgePlan } from "../../plan/plan";
import { makeCertificates } from "./certificates";
import { makeContent } from "../pods/content";
import { spread } from "../pods/pod";
import { ownResources } from "../pods/resources";
import { routesFile } from "./routes";
import { metadata, options, ownLabels, type Scope, selector } from "../scope";
import { noRights } from "../pods/security";
import { makeBudget } from "../workloads/workload";

/** The names of the edge's workloads, and their values of the label `berth.service`. */
export const edgeName = "berth-edge";
export const maintenanceName = "berth-maintenance";
export const maintenancePort = 8080;

/** Traefik's own port, for its health and its metrics. */
const statusPort = 8080;

/** Routes and certificates, in one folder: Traefik reloads all of them when one changes. */
const folder = "/etc/berth/routes";

/**
 * Seconds for every cloud's load balancer to see that a node has only terminating pods: at most three checks,
 * every 10 s on AWS, as the Service's annotations say, every 8 s on Google Cloud, every 3 s on DigitalOcean.
 */
const noticing = 30;

/** The source addresses of a cloud's load balancer. */
const balancerRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

interface Status {
  readonly loadBalancer?: {
    readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[];
  };
}

export interface EdgeArgs {
  readonly edge: EdgePlan;
  readonly balancer: EdgeBalancer;
  /** Resources that have to exist before routes lead to it. */
  readonly after: readonly pulumi.Resource[];
}

/** The edge: Traefik behind the cloud's load balancer, without access to the Kubernetes API. */
export class Edge extends pulumi.ComponentResource {
  /** The balancer's public address. */
  readonly address: pulumi.Output<string>;

  constructor(scope: Scope, args: EdgeArgs, opts: pulumi.ComponentResourceOptions) {
    const name = `${scope.name}-edge`;
    super("berth:kubernetes:Edge", name, {}, opts);
    const { edge, balancer } = args;
    makeMaintenance(scope, edge, this);
    const certificates = makeCertificates(scope, edge, folder, this);
    // Certificates are files here, whatever issued them.
    const seen: EdgePlan = secured(edge) ? { ...edge, tls: { mode: "files" } } : edge;
    const { yaml, secret } = routesFile(scope, {
      edge: seen,
      maintenance: `http://${maintenanceName}:${maintenancePort}`,
      certificates: certificates.files,
      ...(certificates.challenges === undefined ? {} : { challenges: certificates.challenges }),
    });
    const routes = makeContent(scope, this, {
      resource: `${name}-routes`,
      base: "berth-edge-routes",
      secret,
      text: { "routes.yaml": yaml },
    });
    const deployment = new kubernetes.apps.v1.Deployment(
      `${name}-deployment`,
      {
        metadata: metadata(scope, edgeName),
        spec: {
          replicas: 2,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          revisionHistoryLimit: 3,
          selector: { matchLabels: selector(edgeName) },
          template: {
            metadata: { labels: { ...ownLabels(scope.plan), ...selector(edgeName) } },
            spec: {
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              // And then the time that Traefik itself gives requests that are under way, and some more.
              terminationGracePeriodSeconds: noticing + 20,
              securityContext: {
                seccompProfile: { type: "RuntimeDefault" },
                sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }],
              },
              containers: [traefik(scope, seen, balancer)],
              volumes: [
                {
                  name: "routes",
                  projected: {
                    sources: [
                      secret ? { secret: { name: routes } } : { configMap: { name: routes } },
                      ...certificates.sources,
                    ],
                  },
                },
              ],
              ...spread(selector(edgeName)),
            },
          },
        },
      },
      options(scope, this, { dependsOn: [...args.after] }),
    );
    makeBudget(scope, `${name}-budget`, edgeName, this);
    const service = makeService(scope, edge, balancer, deployment, this);
    this.address =
      balancer.address ??
      // In a preview the balancer may not exist yet.
      (service.status as pulumi.Output<Status | undefined>).apply((status) => {
        const first = status?.loadBalancer?.ingress?.[0];
        return first?.ip ?? first?.hostname ?? "";
      });
    this.registerOutputs({ address: this.address });
  }
}

function traefik(
  { plan }: Scope,
  edge: EdgePlan,
  { proxyProtocol }: EdgeBalancer,
): kubernetes.types.input.core.v1.Container {
  const entryPoints = ["web", ...(secured(edge) ? ["websecure"] : [])];
  const tcp = [80, ...(secured(edge) ? [443] : [])].map((port) => ({
    containerPort: port,
    protocol: "TCP",
  }));
  return {
    name: "traefik",
    image: plan.settings.images["traefik"] ?? traefikImage,
    imagePullPolicy: "IfNotPresent",
    args: [
      ...staticArguments(edge, { directory: folder, certificates: "" }),
      ...(proxyProtocol
        ? entryPoints.map(
            (entryPoint) =>
              `--entrypoints.${entryPoint}.proxyprotocol.trustedips=${balancerRanges.join(",")}`,
          )
        : []),
    ],
    ports: [
      ...tcp,
      ...edge.openPorts.map(({ port, protocol }) => ({
        containerPort: port,
        protocol: protocol.toUpperCase(),
      })),
    ],
    volumeMounts: [{ name: "routes", mountPath: folder, readOnly: true }],
    readinessProbe: {
      httpGet: { path: "/ping", port: statusPort },
      periodSeconds: 5,
      failureThreshold: 2,
    },
    // After SIGTERM Traefik's ping fails: a liveness probe on it would restart a pod that is shutting down.
    livenessProbe: { tcpSocket: { port: statusPort }, periodSeconds: 10, failureThreshold: 6 },
    // The balancer sends requests until it has noticed that the pod is terminating.
    lifecycle: { preStop: { sleep: { seconds: noticing } } },
    resources: ownResources("100m", "96Mi", "512Mi"),
    securityContext: noRights,
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
}

function makeService(
  scope: Scope,
  edge: EdgePlan,
  balancer: EdgeBalancer,
  deployment: pulumi.Resource,
  parent: pulumi.Resource,
): kubernetes.core.v1.Service {
  const local = scope.plan.cloud === "local";
  const entry = (name: string, port: number, targetPort: number): ServicePort => ({
    name,
    port,
    targetPort,
    protocol: "TCP",
    ...(local && isNodePort(port) ? { nodePort: port } : {}),
  });
  const web = [
    entry("web", edge.http, 80),
    ...(edge.https !== null && secured(edge) ? [entry("websecure", edge.https, 443)] : []),
  ];
  return new kubernetes.core.v1.Service(
    `${scope.name}-edge-balancer`,
    {
      metadata: metadata(scope, edgeName, {
        annotations: {
          ...balancer.annotations,
          // A cluster on this computer may have no load balancer controller.
          ...(local ? { "pulumi.com/skipAwait": "true" } : {}),
        },
      }),
      spec: {
        type: "LoadBalancer",
        // Preserves the clients' addresses; on this computer every node has to answer.
        externalTrafficPolicy: local ? "Cluster" : "Local",
        selector: selector(edgeName),
        ports: [
          ...web,
          ...edge.openPorts.map(({ port, protocol }) => ({
            name: `${protocol}-${port}`,
            port,
            targetPort: port,
            protocol: protocol.toUpperCase(),
          })),
        ],
        ...(balancer.loadBalancerIP === undefined
          ? {}
          : { loadBalancerIP: balancer.loadBalancerIP }),
        ...(balancer.loadBalancerClass === undefined
          ? {}
          : { loadBalancerClass: balancer.loadBalancerClass }),
      },
    },
    options(scope, parent, {
      customTimeouts: { create: "15m", update: "15m" },
      // DNS records point at the address, so it is protected; without dependencies, which destroy would keep, too.
      ...(balancer.goesWithService === true
        ? { protect: scope.plan.settings.protect }
        : { dependsOn: [deployment] }),
    }),
  );
}

type ServicePort = kubernetes.types.input.core.v1.ServicePort;

/** The ports that nodes listen on for Services, where the API server is not told otherwise. */
const isNodePort = (port: number): boolean => port >= 30000 && port <= 32767;

/** What answers while a route's service does not. */
function makeMaintenance(scope: Scope, edge: EdgePlan, parent: pulumi.Resource): void {
  const name = `${scope.name}-edge-maintenance`;
  const page = makeContent(scope, parent, {
    resource: `${name}-page`,
    base: maintenanceName,
    secret: false,
    text: { "index.html": edge.maintenancePage },
  });
  new kubernetes.apps.v1.Deployment(
    name,
    {
      metadata: metadata(scope, maintenanceName),
      spec: {
        replicas: 1,
        revisionHistoryLimit: 3,
        selector: { matchLabels: selector(maintenanceName) },
        template: {
          metadata: { labels: { ...ownLabels(scope.plan), ...selector(maintenanceName) } },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            terminationGracePeriodSeconds: 5,
            securityContext: { seccompProfile: { type: "RuntimeDefault" } },
            containers: [
              {
                name: "page",
                image: scope.plan.settings.images["busybox"] ?? busyboxImage,
                imagePullPolicy: "IfNotPresent",
                command: ["httpd", "-f", "-p", String(maintenancePort), "-h", "/www"],
                ports: [{ containerPort: maintenancePort, protocol: "TCP" }],
                volumeMounts: [{ name: "page", mountPath: "/www", readOnly: true }],
                readinessProbe: { tcpSocket: { port: maintenancePort }, periodSeconds: 5 },
                resources: ownResources("5m", "8Mi", "32Mi"),
                securityContext: noRights,
                terminationMessagePolicy: "FallbackToLogsOnError",
              },
            ],
            volumes: [{ name: "page", configMap: { name: page } }],
          },
        },
      },
    },
    options(scope, parent),
  );
  makeBudget(scope, `${name}-budget`, maintenanceName, parent);
  new kubernetes.core.v1.Service(
    `${name}-name`,
    {
      metadata: metadata(scope, maintenanceName, {
        annotations: { "pulumi.com/skipAwait": "true" },
      }),
      spec: {
        selector: selector(maintenanceName),
        ports: [{ name: "http", port: maintenancePort, targetPort: maintenancePort }],
      },
    },
    options(scope, parent),
  );
}
