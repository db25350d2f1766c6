import * as pulumi from "@pulumi/pulumi";
import type { Database as CloudDatabase, Open } from "../../clouds/cloud";
import type { Database as DatabasePlan } from "../../plan/plan";
import { engines } from "..";
import type { Existing } from "../existing";
import type { Upstream } from "../proxy";
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
  { engine, port, user = "", password = "" }: DatabasePlan,
  known: DatabaseConnection,
  server: Server,
  own?: Shown,
): pulumi.Output<Upstream> {
  const { logins } = engines[engine];
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
      cert: own?.cert ?? "",
      key: own?.key ?? "",
    })
    .apply((at) => {
      return {
        host: at.host,
        port: at.port,
        tls: at.tls,
        verify: at.verify,
        listen: port,
        ...(at.srv ? { srv: true } : {}),
        ...(at.ca === "" ? {} : { ca: at.ca }),
        ...(at.cert === "" ? {} : { own: { cert: at.cert, key: at.key } }),
        ...logins?.exchange(known, at),
      };
    });
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
  { engine, url = "", readUrls, port, ca = "" }: DatabasePlan,
): DatabaseConnection {
  const parsed = (text: string): pulumi.Output<Existing> =>
    open(text).apply((plain) => (URL.canParse(plain) ? engines[engine].url(plain) : hidden(port)));
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

/** For a preview that cannot decrypt the URL; an update refuses what is not a URL before its first resource. */
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
