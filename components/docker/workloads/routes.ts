import { createHash } from "node:crypto";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { secretRoutes } from "../../edge/middlewares";
import type { DynamicArgs } from "../../edge/dynamic-args";
import { dynamicConfiguration } from "../../edge/traefik";
import { edgeTargets } from "../../plan/edge/targets";
import type { Edge, Route } from "../../plan/plan";
import type { Text } from "../../model/reference";
import { removeReplaced } from "../container/hooks";
import { type Host, ownLabels, physicalName } from "../host";
import { makeContainer } from "../container/make-container";

/**
 * Seconds for all new servers to accept a connection, for the edge to take the routes, and for the old
 * servers' requests to end.
 */
const reachable = 60;
const taken = 30;
const drain = 2;

export interface RoutesArgs {
  readonly edge: Edge;
  readonly routes: readonly Route[];
  readonly containersOf: (service: string) => readonly docker.Container[];
  readonly volume: pulumi.Input<string>;
  readonly network: pulumi.Input<string>;
  /** Traefik's container, which is asked whether it has taken the routes. */
  readonly traefik: docker.Container;
  readonly maintenance: string;
  /** All that has to be there before the routes switch: every container of the release. */
  readonly after: readonly pulumi.Input<pulumi.Resource>[];
}

/**
 * The routes of a release, as a resource: a container that writes Traefik's file once every new server answers,
 * waits until Traefik has taken it and the old servers' requests have ended, and only then is healthy. It follows the
 * new containers, and Pulumi deletes replaced ones at the end of an update, so no request meets a stopped container
 * (decisions.md: routes-as-a-resource). It fails when a server cannot be reached: then the old routes stay, and the
 * old containers.
 */
export function makeRoutes(
  host: Host,
  args: RoutesArgs,
  parent: pulumi.Resource,
): docker.Container {
  const { servers, release, yaml } = configuration(host, args);
  const edge = args.traefik.id.apply((id) => id.slice(0, 12));
  const secret = secretRoutes(args.routes) || args.edge.tls.mode === "files";
  return makeContainer(host, parent, {
    resource: `${host.name}-routes`,
    base: physicalName(host.plan.prefix, "routes"),
    args: {
      image: host.helperImage(),
      command: ["sh", "-c", switchScript],
      envs: [
        pulumi.interpolate`SERVERS=${servers}`,
        pulumi.interpolate`RELEASE=http://${edge}:${pingPort}${release}`,
      ],
      uploads: [{ file: "/etc/berth/routes.yaml", content: secret ? pulumi.secret(yaml) : yaml }],
      networksAdvanced: [{ name: args.network }],
      volumes: [{ volumeName: args.volume, containerPath: "/routes" }],
      healthcheck: {
        tests: ["CMD", "test", "-e", "/tmp/switched"],
        interval: "1s",
        timeout: "5s",
        retries: 2 * (reachable + taken),
      },
      wait: true,
      waitTimeout: reachable + taken + 15,
      // It ends by itself a little later.
      mustRun: false,
      restart: "no",
      destroyGraceSeconds: 1,
      logDriver: "json-file",
      labels: ownLabels(host, "routes"),
    },
    stopFirst: false,
    dependsOn: args.after,
    afterCreate: () => removeReplaced(host),
  });
}

/** `nc … -e true` connects and ends: not every BusyBox has `-z`. The rename is atomic: no file is read half. */
const switchScript = [
  `left=${reachable}`,
  "for server in $SERVERS; do",
  '  until nc -w 1 "${server%:*}" "${server##*:}" -e true 2>/dev/null; do',
  "    left=$((left - 1))",
  '    [ "$left" -gt 0 ] || { echo "$server does not answer; the routes stay as they were"; exit 1; }',
  "    sleep 1",
  "  done",
  "done",
  "put() { cp /etc/berth/routes.yaml /routes/.routes.new; mv /routes/.routes.new /routes/routes.yaml; }",
  "put",
  `left=${taken}`,
  // Not wget's own -T: with it some builds of BusyBox crash.
  'until timeout 2 wget -q -O /dev/null "$RELEASE"; do',
  "  left=$((left - 1))",
  '  [ "$left" -gt 0 ] || { echo "the edge does not take the routes; its log says why"; exit 1; }',
  "  sleep 1",
  // Written again, in case Traefik's watch missed the change.
  '  [ "$((left % 5))" -gt 0 ] || put',
  "done",
  `sleep ${drain}`,
  "touch /tmp/switched",
  "sleep 30",
].join("\n");

/** Traefik's own entrypoint, reached on the inner network alone. */
const pingPort = 8080;

interface Configuration {
  /** `host:port` of every server that speaks TCP, by spaces. */
  readonly servers: pulumi.Output<string>;
  /** The path at which Traefik answers as soon as it has taken these very routes. */
  readonly release: pulumi.Output<string>;
  readonly yaml: pulumi.Output<string>;
}

/** A container is reachable by the start of its id on its networks, which changes with every replacement. */
function configuration(host: Host, args: RoutesArgs): Configuration {
  const { edge, routes, maintenance } = args;
  const targets = edgeTargets(args);
  const services = new Set(targets.map(({ service }) => service));
  const idsOf: Record<string, pulumi.Output<string>[]> = {};
  for (const service of services)
    idsOf[service] = args.containersOf(service).map(({ id }) => id.apply((id) => id.slice(0, 12)));
  const ids = pulumi.output(idsOf) as pulumi.Output<Record<string, string[]>>;
  const serversIn =
    (known: Record<string, string[]>): DynamicArgs["serversOf"] =>
    (service, port) =>
      (known[service] ?? []).map((id) => `${id}:${port}`);

  const texts = new Set<Text>();
  dynamicConfiguration({
    edge,
    routes,
    serversOf: () => [],
    text: (text) => {
      texts.add(text);
      return text;
    },
  });
  const opened = pulumi.all([...texts].map((text) => host.open(text)));
  return {
    servers: ids.apply((known) => {
      const found = targets
        .filter(({ protocol }) => protocol === "tcp")
        .flatMap(({ service, port }) => serversIn(known)(service, port));
      return [...new Set(found)].sort().join(" ");
    }),
    release: ids.apply((known) => releasePath(args, serversIn(known))),
    yaml: pulumi.all([ids, opened]).apply(([known, values]) => {
      const value = new Map([...texts].map((text, index) => [text, values[index]!]));
      const serversOf = serversIn(known);
      const made = dynamicConfiguration({
        edge,
        routes,
        maintenance,
        serversOf,
        text: (text) => value.get(text) ?? text,
      });
      const http = made["http"] as { routers?: object } | undefined;
      const release = {
        rule: `Path(\`${releasePath(args, serversOf)}\`)`,
        entryPoints: ["traefik"],
        service: "ping@internal",
      };
      // No service has a colon in its name, so this is no route's.
      const routers = { ...http?.routers, "berth:release": release };
      const whole = { ...made, http: { ...http, routers } };
      return stringify(whole, { lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: true });
    }),
  };
}

/** Different for each release; a hash of texts with references, which reveals no secret. */
function releasePath(
  { edge, routes, maintenance }: RoutesArgs,
  serversOf: DynamicArgs["serversOf"],
): string {
  const text = (text: Text): Text => text;
  const made = dynamicConfiguration({ edge, routes, maintenance, serversOf, text });
  const hash = createHash("sha256").update(JSON.stringify(made)).digest("hex");
  return `/release/${hash.slice(0, 16)}`;
}
