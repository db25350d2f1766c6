import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Database as CloudDatabase } from "../clouds/cloud";
import { proxyOf, type Upstream } from "../proxy";
import { bootstrapOf, serverUser } from "../proxy/bootstrap";
import { existing } from "../proxy/existing";
import type { Database as DatabasePlan } from "../plan/plan";
import { makeBootstrap } from "./bootstrap";
import { objectName } from "./names";
import { makeProxy } from "./proxy";
import { metadata, opened, options, type Scope, selector } from "./scope";
import { selfSigned } from "./self-signed";

/** A server that is not in the cluster. */
export interface Server {
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
}

/** What the proxies and the bootstrap Job know of a database, wherever it is. */
export interface Known extends Server {
  readonly user: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  readonly defaultDatabase: pulumi.Output<string>;
  readonly ca: pulumi.Output<string>;
  readonly verify: "host" | "authority";
  readonly tls: pulumi.Output<boolean>;
  readonly replicas: readonly Server[];
  /** Whether it is made by this stack, so that the application's user has to be made too. */
  readonly fresh: boolean;
}

/**
 * A database outside of the cluster under its Compose name (rule 36): a proxy that owns name and port, one for
 * each read replica, and the Job that makes what the Compose file's container would have made at its first start.
 */
export class ManagedDatabase extends pulumi.ComponentResource {
  /** What is there once the application can use it. */
  readonly ready: readonly pulumi.Resource[];

  constructor(
    scope: Scope,
    database: DatabasePlan,
    made: CloudDatabase | undefined,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const name = `${scope.name}-${database.service}`;
    super("berth:kubernetes:Database", name, {}, opts);
    const known = made === undefined ? fromUrl(scope, database) : fromCloud(made);
    const { engine, service, port } = database;
    const proxy = proxyOf(engine, port);
    const own =
      engine === "mysql" || engine === "mariadb"
        ? selfSigned(`${name}-proxy`, [service], scope.tls(), this)
        : undefined;
    const upstream = (server: Server): pulumi.Output<Upstream> =>
      pulumi
        .output({
          host: server.host,
          port: server.port,
          tls: known.tls,
          ca: known.ca,
          password: known.password,
          admin: known.user,
          user: opened(scope, database.user ?? ""),
          wanted: opened(scope, database.password ?? ""),
          cert: own?.cert ?? "",
          key: own?.key ?? "",
        })
        .apply((at) => ({
          engine,
          host: at.host,
          port: at.port,
          tls: at.tls,
          verify: known.verify,
          listen: port,
          ...(at.ca === "" ? {} : { ca: at.ca }),
          ...(at.cert === "" ? {} : { own: { cert: at.cert, key: at.key } }),
          ...credentials(known.fresh, at),
        }));

    const bootstrap = known.fresh ? bootstrapOf(engine) : undefined;
    const first: pulumi.Resource[] =
      bootstrap === undefined
        ? []
        : [makeBootstrap(scope, { database, known, bootstrap, name }, this)];
    const at = objectName(scope.names.of(service));
    const ready = [
      ...first,
      makeProxy(
        scope,
        {
          resource: `${name}-proxy`,
          name: at,
          replicas: 2,
          proxy,
          upstream: upstream(known),
          database,
        },
        first,
        this,
      ),
    ];
    known.replicas.forEach((server, index) => {
      const read = `${service}-read-${index + 1}`;
      ready.push(
        makeProxy(
          scope,
          {
            resource: `${name}-read-${index + 1}-proxy`,
            name: objectName(read),
            replicas: 1,
            proxy,
            upstream: upstream(server),
            database,
            labels: readLabel(service),
          },
          first,
          this,
        ),
        makeName(
          scope,
          `${name}-name-${objectName(read)}`,
          objectName(read),
          selector(objectName(read)),
          port,
          this,
        ),
      );
    });
    for (const alias of namesOf(database))
      ready.push(makeName(scope, `${name}-name-${alias}`, alias, selector(at), port, this));
    // One name for all of them; without any, the database itself answers to it.
    const all = objectName(`${service}-read`);
    ready.push(
      makeName(
        scope,
        `${name}-name-${all}`,
        all,
        known.replicas.length === 0 ? selector(at) : readLabel(service),
        port,
        this,
      ),
    );
    this.ready = ready;
    this.registerOutputs({});
  }
}

const readLabel = (service: string): Record<string, string> => ({
  [`berth.read/${objectName(service)}`]: "true",
});

/** The names that the application calls it by. */
function namesOf({ service, host, networks }: DatabasePlan): string[] {
  return [
    ...new Set([service, host, ...Object.values(networks).flat()].map((name) => objectName(name))),
  ];
}

function makeName(
  scope: Scope,
  resource: string,
  name: string,
  pods: Record<string, string>,
  port: number,
  parent: pulumi.Resource,
): kubernetes.core.v1.Service {
  return new kubernetes.core.v1.Service(
    resource,
    {
      metadata: metadata(scope, name, { annotations: { "pulumi.com/skipAwait": "true" } }),
      spec: {
        type: "ClusterIP",
        selector: pods,
        ports: [{ name: `tcp-${port}`, port, targetPort: port, protocol: "TCP" }],
      },
    },
    options(scope, parent),
  );
}

/** Whom clients say they are, and whom the server is told where that is another. */
function credentials(
  fresh: boolean,
  at: {
    readonly user: string;
    readonly wanted: string;
    readonly admin: string;
    readonly password: string;
  },
): Pick<Upstream, "client" | "server"> {
  if (at.user === "") return {};
  const client = { user: at.user, ...(at.wanted === "" ? {} : { password: at.wanted }) };
  if (!fresh) return { client, server: { user: at.admin, password: at.password } };
  const user = serverUser(at.user);
  if (user === at.user && at.wanted !== "") return { client };
  return { client, server: { user, password: at.wanted === "" ? at.password : at.wanted } };
}

function fromCloud(made: CloudDatabase): Known {
  return {
    host: made.host,
    port: made.port,
    user: made.user,
    password: pulumi.secret(made.password),
    defaultDatabase: made.defaultDatabase,
    ca: made.ca ?? pulumi.output(""),
    verify: made.verify,
    tls: pulumi.output(made.tls),
    replicas: made.readHosts.map((host) => ({ host, port: made.port })),
    fresh: true,
  };
}

/** One that the stack's config names by its URL: nothing is made in it. */
function fromUrl(scope: Scope, { url, readUrls, port }: DatabasePlan): Known {
  const parsed = (text: string): pulumi.Output<ReturnType<typeof existing>> =>
    pulumi.output(opened(scope, text)).apply((plain) => existing(plain, port));
  const server = parsed(url ?? "");
  return {
    host: server.host,
    port: server.port,
    user: server.user,
    password: pulumi.secret(server.password),
    defaultDatabase: server.database,
    ca: pulumi.output(""),
    verify: "host",
    tls: server.tls,
    replicas: readUrls.map(parsed).map(({ host, port: at }) => ({ host, port: at })),
    fresh: false,
  };
}
