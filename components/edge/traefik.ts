import type { Edge, Route } from "../plan/plan";
import type { Text } from "../model/reference";
import { literal } from "../model/units";
import type { DynamicArgs, Part } from "./dynamic-args";
import { maintenanceService, middlewaresOf } from "./middlewares";

/**
 * Traefik's configuration from a plan (https://doc.traefik.io/traefik/v3.5): pure, the same for Docker and
 * Kubernetes. What is static (entrypoints, certificates' resolver) holds no route; what is dynamic holds all
 * of them, so that a route never restarts the edge (decisions.md: edge-without-routes).
 */

/** The certificates' resolver that the static part makes and the routers name. */
const resolver = "main";

/** The dynamic configuration as an object of Traefik's own form. */
export function dynamicConfiguration(args: DynamicArgs): Part {
  const { edge, routes, maintenance } = args;
  const routers: Part = {};
  const services: Part = {};
  const middlewares: Part = {};
  const transports: Part = {};
  for (const route of routes) {
    const own = middlewaresOf(route, args);
    for (const [name, value] of own) middlewares[`${route.name}-${name}`] = value;
    routers[route.name] = {
      rule: ruleOf(route, args.text),
      entryPoints: [secured(edge) ? "websecure" : "web"],
      service: route.name,
      middlewares: own.map(([name]) => `${route.name}-${name}`),
      ...(route.priority === undefined ? {} : { priority: route.priority }),
      ...(secured(edge) ? { tls: tlsOf(edge, args.text(route.host)) } : {}),
    };
    services[route.name] = {
      loadBalancer: {
        servers: args
          .serversOf(route.service, route.port)
          .map((at) => ({ url: `${route.scheme ?? "http"}://${at}` })),
        ...(route.scheme === "https" ? { serversTransport: unverified } : {}),
        ...(route.passHost === false ? { passHostHeader: false } : {}),
        ...(route.sticky
          ? {
              sticky: {
                cookie: {
                  name: "berth_sticky",
                  httpOnly: true,
                  sameSite: "lax",
                  ...(secured(edge) ? { secure: true } : {}),
                },
              },
            }
          : {}),
      },
    };
  }
  if (routes.some(({ scheme }) => scheme === "https"))
    transports[unverified] = { insecureSkipVerify: true };
  if (maintenance !== undefined && routes.length > 0)
    services[maintenanceService] = { loadBalancer: { servers: [{ url: maintenance }] } };
  return {
    ...(routes.length === 0
      ? {}
      : {
          http: {
            routers,
            services,
            middlewares,
            ...(Object.keys(transports).length === 0 ? {} : { serversTransports: transports }),
          },
        }),
    ...openPortParts(args),
    ...(edge.tls.mode === "files" && edge.tls.cert !== undefined && edge.tls.key !== undefined
      ? {
          tls: {
            certificates: [
              { certFile: args.text(edge.tls.cert), keyFile: args.text(edge.tls.key) },
            ],
          },
        }
      : {}),
  };
}

/** For services that speak HTTPS: no authority certifies their names (decisions.md: guards-carried-or-refused). */
const unverified = "unverified";

/** A wildcard stands in no rule as such, so its certificate is asked for here; only a challenge over DNS gets it. */
function tlsOf(edge: Edge, host: string): Part {
  if (!usesResolver(edge)) return {};
  const wildcard = host.startsWith("*.") && edge.tls.dnsProvider !== undefined;
  return { certResolver: resolver, ...(wildcard ? { domains: [{ main: host }] } : {}) };
}

/** Whether the edge speaks TLS at all. */
export const secured = ({ https, tls }: Edge): boolean => https !== null && tls.mode !== "off";

const usesResolver = ({ tls }: Edge): boolean =>
  tls.mode === "letsencrypt" || tls.mode === "staging";

