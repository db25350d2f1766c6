import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Database as DatabasePlan } from "../plan/plan";
import { authorities } from "../proxy/authorities";
import { type Bootstrap, extensionsIn, serverUser } from "../proxy/bootstrap";
import { folder } from "../proxy";
import { contentKey, makeContent } from "./content";
import type { Known } from "./databases";
import { objectName } from "./names";
import type { Template } from "./pod";
import { proxyLabel } from "./policies";
import { opened, options, ownLabels, type Scope, selector } from "./scope";
import { makeJob } from "./workload";

export interface BootstrapArgs {
  readonly database: DatabasePlan;
  readonly known: Known;
  readonly bootstrap: Bootstrap;
  /** Start of the resources' names. */
  readonly name: string;
}

/** Seconds for a new server's name to be known everywhere and its doors to open, and for scripts to run. */
const patience = 900;

/** The Job that makes databases, users, passwords and extensions with the administrator's rights, again and again. */
export function makeBootstrap(
  scope: Scope,
  { database, known, bootstrap, name }: BootstrapArgs,
  parent: pulumi.Resource,
): kubernetes.batch.v1.Job {
  const { service, engine, scripts } = database;
  const job = objectName(`${service}-bootstrap`, 52);
  // A root of MySQL is one of the application's users where it has no other.
  const root = database.user === undefined && (engine === "mysql" || engine === "mariadb");
  const asked = {
    user: opened(scope, root ? "root" : (database.user ?? "")),
    password: opened(scope, (root ? database.adminPassword : undefined) ?? database.password ?? ""),
    database: opened(scope, database.database ?? ""),
  };
  const wanted = pulumi.output({ ...asked, admin: known.password }).apply((texts) => ({
    ...(texts.user === ""
      ? {}
      : { user: engine === "postgres" ? serverUser(texts.user) : texts.user }),
    password: texts.password === "" ? texts.admin : texts.password,
    ...(texts.database === "" ? {} : { database: texts.database }),
    extensions: extensionsIn(scripts.filter(({ binary }) => !binary).map(({ content }) => content)),
  }));
  const files = makeContent(scope, parent, {
    resource: `${name}-bootstrap-files`,
    base: job,
    secret: true,
    text: {
      [bootstrap.file]: wanted.apply((all) => bootstrap.sql(all)),
      "ca.pem": known.ca.apply((ca) => authorities(ca)),
    },
  });
  const env = makeContent(scope, parent, {
    resource: `${name}-bootstrap-secret`,
    base: `${job}-env`,
    secret: true,
    text: {
      HOST: known.host,
      PORT: known.port.apply(String),
      ADMIN: known.user,
      ADMIN_PASSWORD: known.password,
      DEFAULT_DATABASE: known.defaultDatabase,
      VERIFY: known.verify,
      APP_USER: wanted.apply(({ user }) => user ?? ""),
      APP_PASSWORD: wanted.apply(({ password }) => password),
      APP_DATABASE: asked.database,
    },
  });
  const keys = scripts.map(({ path }, index) => contentKey(path.replace(/^.*\//, ""), index));
  const content = (binary: boolean): Record<string, pulumi.Input<string>> =>
    Object.fromEntries(
      scripts.flatMap((file, index) =>
        file.binary === binary ? [[keys[index]!, opened(scope, file.content)]] : [],
      ),
    );
  const mounted =
    scripts.length === 0
      ? undefined
      : makeContent(scope, parent, {
          resource: `${name}-bootstrap-scripts`,
          base: `${job}-scripts`,
          secret: true,
          text: content(false),
          binary: content(true),
        });
  const template: Template = {
    metadata: {
      labels: { ...ownLabels(scope.plan), ...selector(job), ...proxyLabel },
    },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "bootstrap",
          image: imageOf(scope, database),
          imagePullPolicy: "IfNotPresent",
          command: ["sh", "-c", bootstrap.script],
          envFrom: [{ secretRef: { name: env } }],
          volumeMounts: [
            { name: "files", mountPath: folder, readOnly: true },
            ...(mounted === undefined
              ? []
              : [{ name: "scripts", mountPath: "/docker-entrypoint-initdb.d", readOnly: true }]),
          ],
          resources: { requests: { cpu: "50m", memory: "64Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
          },
          terminationMessagePolicy: "FallbackToLogsOnError",
        },
      ],
      volumes: [
        { name: "files", secret: { secretName: files } },
        ...(mounted === undefined
          ? []
          : [
              {
                name: "scripts",
                secret: {
                  secretName: mounted,
                  items: scripts.map(({ path, mode }, index) => ({
                    key: keys[index]!,
                    path: path.replace("/docker-entrypoint-initdb.d/", ""),
                    mode: parseInt(mode, 8) | 0o444,
                  })),
                },
              },
            ]),
      ],
    },
  };
  return makeJob(
    scope,
    {
      name: `${service}-bootstrap`,
      timeout: patience,
      compose: { command: null, entrypoint: null, restart: "on-failure" },
    },
    `${name}-bootstrap`,
    template,
    options(scope, parent, { customTimeouts: { create: "30m", update: "30m" } }),
  );
}

/** The image of the Compose file has the clients of its engine; a built one is no registry's. */
function imageOf({ plan }: Scope, { service, engine, version }: DatabasePlan): string {
  const compose = plan.app.services[service];
  if (compose?.image !== undefined && compose.build === undefined) return compose.image;
  return plan.settings.images[service] ?? `${engine}:${version}`;
}
