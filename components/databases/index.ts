import type { EngineName } from "../settings/settings";
import { haproxy } from "./haproxy/haproxy";
import { mysqlRouter } from "./mysql/mysql-router";
import { pgbouncer } from "./postgres/pgbouncer";
import type { Proxy } from "./proxy";

export { folder, type Health, type Proxy, type Upstream } from "./proxy";

/**
 * The proxy that has a managed database's name and port (decisions.md: name-still-answers): the application speaks to
 * it as it would to the container of its Compose file; it speaks TLS to the server and knows it by its certificate.
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
