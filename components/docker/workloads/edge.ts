import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { secured, staticArguments } from "../../edge/traefik";
import type { Edge } from "../../plan/plan";
import { hasReference } from "../../model/reference";
import { type Host, options, ownLabels, physicalName } from "../host";
import { makeContainer } from "../container/make-container";

/** The network alias of the maintenance page, which answers while every server of a route is down. */
export const maintenanceHost = "berth-maintenance";
const maintenancePort = 8080;

const routesFolder = "/etc/berth/routes";
const certificatesFolder = "/certificates";

/**
 * The edge: Traefik. It has no routes in its inputs and no Docker socket, so a release never replaces it
 * (decisions.md: edge-without-routes).
 */
export class EdgeContainers extends pulumi.ComponentResource {
  /** The volume whose files are Traefik's routes. */
  readonly routesVolume: pulumi.Output<string>;
  readonly container: docker.Container;
  /** Where the maintenance page answers. */
  readonly maintenance = `http://${maintenanceHost}:${maintenancePort}`;

  constructor(
    host: Host,
    edge: Edge,
    /** `inner`: the network of routed services; `outer`: the network with published ports and internet access. */
    networks: { readonly inner: pulumi.Input<string>; readonly outer: pulumi.Input<string> },
    image: pulumi.Input<string>,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const name = `${host.name}-edge`;
    super("berth:docker:Edge", name, {}, opts);
    const { prefix } = host.plan;
    const labels = ownLabels(host, "edge");
    const volume = (part: string): pulumi.Output<string> =>
      new docker.Volume(
        `${name}-${part}`,
        { name: physicalName(prefix, "edge", part), labels: ownLabels(host) },
        options(host, this, { deleteBeforeReplace: true, ignoreChanges: ["labels"] }),
      ).name;
    this.routesVolume = volume("routes");

    const page = makeContainer(host, this, {
      resource: `${name}-maintenance`,
      base: physicalName(prefix, "maintenance"),
      args: {
        image: host.helperImage(),
        command: ["httpd", "-f", "-p", String(maintenancePort), "-h", "/www"],
        uploads: [{ file: "/www/index.html", content: edge.maintenancePage }],
        networksAdvanced: [{ name: networks.inner, aliases: [maintenanceHost] }],
        memory: 32,
        restart: "unless-stopped",
        destroyGraceSeconds: 1,
        ...logging,
        labels: ownLabels(host, "maintenance"),
      },
      stopFirst: true,
    });

    this.container = makeContainer(host, this, {
      resource: `${name}-traefik`,
      base: physicalName(prefix, "edge"),
      args: {
        image,
        command: staticArguments(edge, {
          directory: routesFolder,
          certificates: certificatesFolder,
        }),
        envs: Object.entries(edge.tls.dnsVariables ?? {}).map(([key, value]) =>
          pulumi.secret(hasReference(value) ? host.open(`${key}=${value}`) : `${key}=${value}`),
        ),
        networksAdvanced: [{ name: networks.inner }, { name: networks.outer }],
        ports: [
          { internal: 80, external: edge.http, protocol: "tcp" },
          ...(secured(edge) && edge.https !== null
            ? [{ internal: 443, external: edge.https, protocol: "tcp" }]
            : []),
          ...edge.openPorts.map(({ port, protocol }) => ({
            internal: port,
            external: port,
            protocol,
          })),
        ],
        volumes: [
          { volumeName: this.routesVolume, containerPath: routesFolder, readOnly: true },
          { volumeName: volume("certificates"), containerPath: certificatesFolder },
        ],
        healthcheck: {
          tests: ["CMD", "traefik", "healthcheck", "--ping"],
          interval: "2s",
          timeout: "5s",
          startPeriod: "30s",
          retries: 15,
        },
        mustRun: true,
        wait: true,
        waitTimeout: 120,
        restart: "unless-stopped",
        // Longer than the entrypoints' own grace, so that requests under way end.
        destroyGraceSeconds: 15,
        stopTimeout: 15,
        ...logging,
        labels,
      },
      // Two containers cannot publish the same port.
      stopFirst: true,
      dependsOn: [page],
    });
    this.registerOutputs({});
  }
}

const logging = { logDriver: "json-file", logOpts: { "max-size": "10m", "max-file": "3" } };
