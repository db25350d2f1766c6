/** Where a proxy's files are mounted. */
export const folder = "/etc/berth";

/** The server behind a proxy, and its clients' logins. */
export interface Upstream {
  readonly host: string;
  readonly port: number;
  /** Whether `host` has no address of its own but an SRV record, `_mongodb._tcp.<host>`, of a replica set's members. */
  readonly srv?: boolean;
  /** Whether the server speaks TLS. */
  readonly tls: boolean;
  /** What the proxy checks: that the certificate names the host, or that its authority signed it. */
  readonly verify: "host" | "authority";
  /** PEM of the authorities; undefined: those that everyone trusts. */
  readonly ca?: string;
  /** The port that the application calls. */
  readonly listen: number;
  /** The application's login at the proxy. */
  readonly client?: Credentials;
  /** The login at the server, where it differs. */
  readonly server?: Credentials;
  /** PEM with which the proxy offers TLS to clients; its key is RSA. MySQL Router receives passwords with it. */
  readonly own?: { readonly cert: string; readonly key: string };
}

export interface Credentials {
  readonly user: string;
  /** undefined: clients need none. */
  readonly password?: string;
}

/** A container that is a proxy: the same in both shapes. */
export interface Proxy {
  /** Its name, and its key in `images` of the stack's config, which takes the place of `image`. */
  readonly name: string;
  readonly image: string;
  /** In place of the image's own entrypoint, which would want variables for a configuration of its own. */
  readonly command: readonly string[];
  /** The names of its files in `folder`; they do not depend on the content. */
  readonly files: readonly string[];
  /** What the files hold; some of it is secret. */
  readonly contents: (upstream: Upstream) => Record<string, string>;
  readonly health: Health;
  /** Whether it offers TLS to clients, with the certificate in `own` of its upstream. */
  readonly offersTls: boolean;
}

export type Health =
  | { readonly tcp: number }
  | { readonly http: number; readonly path: string }
  | { readonly command: readonly string[] };
