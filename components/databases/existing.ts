/** A database that exists already, from its URL. */
export interface Existing {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: boolean;
  /** Whether the host has SRV records in place of an address (`mongodb+srv:`). */
  readonly srv: boolean;
  /** What is checked of its certificate. */
  readonly verify: "host" | "authority";
}

/**
 * The parts of a database's URL (`berth:databases.<service>.url`). TLS is spoken unless the URL says otherwise:
 * `sslmode=disable`, `ssl-mode=DISABLED`, `tls=false`, or `redis:` in place of `rediss:`. The certificate has to name the
 * host, unless the URL says `verify-ca` or `VERIFY_CA`.
 *
 * @param usualPort The engine's own.
 * @throws Error when it is not a URL.
 */
export function existing(url: string, usualPort: number): Existing {
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(url);
  const mode = searchParams.get("sslmode") ?? searchParams.get("ssl-mode") ?? "";
  const off = [searchParams.get("tls"), searchParams.get("ssl")].includes("false");
  return {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? usualPort : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.replace(/^\//, "")),
    tls: protocol !== "redis:" && protocol !== "valkey:" && !off && !/^disabled?$/i.test(mode),
    srv: protocol === "mongodb+srv:",
    verify: /^verify[-_]ca$/i.test(mode) ? "authority" : "host",
  };
}
