/** A database that exists already, from its URL. */
export interface Existing {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: boolean;
}

/**
 * The parts of a database's URL (`berth:databases.<service>.url`). TLS is spoken unless the URL says otherwise:
 * `sslmode=disable`, `ssl-mode=DISABLED`, or `redis:` in place of `rediss:`.
 *
 * @param usualPort The engine's own.
 * @throws Error when it is no URL.
 */
export function existing(url: string, usualPort: number): Existing {
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(url);
  const mode = searchParams.get("sslmode") ?? searchParams.get("ssl-mode") ?? "";
  return {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? usualPort : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.replace(/^\//, "")),
    tls: protocol !== "redis:" && protocol !== "valkey:" && !/^disabled?$/i.test(mode),
  };
}
