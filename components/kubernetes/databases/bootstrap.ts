import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Database as DatabasePlan } from "../../plan/plan";
import { folder } from "../../databases";
import type { Bootstrap } from "../../databases/bootstrap";
import { firstStart, firstStartSeconds } from "../../databases/connection/first-start";
import type { DatabaseConnection } from "../../databases/connection/connection";
import { contentKey, makeContent } from "../pods/content";
import { objectName } from "../names";
import type { Template } from "../pods/pod";
import { proxyLabel } from "../network/labels";
import { ownResources } from "../pods/resources";
import { opened, options, ownLabels, type Scope, selector } from "../scope";
import { makeJob } from "../workloads/workload";

export interface BootstrapArgs {
  readonly database: DatabasePlan;
  readonly known: DatabaseConnection;
  readonly bootstrap: Bootstrap;
  /** Start of the resources' names. */
  readonly name: string;
}

/** The Job that creates databases, users, passwords and extensions as the administrator; it can run repeatedly. */
export function makeBootstrap(
  scope: Scope,
  { database, known, bootstrap, name }: BootstrapArgs,
  parent: pulumi.Resource,
): kubernetes.batch.v1.Job {
  const { service, scripts } = database;
  const job = objectName(`${service}-bootstrap`, 52);
  const first = firstStart(scope, database, known, bootstrap);
  const files = makeContent(scope, parent, {
    resource: `${name}-bootstrap-files`,
    base: job,
    secret: true,
    text: first.files,
  });
  const env = makeContent(scope, parent, {
    resource: `${name}-bootstrap-secret`,
    base: `${job}-env`,
    secret: true,
    text: first.environment,
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
          image: first.image,
          imagePullPolicy: "IfNotPresent",
          command: ["sh", "-c", bootstrap.script],
          envFrom: [{ secretRef: { name: env } }],
          volumeMounts: [
            { name: "files", mountPath: folder, readOnly: true },
            ...(mounted === undefined
              ? []
              : [{ name: "scripts", mountPath: "/docker-entrypoint-initdb.d", readOnly: true }]),
          ],
          resources: ownResources("50m", "64Mi", `${bootstrap.memory}Mi`),
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
      timeout: firstStartSeconds,
      compose: { command: null, entrypoint: null, restart: "on-failure" },
    },
    `${name}-bootstrap`,
    template,
    options(scope, parent, { customTimeouts: { create: "30m", update: "30m" } }),
  );
}
