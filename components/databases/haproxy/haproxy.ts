import { isIP } from "node:net";
import { authorities } from "../authorities";
import { imposedPassword } from "./imposed-password";
import { mongodbFilter } from "../mongodb/filter";
import { folder, type Proxy, type Upstream } from "../proxy";

const config = "haproxy.cfg";
const ca = "ca.pem";
const filter = "filter.lua";
const health = 8404;

/**
 * HAProxy (https://docs.haproxy.org) for servers whose TLS starts with the connection: Redis, Valkey, AMQP,
 * MongoDB. It passes bytes on, so every command works, SUBSCRIBE and MULTI too. It sends a password
 * that the cloud imposes in place of the application's, and hides the members of a replica set.
 */
export const haproxy: Proxy = {
  name: "haproxy",
  image: "haproxy:3.2-alpine",
  command: ["haproxy", "-W", "-db", "-f", `${folder}/${config}`],
  files: [config, ca, filter],
  contents: (upstream) => {
    // Once: hashing a password takes thousands of rounds.
    const found = filterOf(upstream);
    return {
      [config]: configuration(upstream, found),
      [ca]: authorities(upstream.ca),
      [filter]: found?.lua ?? "",
    };
  },
  health: { http: health, path: "/health" },
};

interface Filter {
  readonly name: string;
  readonly lua: string;
}

function filterOf(upstream: Upstream): Filter | undefined {
  const password = imposedPassword(upstream);
  if (password !== undefined) return { name: "imposed-password", lua: password };
  const mongodb = mongodbFilter(upstream);
  return mongodb === undefined ? undefined : { name: "mongodb", lua: mongodb };
}

function configuration(upstream: Upstream, filtered: Filter | undefined): string {
  const { host, port, tls, verify, listen, srv = false } = upstream;
  const named = isIP(host) === 0;
  // Members have certificates of their own names, which only the SRV record knows: an authority of the server's own
  // proves them, and public ones name all of a set by a wildcard that fits its name too.
  const hostChecked = verify === "host" && named && !(srv && upstream.ca !== undefined);
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
    ...(srv ? ["  accepted_payload_size 8192"] : []),
    "",
    "frontend clients",
    `  bind :${listen}`,
    ...(filtered === undefined ? [] : [`  filter lua.${filtered.name}`]),
    "  default_backend database",
    "",
    "backend database",
    ...(srv ? primary : []),
    // MongoDB's SRV records have a weight of 0, with which HAProxy would use no server.
    srv
      ? `  server-template database 1-${members} _mongodb._tcp.${host} check inter 2s fastinter 500ms fall 2 rise 1 on-marked-down shutdown-sessions resolvers system resolve-opts ignore-weight init-addr none resolve-prefer ipv4${secured}`
      : `  server database ${host}:${port} check inter 5s fall 3 rise 1 on-marked-down shutdown-sessions${resolvers} init-addr last,libc,none resolve-prefer ipv4${secured}`,
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

/** The most members that a replica set's SRV record may name. */
const members = 7;

/** `08<name>00`: a truth value of BSON by that name, in hexadecimal. */
const truth = `08(${["ismaster", "isWritablePrimary"].map((name) => Buffer.from(name).toString("hex").toUpperCase()).join("|")})00`;

/** `{ isMaster: 1, $db: "admin" }`, which every version answers to anyone; one member says that it is. */
const primary = [
  "  option tcp-check",
  `  tcp-check send-binary ${isMaster().toString("hex")}`,
  // The check matches the positive answer as a whole; a negative one fails without waiting for the timeout.
  `  tcp-check expect rbinary ${truth}0[01]`,
  `  tcp-check expect min-recv 1 rbinary ${truth}01`,
];

function isMaster(): Buffer {
  const elements = Buffer.from("\x10isMaster\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0\0", "latin1");
  const message = Buffer.alloc(25 + elements.length);
  elements.copy(message, 25);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(1, 4);
  message.writeInt32LE(2013, 12);
  message.writeInt32LE(4 + elements.length, 21);
  return message;
}
