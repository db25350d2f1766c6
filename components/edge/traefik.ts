import { createHash } from "node:crypto";
import { encodeBase64, hashSync } from "bcryptjs";
import type { Edge, Route } from "../plan/plan";
import type { Text } from "../model/reference";

/**
 * Traefik's configuration from a plan (https://doc.traefik.io/traefik/v3.5): pure, the same for Docker and
 * Kubernetes. What is static (entrypoints, certificates' resolver) holds no route; what is dynamic holds all
 * of them, so that a route never restarts the edge (decisions.md: edge-without-routes).
 */
export interface DynamicArgs {
  readonly edge: Edge;
  readonly routes: readonly Route[];
  /** Where a service's port answers: `host:port` of every container or pod. */
  readonly serversOf: (service: string, port: number) => readonly string[];
  /** The value of a text that may hold references. */
  readonly text: (text: Text) => string;
  /** Where the page answers that stands in when every server of a route is down: `http://host:port`. */
  readonly maintenance?: string;
}

/** No service of a Compose file has a colon in its name, so none of these names is a route's. */
const maintenanceService = "berth:maintenance";

/** The certificates' resolver that the static part makes and the routers name. */
const resolver = "main";

/** Addresses of private networks, for routes that are not for the world. */
const privateRanges = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "fc00::/7",
  "::1/128",
];

type Part = Record<string, unknown>;

/** The dynamic configuration as an object of Traefik's own form. */
export function dynamicConfiguration(args: DynamicArgs): Part {
  const { edge, routes, maintenance } = args;
  const routers: Part = {};
  const services: Part = {};
  const middlewares: Part = {};
  for (const route of routes) {
    const own = middlewaresOf(route, args);
    for (const [name, value] of own) middlewares[`${route.name}-${name}`] = value;
    routers[route.name] = {
      rule: ruleOf(route, args.text),
      entryPoints: [secured(edge) ? "websecure" : "web"],
      service: route.name,
      middlewares: own.map(([name]) => `${route.name}-${name}`),
      ...(route.priority === undefined ? {} : { priority: route.priority }),
      ...(secured(edge) ? { tls: usesResolver(edge) ? { certResolver: resolver } : {} } : {}),
    };
    services[route.name] = {
      loadBalancer: {
        servers: args.serversOf(route.service, route.port).map((at) => ({ url: `http://${at}` })),
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
  if (maintenance !== undefined && routes.length > 0)
    services[maintenanceService] = { loadBalancer: { servers: [{ url: maintenance }] } };
  return {
    ...(routes.length === 0 ? {} : { http: { routers, services, middlewares } }),
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

/** Whether the edge speaks TLS at all. */
export const secured = ({ https, tls }: Edge): boolean => https !== null && tls.mode !== "off";

const usesResolver = ({ tls }: Edge): boolean =>
  tls.mode === "letsencrypt" || tls.mode === "staging";

function ruleOf(route: Route, text: (text: Text) => string): string {
  if (route.rule !== undefined) return text(route.rule);
  const host = text(route.host);
  const conditions: string[] = [];
  if (host.startsWith("*."))
    conditions.push(
      `HostRegexp(\`^[^.]+${host.slice(1).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$\`)`,
    );
  else if (host !== "" && host !== "*") conditions.push(`Host(\`${host}\`)`);
  const path = route.path.replace(/\/+$/, "");
  // Whole parts of the path only: /api is not /apidocs.
  if (path !== "") conditions.push(`(Path(\`${path}\`) || PathPrefix(\`${path}/\`))`);
  return conditions.length === 0 ? "PathPrefix(`/`)" : conditions.join(" && ");
}

/** In the order in which a request meets them. */
function middlewaresOf(route: Route, { text, maintenance }: DynamicArgs): [string, Part][] {
  const found: [string, Part][] = [];
  const allowed = [...route.allow, ...(route.internal ? privateRanges : [])];
  if (allowed.length > 0) found.push(["allow", { ipAllowList: { sourceRange: allowed } }]);
  if (route.auth !== undefined)
    found.push(["auth", { basicAuth: { users: users(text(route.auth)), removeHeader: true } }]);
  if (route.redirect !== undefined)
    found.push(["redirect", { redirectRegex: redirection(route.redirect) }]);
  if (maintenance !== undefined)
    found.push([
      "maintenance",
      {
        errors: {
          status: ["502", "504"],
          statusRewrites: { "502": 503, "504": 503 },
          service: maintenanceService,
          query: "/index.html",
        },
      },
    ]);
  if (route.stripPrefix !== undefined)
    found.push(["strip", { stripPrefix: { prefixes: [route.stripPrefix] } }]);
  if (Object.keys(route.headers).length > 0)
    found.push(["headers", { headers: { customResponseHeaders: { ...route.headers } } }]);
  if (route.maxBody !== undefined)
    found.push(["body", { buffering: { maxRequestBodyBytes: route.maxBody } }]);
  found.push(["compress", { compress: { excludedContentTypes: ["text/event-stream"] } }]);
  found.push(["retry", { retry: { attempts: 3, initialInterval: "100ms" } }]);
  return found;
}

/** `user:password`, several by commas or lines; a password that is a hash already stays one. */
function users(auth: string): string[] {
  return auth
    .split(/[,\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const cut = line.indexOf(":");
      const password = line.slice(cut + 1);
      if (/^(\$apr1\$|\$2[aby]?\$|\{SHA\})/.test(password)) return line;
      return `${line.slice(0, cut)}:${passwordHash(line.slice(0, cut), password)}`;
    });
}

/** Rounds of bcrypt, as a power of two: what `htpasswd -B` takes. Traefik computes it for each request. */
const bcryptCost = "05";

/**
 * A password as bcrypt hashes it. The salt comes from user and password, not from chance: the same password gives the
 * same file, so that an update in which nothing changes writes none.
 */
function passwordHash(user: string, password: string): string {
  const salt = createHash("sha256").update(`berth basic auth\0${user}\0${password}`).digest();
  return hashSync(password, `$2b$${bcryptCost}$${encodeBase64(salt.subarray(0, 16), 16)}`);
}

/** An address without a path takes the request's path along. */
function redirection(target: string): Part {
  const bare = /^[a-z]+:\/\/[^/]+\/?$/i.test(target);
  const plain = target.replace(/\$/g, "$$$$").replace(/\/$/, "");
  return {
    regex: bare ? "^https?://[^/]+(/.*)?$" : "^.*$",
    replacement: bare ? `${plain}\${1}` : target.replace(/\$/g, "$$$$"),
    permanent: true,
  };
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
