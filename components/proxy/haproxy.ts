import { isIP } from "node:net";
import { authorities } from "./authorities";
import { imposedPassword } from "./imposed-password";
import { folder, type Proxy, type Upstream } from "./proxy";

const config = "haproxy.cfg";
const ca = "ca.pem";
const filter = "password.lua";
const health = 8404;

/**
 * HAProxy (https://docs.haproxy.org) for servers whose TLS starts with the connection: Redis, Valkey, AMQP. It
 * passes bytes on, so every command works, SUBSCRIBE and MULTI too. A password that the cloud imposes is said for the
 * application.
 */
export const haproxy: Proxy = {
  name: "haproxy",
  image: "haproxy:3.2-alpine",
  command: ["haproxy", "-W", "-db", "-f", `${folder}/${config}`],
  files: [config, ca, filter],
  contents: (upstream) => ({
    [config]: configuration(upstream),
    [ca]: authorities(upstream.ca),
    [filter]: imposedPassword(upstream) ?? "",
  }),
  health: { http: health, path: "/health" },
};

function configuration(upstream: Upstream): string {
  const { host, port, tls, verify, listen } = upstream;
  const filtered = imposedPassword(upstream) !== undefined;
  const named = isIP(host) === 0;
  // Docker writes this one into the container's own list of hosts, which no server of names knows.
  const resolvers = host === "host.docker.internal" ? "" : " resolvers system";
  const secured = !tls
    ? ""
    : [
        ` ssl verify required ca-file ${folder}/${ca}`,
        named ? ` sni str(${host}) check-sni ${host}` : "",
        verify === "host" && named ? ` verifyhost ${host}` : "",
      ].join("");
  return [
    "global",
    "  maxconn 8000",
    "  log stdout format raw local0 notice",
    ...(filtered ? [`  lua-load ${folder}/${filter}`] : []),
    "",
    "defaults",
    "  log global",
    "  mode tcp",
    "  option tcpka",
    "  timeout connect 10s",
    // A subscriber waits for as long as can be said; dead ones are found by their silence below TCP.
    "  timeout client 24d",
    "  timeout server 24d",
    "  timeout check 5s",
    "",
    "resolvers system",
    "  parse-resolv-conf",
    "  hold valid 5s",
    "",
    "frontend clients",
    `  bind :${listen}`,
    ...(filtered ? ["  filter lua.imposed-password"] : []),
    "  default_backend database",
    "",
    "backend database",
    `  server database ${host}:${port} check inter 5s fall 3 rise 1 on-marked-down shutdown-sessions${resolvers} init-addr last,libc,none resolve-prefer ipv4${secured}`,
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
