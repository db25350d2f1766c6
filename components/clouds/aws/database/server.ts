import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { growsOnly } from "../../../model/grows-only";
import { physicalName } from "../../names";
import { suffix } from "../../password";
import { startNames } from "../parameters";
import type { DatabaseArgs, Endpoints } from "./args";
import { replicaName } from "../../../model/units";

/** What a server with an administrator of its own is made with. */
export interface ServerArgs extends DatabaseArgs {
  readonly group: pulumi.Output<string>;
  readonly user: string;
  readonly password: pulumi.Output<string>;
}

/** An RDS instance that takes TLS alone, with its read replicas. */
export function makeServer(name: string, args: ServerArgs, parent: pulumi.Resource): Endpoints {
  const { database, protect, tags } = args;
  const { plan, provider, random, network } = args.place;
  const child = { parent, provider };
  const service = physicalName(plan.prefix, database.service, 50);
  const { engine, version } = database;

  const subnets = new aws.rds.SubnetGroup(
    `${name}-subnets`,
    { namePrefix: `${service}-`, subnetIds: network.privateSubnets.map(({ id }) => id), tags },
    // In use by the server until that has moved.
    { ...child, deleteBeforeReplace: false },
  );
  const parameters = new aws.rds.ParameterGroup(
    `${name}-parameters`,
    {
      namePrefix: `${service}-`,
      family: `${engine}${version}`,
      parameters: [
        {
          name: engine === "postgres" ? "rds.force_ssl" : "require_secure_transport",
          value: "1",
          applyMethod: "immediate",
        },
        ...Object.entries(database.parameters).map(([setting, value]) => ({
          name: setting,
          value,
          applyMethod: startNames.has(setting) ? "pending-reboot" : "immediate",
        })),
      ],
      tags,
    },
    // A major upgrade needs the new family's group before it leaves the old one.
    { ...child, deleteBeforeReplace: false },
  );
  const place = {
    instanceClass: database.size!,
    storageType: "gp3",
    storageEncrypted: true,
    vpcSecurityGroupIds: [args.group],
    publiclyAccessible: false,
    parameterGroupName: parameters.name,
    caCertIdentifier: "rds-ca-rsa2048-g1",
    autoMinorVersionUpgrade: true,
    applyImmediately: true,
    copyTagsToSnapshot: true,
    tags,
  };
  const restored = database.restoreFrom !== undefined;
  const final = suffix(
    `${name}-final-snapshot`,
    { engine, from: database.restoreFrom ?? "" },
    random,
    parent,
  );
  const server = new aws.rds.Instance(
    `${name}-server`,
    {
      ...place,
      identifierPrefix: `${service}-`,
      engine,
      engineVersion: version,
      // Upgrades of a major version follow the image's tag, so they are asked for.
      allowMajorVersionUpgrade: true,
      // MariaDB has no such fee to refuse.
      ...(engine !== "mariadb" && {
        engineLifecycleSupport: "open-source-rds-extended-support-disabled",
      }),
      allocatedStorage: database.storage!,
      maxAllocatedStorage: database.storage! * 5,
      // A snapshot brings its own user.
      ...(restored ? { snapshotIdentifier: database.restoreFrom } : { username: args.user }),
      password: args.password,
      dbSubnetGroupName: subnets.name,
      multiAz: database.highAvailability,
      // Without backups RDS makes no read replicas.
      backupRetentionPeriod: Math.max(database.backupDays, database.readReplicas > 0 ? 1 : 0),
      backupWindow: "02:00-03:00",
      maintenanceWindow: "sun:04:00-sun:05:00",
      deletionProtection: protect,
      skipFinalSnapshot: !database.finalSnapshot,
      deleteAutomatedBackups: !database.finalSnapshot,
      finalSnapshotIdentifier: pulumi.interpolate`${service}-final-${final}`,
    },
    {
      ...child,
      protect,
      // Its identifier is made up by AWS: the new one stands before the old one goes.
      deleteBeforeReplace: false,
      hooks: growsOnly(
        `${name}-server`,
        `databases.${database.service}.storage`,
        ({ allocatedStorage }) => allocatedStorage,
      ),
    },
  );
  const replicas = Array.from(
    { length: database.readReplicas },
    (_, index) =>
      new aws.rds.Instance(
        `${name}-replica-${index + 1}`,
        {
          ...place,
          identifierPrefix: physicalName(
            plan.prefix,
            `${replicaName(database.service, index + 1)}-`,
            50,
          ),
          // A replica has its user, password and databases from its source.
          replicateSourceDb: server.identifier,
          skipFinalSnapshot: true,
          tags: { ...tags, Name: `${plan.prefix}-${replicaName(database.service, index + 1)}` },
        },
        { ...child, deleteBeforeReplace: false },
      ),
  );
  return {
    host: server.address,
    port: server.port,
    readHosts: replicas.map(({ address }) => address),
  };
}
