import type { EngineName } from "../settings/settings";
import { haproxy } from "./haproxy/haproxy";
import { mysqlRouter } from "./mysql/mysql-router";
import { pgbouncer } from "./postgres/pgbouncer";
import type { Proxy } from "./proxy";

export { folder, type Health, type Proxy, type Upstream } from "./proxy";

/**
 * The proxy that has a managed database's name and port (decisions.md: name-still-answers): to the
 * application it is the container of the Compose file; to the server it speaks TLS and verifies the certificate.
 *
 * @param listen The port that the application calls.
 */
export function proxyOf(engine: EngineName, listen: number): Proxy {
  switch (engine) {
    case "postgres":
      return pgbouncer(listen);
    case "mysql":
    case "mariadb":
      return mysqlRouter(listen);
    default:
      return haproxy;
  }
}
