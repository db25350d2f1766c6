import { createHash } from "node:crypto";
import { encodeBase64, hashSync } from "bcryptjs";
import type { Middleware, Route } from "../plan/plan";
import { isHash, readUserList, readUsers, type BasicUser } from "../model/basic-auth";
import { hasReference, hasSecret, hidden, holdsHidden } from "../model/reference";
import { runError } from "../model/run-error";
import type { DynamicArgs, Part } from "./dynamic-args";

/** The page that stands in for servers that are down. No service of a Compose file has a colon in its name. */
export const maintenanceService = "berth:maintenance";

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

/** In the order in which a request meets them. */
export function middlewaresOf(route: Route, args: DynamicArgs): [string, Part][] {
  const { text, maintenance } = args;
  const found: [string, Part][] = [];
  const own = route.middlewares ?? [];
  const allowed = [...route.allow, ...(route.internal ? privateRanges : [])];
  if (allowed.length > 0) found.push(["allow", { ipAllowList: { sourceRange: allowed } }]);
  if (route.auth !== undefined)
    found.push([
      "auth",
      { basicAuth: { users: hashed(readUsers, text(route.auth), route), removeHeader: true } },
    ]);
  own.forEach((one, index) =>
    found.push([`${one.kind}-${index + 1}`, { [one.kind]: optionsOf(one, route, args) }]),
  );
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
  if (Object.keys(route.headers).length > 0)
    found.push(["headers", { headers: { customResponseHeaders: { ...route.headers } } }]);
  if (route.maxBody !== undefined)
    found.push(["body", { buffering: { maxRequestBodyBytes: route.maxBody } }]);
  const has = (kind: string): boolean => own.some((one) => one.kind === kind);
  if (!has("compress"))
    found.push(["compress", { compress: { excludedContentTypes: ["text/event-stream"] } }]);
  if (!has("retry")) found.push(["retry", { retry: { attempts: 3, initialInterval: "100ms" } }]);
  return found;
}

function optionsOf({ kind, options, asks }: Middleware, route: Route, args: DynamicArgs): Part {
  const open = (value: unknown): unknown => {
    if (typeof value === "string") return args.text(value);
    if (Array.isArray(value)) return value.map(open);
    return typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, open(each)]))
      : value;
  };
  const opened = open(options) as Part;
  if (kind === "basicAuth")
    return { ...opened, users: hashed(readUserList, opened["users"] as string, route) };
  if (asks === undefined) return opened;
  // Of several containers one is asked: Traefik takes one address.
  const [server] =
    asks.service === undefined ? [asks.outside] : args.serversOf(asks.service, asks.port);
  return { ...opened, address: `${asks.scheme}://${server ?? ""}${args.text(asks.path)}` };
}

/**
 * Users with their passwords as hashes; one that is a hash already stays one.
 *
 * @throws pulumi.RunError when the text names no users: an encrypted one is first read here.
 */
function hashed(
  read: (text: string) => readonly BasicUser[] | string,
  text: string,
  { host, path }: Route,
): string[] {
  const users = read(text);
  if (typeof users !== "string")
    return users.map(
      ({ user, password }) =>
        `${user}:${isHash(password) ? password : passwordHash(user, password)}`,
    );
  // Not opened yet, or not known to an offline preview.
  if (hasReference(text) || holdsHidden(text)) return [hidden];
  throw runError(`the users of the route ${host}${path}: ${users}`);
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

/** Whether the configuration of these routes has a secret in it: passwords, and headers that may be ones. */
export function secretRoutes(routes: readonly Route[]): boolean {
  const secret = (value: unknown): boolean => {
    if (typeof value === "string") return hasSecret(value);
    return typeof value === "object" && value !== null && Object.values(value).some(secret);
  };
  return routes.some(
    (route) =>
      route.auth !== undefined ||
      (route.middlewares ?? []).some(
        ({ kind, options }) => kind === "basicAuth" || "customRequestHeaders" in options,
      ) ||
      secret(route),
  );
}
