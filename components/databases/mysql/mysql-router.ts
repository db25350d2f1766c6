import { authorities } from "../authorities";
import { folder, type Proxy, type Upstream } from "../proxy";

const config = "router.conf";
const ca = "ca.pem";
const cert = "server.crt";
const key = "server.key";

/**
 * MySQL Router (https://dev.mysql.com/doc/mysql-router/en/) for MySQL and MariaDB. It handles
 * only TLS and the login of the protocol: every user of the server can connect, and a session stays on one connection.
 * It compares the certificate with the host's name, which ProxySQL does not.
 */
export function mysqlRouter(listen: number): Proxy {
  return {
    name: "mysql-router",
    image: "container-registry.oracle.com/mysql/community-router:9.7",
    command: ["mysqlrouter", "--config", `${folder}/${config}`],
    files: [config, ca, cert, key],
    contents: (upstream) => ({
      [config]: configuration(upstream),
      [ca]: authorities(upstream.ca),
      [cert]: upstream.own?.cert ?? "",
      [key]: upstream.own?.key ?? "",
    }),
    // A TCP check would reach the server, which blocks hosts that disconnect too often.
    health: { command: ["sh", "-c", `grep -qE ':${hexPort(listen)} 0+:0000 0A' /proc/net/tcp*`] },
    offersTls: true,
  };
}

const hexPort = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0");

function configuration({ host, port, tls, verify, listen, own }: Upstream): string {
  return [
    "[DEFAULT]",
    "logging_folder =",
    "runtime_folder = /tmp",
    "data_folder = /tmp",
    "connect_timeout = 15",
    // Of all routes together; the default is 512.
    "max_total_connections = 2000",
    "",
    "[logger]",
    "level = WARNING",
    "",
    "[routing:database]",
    "bind_address = 0.0.0.0",
    `bind_port = ${listen}`,
    `destinations = ${host}:${port}`,
    "routing_strategy = first-available",
    "protocol = classic",
    "max_connections = 2000",
    "max_connect_errors = 4294967295",
    ...(own === undefined
      ? ["client_ssl_mode = DISABLED"]
      : [
          // TLS is optional for clients; the key also encrypts the passwords of those without TLS.
          "client_ssl_mode = PREFERRED",
          `client_ssl_cert = ${folder}/${cert}`,
          `client_ssl_key = ${folder}/${key}`,
        ]),
    ...(tls
      ? [
          "server_ssl_mode = REQUIRED",
          `server_ssl_verify = ${verify === "host" ? "VERIFY_IDENTITY" : "VERIFY_CA"}`,
          `server_ssl_ca = ${folder}/${ca}`,
        ]
      : ["server_ssl_mode = DISABLED"]),
    "",
  ].join("\n");
}
