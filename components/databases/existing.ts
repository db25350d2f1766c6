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

interface Scheme {
  /** The engine's usual port. */
  readonly port: number;
  /** The usual port of other schemes, with their colon. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Schemes without TLS, with their colon. */
  readonly plain?: readonly string[];
  /** The scheme whose host has SRV records. */
  readonly srv?: string;
}

/**
 * Makes the function that parses an engine's URLs. TLS is spoken unless the URL says otherwise: `sslmode=disable`,
 * `ssl-mode=DISABLED`, `tls=false`, or a scheme without TLS. The certificate has to name the host, unless the URL says
 * `verify-ca` or `VERIFY_CA`.
 *
 * @returns a function that throws a TypeError when its argument is not a URL.
 */
export const urlReader =
  ({ port: usualPort, ports = {}, plain = [], srv }: Scheme) =>
  (url: string): Existing => {
    const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(url);
    const mode = searchParams.get("sslmode") ?? searchParams.get("ssl-mode") ?? "";
    const off = [searchParams.get("tls"), searchParams.get("ssl")].includes("false");
    return {
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port: port === "" ? (ports[protocol] ?? usualPort) : Number(port),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database: decodeURIComponent(pathname.replace(/^\//, "")),
      tls: !plain.includes(protocol) && !off && !/^disabled?$/i.test(mode),
      srv: protocol === srv,
      verify: /^verify[-_]ca$/i.test(mode) ? "authority" : "host",
    };
  };