function ruleOf(route: Route, text: (text: Text) => string): string {
  if (route.rule !== undefined) return text(route.rule);
  const host = text(route.host);
  const conditions: string[] = [];
  if (host.startsWith("*.")) conditions.push(`HostRegexp(\`^[^.]+${literal(host.slice(1))}$\`)`);
  else if (host !== "" && host !== "*") conditions.push(`Host(\`${host}\`)`);
  const path = route.path.replace(/\/+$/, "");
  // Whole parts of the path only: /api is not /apidocs.
  if (path !== "") conditions.push(`(Path(\`${path}\`) || PathPrefix(\`${path}/\`))`);
  return conditions.length === 0 ? "PathPrefix(`/`)" : conditions.join(" && ");
}

function openPortParts({ edge, serversOf }: DynamicArgs): Part {
  const parts: Part = {};
  for (const protocol of ["tcp", "udp"] as const) {
    const ports = edge.openPorts.filter((open) => open.protocol === protocol);
    if (ports.length === 0) continue;
    parts[protocol] = {
      routers: Object.fromEntries(
        ports.map((open) => [
          `port-${open.port}`,
          {
            entryPoints: [entryPoint(open)],
            service: `port-${open.port}`,
            ...(protocol === "tcp" ? { rule: "HostSNI(`*`)" } : {}),
          },
        ]),
      ),
      services: Object.fromEntries(
        ports.map((open) => [
          `port-${open.port}`,
          {
            loadBalancer: {
              servers: serversOf(open.service, open.target).map((address) => ({ address })),
            },
          },
        ]),
      ),
    };
  }
  return parts;
}

const entryPoint = ({ port, protocol }: Edge["openPorts"][number]): string => `${protocol}-${port}`;

export interface StaticOptions {
  /** The folder that the dynamic configuration is written to. */
  readonly directory: string;
  /** The folder that certificates are kept in. */
  readonly certificates: string;
}

/** Traefik's arguments. */
export function staticArguments(edge: Edge, { directory, certificates }: StaticOptions): string[] {
  return [
    "--global.checknewversion=false",
    "--global.sendanonymoususage=false",
    "--log.level=INFO",
    "--log.nocolor=true",
    "--ping=true",
    "--metrics.prometheus=true",
    `--providers.file.directory=${directory}`,
    "--providers.file.watch=true",
    // A switch of servers takes effect at once: what serves until then is stopped soon after.
    "--providers.providersthrottleduration=100ms",
    ...entryPointArguments("web", ":80"),
    ...(secured(edge)
      ? [
          ...entryPointArguments("websecure", ":443"),
          `--entrypoints.web.http.redirections.entrypoint.to=${edge.https === 443 ? "websecure" : `:${edge.https!}`}`,
          "--entrypoints.web.http.redirections.entrypoint.scheme=https",
          ...certificateArguments(edge, certificates),
        ]
      : []),
    ...edge.openPorts.flatMap((open) =>
      entryPointArguments(
        entryPoint(open),
        `:${open.port}${open.protocol === "udp" ? "/udp" : ""}`,
      ),
    ),
  ];
}

function entryPointArguments(name: string, address: string): string[] {
  return [
    `--entrypoints.${name}.address=${address}`,
    ...(address.endsWith("/udp")
      ? []
      : [`--entrypoints.${name}.transport.lifecycle.gracetimeout=10s`]),
  ];
}

/** Let's Encrypt over port 80, or over DNS where a provider is named. */
function certificateArguments({ tls }: Edge, folder: string): string[] {
  if (tls.mode !== "letsencrypt" && tls.mode !== "staging") return [];
  const acme = `--certificatesresolvers.${resolver}.acme`;
  return [
    ...(tls.email === undefined ? [] : [`${acme}.email=${tls.email}`]),
    `${acme}.storage=${folder}/${tls.mode}.json`,
    ...(tls.mode === "staging"
      ? [`${acme}.caserver=https://acme-staging-v02.api.letsencrypt.org/directory`]
      : []),
    tls.dnsProvider === undefined
      ? `${acme}.httpchallenge.entrypoint=web`
      : `${acme}.dnschallenge.provider=${tls.dnsProvider}`,
  ];
}
