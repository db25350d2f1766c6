import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../../names";
import { suffix } from "../../password";
import type { Endpoints } from "./args";
import type { ServerArgs } from "./server";

/**
 * A DocumentDB cluster that takes TLS alone: the storage is the cluster's, and every instance serves it.
 * The first is written to until it fails; AWS spreads the others over the zones of the subnets.
 */
export function makeDocuments(name: string, args: ServerArgs, parent: pulumi.Resource): Endpoints {
  const { database, protect, tags } = args;
  const { plan, provider, random, network } = args.place;
  const child = { parent, provider };
  const service = physicalName(plan.prefix, database.service, 50);
  const maintenance = "sun:04:00-sun:05:00";

  const subnets = new aws.docdb.SubnetGroup(
    `${name}-subnets`,
    { namePrefix: `${service}-`, subnetIds: network.privateSubnets.map(({ id }) => id), tags },
    // In use by the cluster until that has moved.
    { ...child, deleteBeforeReplace: false },
  );
  const parameters = new aws.docdb.ClusterParameterGroup(
    `${name}-parameters`,
    {
      namePrefix: `${service}-`,
      family: `docdb${database.version}`,
      // Takes effect when an instance starts, as every instance of a new cluster does.
      parameters: [{ name: "tls", value: "enabled", applyMethod: "pending-reboot" }],
      tags,
    },
    // A major upgrade needs the new family's group before it leaves the old one.
    { ...child, deleteBeforeReplace: false },
  );
  const restored = database.restoreFrom !== undefined;
  const final = suffix(
    `${name}-final-snapshot`,
    { engine: database.engine, from: database.restoreFrom ?? "" },
    random,
    parent,
  );
  const cluster = new aws.docdb.Cluster(
    `${name}-server`,
    {
      clusterIdentifierPrefix: `${service}-`,
      engineVersion: `${database.version}.0`,
      // Upgrades of a major version follow the image's tag, so they are asked for.
      allowMajorVersionUpgrade: true,
      // A snapshot brings its own user.
      ...(restored ? { snapshotIdentifier: database.restoreFrom } : { masterUsername: args.user }),
      masterPassword: args.password,
      port: database.port,
      storageEncrypted: true,
      dbSubnetGroupName: subnets.name,
      dbClusterParameterGroupName: parameters.name,
      vpcSecurityGroupIds: [args.group],
      // DocumentDB cannot do without backups.
      backupRetentionPeriod: Math.max(database.backupDays, 1),
      preferredBackupWindow: "02:00-03:00",
      preferredMaintenanceWindow: maintenance,
      applyImmediately: true,
      deletionProtection: protect,
      skipFinalSnapshot: !database.finalSnapshot,
      finalSnapshotIdentifier: pulumi.interpolate`${service}-final-${final}`,
      tags,
    },
    {
      ...child,
      protect,
      // Its identifier is made up by AWS: the new one stands before the old one goes.
      deleteBeforeReplace: false,
    },
  );
  const serve = (role: string, promotionTier: number, kept: boolean): void => {
    new aws.docdb.ClusterInstance(
      `${name}-${role}`,
      {
        identifierPrefix: `${physicalName(plan.prefix, `${database.service}-${role}`, 50)}-`,
        clusterIdentifier: cluster.id,
        instanceClass: database.size!,
        caCertIdentifier: "rds-ca-rsa2048-g1",
        promotionTier,
        copyTagsToSnapshot: true,
        preferredMaintenanceWindow: maintenance,
        applyImmediately: true,
        tags: { ...tags, Name: `${plan.prefix}-${database.service}-${role}` },
      },
      { ...child, protect: kept, deleteBeforeReplace: false },
    );
  };
  // It holds no data, but without it nothing answers.
  serve("first", 0, protect);
  if (database.highAvailability) serve("standby", 0, false);
  // After the standby: a replica is the last to be written to.
  for (let index = 1; index <= database.readReplicas; index += 1)
    serve(`replica-${index}`, 15, false);
  return {
    host: cluster.endpoint,
    port: pulumi.output(database.port),
    // One endpoint spreads reads over all that are not written to, whichever they are after a failover.
    readHosts: Array.from({ length: database.readReplicas }, () => cluster.readerEndpoint),
  };
}
