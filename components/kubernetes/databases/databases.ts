import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Database as CloudDatabase } from "../../clouds/cloud";
import type { Database as DatabasePlan } from "../../plan/plan";
import { engines, proxyOf, type Upstream } from "../../databases";
import { connectionOf, type Server, upstreamOf } from "../../databases/connection/connection";
import { proxyCertificate } from "../../databases/connection/self-signed";
import { makeBootstrap } from "./bootstrap";
import { objectName } from "../names";
import { makeProxy } from "./proxy";
import { metadata, options, type Scope, selector } from "../scope";
import { replicaName } from "../../model/units";

/**
 * A database outside of the cluster under its Compose name (decisions.md: name-still-answers): a proxy that owns name
 * and port, one for each read replica, and the Job that makes what the Compose file's container would have made at
 * its first start.
 */
export class ManagedDatabase extends pulumi.ComponentResource {
  /** Resources that exist once the application can use the database. */
  readonly ready: readonly pulumi.Resource[];

  constructor(
    scope: Scope,
    database: DatabasePlan,
    made: CloudDatabase | undefined,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const name = `${scope.name}-${database.service}`;
    super("berth:kubernetes:Database", name, {}, opts);
    const known = connectionOf(scope.open, database, made);
    const { engine, service, port } = database;
    const proxy = proxyOf(engine, port);
    const own = proxyCertificate(name, { service, proxy }, () => scope.tls(), this);
    const upstream = (server: Server): pulumi.Output<Upstream> =>
      upstreamOf(scope.open, database, known, server, own);
    const bootstrap = known.fresh ? engines[engine].bootstrap : null;
    const first: pulumi.Resource[] =
      bootstrap === null ? [] : [makeBootstrap(scope, { database, known, bootstrap, name }, this)];
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
      const read = replicaName(service, index + 1);
      ready.push(
        makeProxy(
          scope,
          {
            resource: `${replicaName(name, index + 1)}-proxy`,
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
