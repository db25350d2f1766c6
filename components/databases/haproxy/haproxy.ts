import { isIP } from "node:net";
import { authorities } from "../authorities";
import { folder, type Proxy, type Upstream } from "../proxy";

const config = "haproxy.cfg";
const ca = "ca.pem";
const filter = "filter.lua";
const health = 8404;

/** A filter of HAProxy in Lua (https://www.arpalert.org/src/haproxy-lua-api/3.2/). */
export interface Filter {
  /** The name under which its script registers it. */
  readonly name: string;
  readonly lua: string;
}

/** How the servers behind an SRV record are found, and which of them is called. */
export interface ReplicaSet {
  /** The record's service and protocol, before the host's name. */
  readonly service: string;
  /** How many the record names at most. */
  readonly members: number;
  /** Lines of the backend that check whether a member takes writes. */
  readonly check: readonly string[];
}

interface HaproxyArgs {
  /** Changes the traffic of some servers; undefined for those whose bytes pass unchanged. */
  readonly filter?: (upstream: Upstream) => Filter | undefined;
  /** For engines whose servers may be found by an SRV record. */
  readonly replicaSet?: ReplicaSet;
}

/** The image, and its key in `images` of the stack's config. */
export const haproxyImage = { name: "haproxy", image: "haproxy:3.2-alpine" } as const;

/**
 * HAProxy (https://docs.haproxy.org) for servers whose TLS starts with the connection: Redis, Valkey, AMQP,
 * MongoDB. It passes bytes on, so every command works, SUBSCRIBE and MULTI too; a filter may change a few of them.
 */
export function haproxy({ filter: filterOf, replicaSet }: HaproxyArgs = {}): Proxy {
  return {
    ...haproxyImage,
    command: ["haproxy", "-W", "-db", "-f", `${folder}/${config}`],
    files: [config, ca, filter],
    contents: (upstream) => {
      // Once: hashing a password takes thousands of rounds.
      const found = filterOf?.(upstream);
      return {
        [config]: configuration(upstream, found, replicaSet),
        [ca]: authorities(upstream.ca),
        [filter]: found?.lua ?? "",
      };
    },
    health: { http: health, path: "/health" },
    offersTls: false,
  };
}

function configuration(
  upstream: Upstream,
  filtered: Filter | undefined,
  replicaSet: ReplicaSet | undefined,
): string {
  const { host, port, tls, verify, listen } = upstream;
  const members = upstream.srv === true ? replicaSet : undefined;
  const named = isIP(host) === 0;
  // Members have certificates of their own names, which only the SRV record knows: an authority of the server's own
  // proves them, and public ones name all of a set by a wildcard that fits its name too.
  const hostChecked =
    verify === "host" && named && (members === undefined || upstream.ca === undefined);
  // Docker writes this name into the container's /etc/hosts, which a DNS server does not know.
  const resolvers = host === "host.docker.internal" ? "" : " resolvers system";
  const secured = !tls
    ? ""
    : [
        ` ssl verify required ca-file ${folder}/${ca}`,
        // The certificate is compared with the name sent by SNI.
        hostChecked ? ` sni str(${host}) check-sni ${host} verifyhost ${host}` : "",
      ].join("");
  return [
    "global",
    "  maxconn 8000",
    "  log stdout format raw local0 notice",
    // A filter cannot be interrupted, and a login takes as many instructions as its rounds ask for.
    ...(filtered === undefined
      ? []
      : [
          "  tune.lua.forced-yield 10000000",
          // Threads share what lua-load makes, and under HAProxy 2.6 break it when connections end.
          "  nbthread 1",
          `  lua-load ${folder}/${filter}`,
        ]),
    "",
    "defaults",
    "  log global",
    "  mode tcp",
    "  option tcpka",
    "  timeout connect 10s",
    // A subscriber may be idle for the longest possible time; TCP keepalive finds dead ones.
    "  timeout client 24d",
    "  timeout server 24d",
    "  timeout check 5s",
    "",
    "resolvers system",
    "  parse-resolv-conf",
    "  hold valid 5s",
    ...(members === undefined ? [] : ["  accepted_payload_size 8192"]),
    "",
    "frontend clients",
    `  bind :${listen}`,
    ...(filtered === undefined ? [] : [`  filter lua.${filtered.name}`]),
    "  default_backend database",
    "",
    "backend database",
    ...(members?.check ?? []),
    // MongoDB's SRV records have a weight of 0, with which HAProxy would use no server.
    members === undefined
      ? `  server database ${host}:${port} check inter 5s fall 3 rise 1 on-marked-down shutdown-sessions${resolvers} init-addr last,libc,none resolve-prefer ipv4${secured}`
      : `  server-template database 1-${members.members} ${members.service}.${host} check inter 2s fastinter 500ms fall 2 rise 1 on-marked-down shutdown-sessions resolvers system resolve-opts ignore-weight init-addr none resolve-prefer ipv4${secured}`,
    "",
    "frontend health",
    "  mode http",
    "  timeout client 5s",
    `  bind :${health}`,
    "  monitor-uri /health",
    "  monitor fail if { nbsrv(database) lt 1 }",
    "",
  ].join("\n");
}
