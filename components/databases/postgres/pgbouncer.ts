import { authorities } from "../authorities";
import { type Credentials, folder, type Proxy, type Upstream } from "../proxy";

const config = "pgbouncer.ini";
const users = "users.txt";
const ca = "ca.pem";
const cert = "server.crt";
const key = "server.key";

/**
 * PgBouncer (https://www.pgbouncer.org/config.html) for PostgreSQL. Each client has a server connection of its
 * own as long as it stays (`session`), so LISTEN, prepared statements and temporary tables work as they do
 * without it.
 */
export function pgbouncer(listen: number): Proxy {
  return {
    name: "pgbouncer",
    image: "edoburu/pgbouncer:v1.24.1-p1",
    command: ["pgbouncer", `${folder}/${config}`],
    files: [config, users, ca, cert, key],
    contents: (upstream) => ({
      [config]: configuration(upstream),
      [users]: userList(upstream),
      [ca]: authorities(upstream.ca),
      [cert]: upstream.own?.cert ?? "",
      [key]: upstream.own?.key ?? "",
    }),
    health: { tcp: listen },
    offersTls: true,
    // Clients meet the new one at once: one that waits for them takes no new ones, and its name still leads there.
    stopSignal: "SIGQUIT",
  };
}

function configuration(upstream: Upstream): string {
  const { host, port, tls, verify, listen, client, server, own } = upstream;
  const as =
    server === undefined
      ? ""
      : ` user=${quoted(server.user)} password=${quoted(server.password ?? "")}`;
  return [
    "[databases]",
    `* = host=${quoted(host)} port=${port}${as}`,
    "",
    "[pgbouncer]",
    "listen_addr = 0.0.0.0",
    `listen_port = ${listen}`,
    "unix_socket_dir =",
    `auth_type = ${client?.password === undefined ? "trust" : "scram-sha-256"}`,
    `auth_file = ${folder}/${users}`,
    "pool_mode = session",
    // No limit of its own: the server refuses connections over its limit, as without a proxy.
    "max_client_conn = 2000",
    "default_pool_size = 500",
    "server_idle_timeout = 60",
    "ignore_startup_parameters = extra_float_digits",
    // After a failover the name leads to another address.
    "dns_max_ttl = 5",
    "tcp_keepalive = 1",
    "tcp_keepidle = 60",
    "log_connections = 0",
    "log_disconnections = 0",
    ...(own === undefined
      ? []
      : [
          // TLS is optional for clients.
          "client_tls_sslmode = allow",
          `client_tls_cert_file = ${folder}/${cert}`,
          `client_tls_key_file = ${folder}/${key}`,
        ]),
    ...(tls
      ? [
          `server_tls_sslmode = ${verify === "host" ? "verify-full" : "verify-ca"}`,
          `server_tls_ca_file = ${folder}/${ca}`,
        ]
      : ["server_tls_sslmode = disable"]),
    "",
  ].join("\n");
}

/** Passwords in the clear: PgBouncer answers the server's challenge with them. */
function userList({ client, server, others = [] }: Upstream): string {
  const known: Credentials[] = [
    ...(client === undefined ? [] : [client]),
    ...others.filter(({ user }) => user !== client?.user),
  ];
  return known
    .map(({ user, password }) => `${listed(user)} ${listed(password ?? server?.password ?? "")}\n`)
    .join("");
}

const quoted = (value: string): string => `'${value.replace(/'/g, "''")}'`;
const listed = (value: string): string => `"${value.replace(/"/g, '""')}"`;
