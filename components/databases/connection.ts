import * as pulumi from "@pulumi/pulumi";
import type { Database as CloudDatabase, Open } from "../clouds/cloud";
import type { Database as DatabasePlan } from "../plan/plan";
import type { EngineName } from "../settings/settings";
import { serverUser } from "./bootstrap";
import { existing, type Existing } from "./existing";
import { loginsIn, type Script } from "./logins";
import type { Upstream } from "./proxy";
import type { Shown } from "./self-signed";

/** A database server outside of the machine or the cluster. */
export interface Server {
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  /** PEM; empty: the authorities that everyone trusts. */
  readonly ca: pulumi.Output<string>;
}

/** How proxies and the bootstrap reach a managed database or one that exists already. */
export interface DatabaseConnection extends Server {
  readonly user: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  readonly defaultDatabase: pulumi.Output<string>;
  readonly verify: pulumi.Output<Upstream["verify"]>;
  readonly tls: pulumi.Output<boolean>;
  /** Whether the host has SRV records of its members in place of an address. */
  readonly srv: pulumi.Output<boolean>;
  readonly replicas: readonly Server[];
  /** Whether it is made by this stack, so that the application's user has to be made too. */
  readonly fresh: boolean;
  /** Whether only the cloud's API creates users; the proxy then logs the application in as the administrator. */
  readonly imposesUser: boolean;
}

/** @param made What the cloud made; undefined for one that the stack's config names by its URL. */
export function connectionOf(
  open: Open,
  database: DatabasePlan,
  made: CloudDatabase | undefined,
): DatabaseConnection {
  return made === undefined ? fromUrl(open, database) : fromCloud(made);
}

/** The configuration of a proxy for one server of a database. */
export function upstreamOf(
  open: Open,
  { engine, port, user = "", password = "", database = "", scripts }: DatabasePlan,
  known: DatabaseConnection,
  server: Server,
  own?: Shown,
): pulumi.Output<Upstream> {
  return pulumi
    .output({
      host: server.host,
      port: server.port,
      tls: known.tls,
      verify: known.verify,
      srv: server === known ? known.srv : false,
      ca: server.ca,
      password: known.password,
      admin: known.user,
      user: open(user),
      wanted: open(password),
      database: open(database),
      scripts:
        engine === "postgres"
          ? pulumi.all(
              scripts
                .filter(({ binary }) => !binary)
                .map(({ path, content }) =>
                  open(content).apply((text) => ({ path, content: text })),
                ),
            )
          : [],
      cert: own?.cert ?? "",
      key: own?.key ?? "",
    })
    .apply((at) => ({
      engine,
      host: at.host,
      port: at.port,
      tls: at.tls,
      verify: at.verify,
      listen: port,
      ...(at.srv ? { srv: true } : {}),
      ...(at.ca === "" ? {} : { ca: at.ca }),
      ...(at.cert === "" ? {} : { own: { cert: at.cert, key: at.key } }),
      ...credentials(engine, known, at),
      ...madeBy(at.scripts, {
        POSTGRES_USER: at.user,
        POSTGRES_PASSWORD: at.wanted,
        POSTGRES_DB: at.database,
      }),
    }));
}

/** The login of clients, and the login at the server where it differs. */
function credentials(
  engine: EngineName,
  { fresh, imposesUser }: DatabaseConnection,
  at: {
    readonly user: string;
    readonly wanted: string;
    readonly admin: string;
    readonly password: string;
  },
): Pick<Upstream, "client" | "server"> {
  if (engine === "redis" || engine === "valkey") {
    if (at.password === "" || at.password === at.wanted) return {};
    return {
      ...(at.wanted === "" ? {} : { client: { user: "default", password: at.wanted } }),
      server: { user: at.admin === "" ? "default" : at.admin, password: at.password },
    };
  }
  if (at.user === "") return {};
  if (engine === "mongodb") {
    // Users that the bootstrap creates log in with their own passwords.
    const own = (fresh && !imposesUser) || (at.user === at.admin && at.wanted === at.password);
    if (own || at.wanted === "" || at.password === "") return {};
    return {
      client: { user: at.user, password: at.wanted },
      server: { user: at.admin, password: at.password },
    };
  }
  const client = { user: at.user, ...(at.wanted === "" ? {} : { password: at.wanted }) };
  if (!fresh) return { client, server: { user: at.admin, password: at.password } };
  const user = serverUser(at.user);
  if (user === at.user && at.wanted !== "") return { client };
  return { client, server: { user, password: at.wanted === "" ? at.password : at.wanted } };
}

function madeBy(
  scripts: readonly Script[],
  variables: Readonly<Record<string, string>>,
): Pick<Upstream, "others"> {
  const others = loginsIn(scripts, variables);
  return others.length === 0 ? {} : { others };
}

function fromCloud(made: CloudDatabase): DatabaseConnection {
  const ca = made.ca ?? pulumi.output("");
  return {
    host: made.host,
    port: made.port,
    user: made.user,
    password: pulumi.secret(made.password),
    defaultDatabase: made.defaultDatabase,
    ca,
    verify: pulumi.output(made.verify),
    tls: pulumi.output(made.tls),
    srv: pulumi.output(made.srv ?? false),
    replicas: made.readHosts.map((host, index) => ({
      host,
      port: made.port,
      ca: made.readCas?.[index] ?? ca,
    })),
    fresh: true,
    imposesUser: made.imposesUser ?? false,
  };
}

/** One that the stack's config names by its URL: nothing is made in it. */
function fromUrl(
  open: Open,
  { url = "", readUrls, port, ca = "" }: DatabasePlan,
): DatabaseConnection {
  const parsed = (text: string): pulumi.Output<Existing> =>
    open(text).apply((plain) => (URL.canParse(plain) ? existing(plain, port) : hidden(port)));
  const server = parsed(url);
  return {
    host: server.host,
    port: server.port,
    user: server.user,
    password: pulumi.secret(server.password),
    defaultDatabase: server.database,
    ca: pulumi.output(ca),
    verify: server.verify,
    tls: server.tls,
    srv: server.srv,
    replicas: readUrls
      .map(parsed)
      .map(({ host, port: at }) => ({ host, port: at, ca: pulumi.output(ca) })),
    fresh: false,
    imposesUser: false,
  };
}

/** Stands for a URL that a preview cannot decrypt; an update has refused an invalid one before its first resource. */
function hidden(port: number): Existing {
  return {
    host: "203.0.113.10",
    port,
    user: "",
    password: "",
    database: "",
    tls: true,
    srv: false,
    verify: "host",
  };
}
