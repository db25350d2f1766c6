import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../../names";
import { suffix } from "../../password";
import type { DatabaseArgs, Endpoints } from "./args";

interface CacheArgs extends DatabaseArgs {
  readonly group: pulumi.Output<string>;
  /** 16 to 128 characters, or AWS refuses it. */
  readonly token?: pulumi.Output<string>;
}

/** AWS's name of a major version that the offer lists. */
const versions: Readonly<Record<string, string>> = {
  "redis 7": "7.1",
  "redis 6": "6.2",
  "valkey 9": "9.0",
  "valkey 8": "8.1",
  "valkey 7": "7.2",
};

/** AWS's name of the parameters of a major version. */
const families: Readonly<Record<string, string>> = {
  "redis 7": "redis7",
  "redis 6": "redis6.x",
  "valkey 9": "valkey9",
  "valkey 8": "valkey8",
  "valkey 7": "valkey7",
};

/** An ElastiCache replication group that takes TLS alone. */
export function makeCache(name: string, args: CacheArgs, parent: pulumi.Resource): Endpoints {
  const { database, protect, tags, token } = args;
  const { plan, provider, random, network } = args.place;
  const child = { parent, provider };
  const service = physicalName(plan.prefix, database.service, 40);
  // A standby is a replica that takes over.
  const replicas = Math.max(database.readReplicas, database.highAvailability ? 1 : 0);

  const subnets = new aws.elasticache.SubnetGroup(
    `${name}-subnets`,
    { subnetIds: network.privateSubnets.map(({ id }) => id), tags },
    // In use by the cache until that has moved.
    { ...child, deleteBeforeReplace: false },
  );
  const final = suffix(
    `${name}-final-snapshot`,
    { engine: database.engine, from: database.restoreFrom ?? "" },
    random,
    parent,
  );
  const parameters = Object.entries(database.parameters);
  const group =
    parameters.length === 0
      ? undefined
      : new aws.elasticache.ParameterGroup(
          `${name}-parameters`,
          {
            family: families[`${database.engine} ${database.version}`]!,
            parameters: parameters.map(([setting, value]) => ({ name: setting, value })),
            tags,
          },
          // A major upgrade needs the new family's group before it leaves the old one.
          { ...child, deleteBeforeReplace: false },
        );
  const cache = new aws.elasticache.ReplicationGroup(
    `${name}-server`,
    {
      replicationGroupId: service,
      description: `${database.service} of ${plan.prefix}`,
      engine: database.engine,
      engineVersion: versions[`${database.engine} ${database.version}`]!,
      nodeType: database.size!,
      numCacheClusters: 1 + replicas,
      automaticFailoverEnabled: replicas > 0,
      multiAzEnabled: replicas > 0,
      atRestEncryptionEnabled: true,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      ...(token !== undefined && { authToken: token, authTokenUpdateStrategy: "ROTATE" }),
      ...(group !== undefined && { parameterGroupName: group.name }),
      subnetGroupName: subnets.name,
      securityGroupIds: [args.group],
      snapshotRetentionLimit: database.backupDays,
      snapshotWindow: "02:00-03:00",
      maintenanceWindow: "sun:04:00-sun:05:00",
      ...(database.finalSnapshot && {
        finalSnapshotIdentifier: pulumi.interpolate`${service}-final-${final}`,
      }),
      ...(database.restoreFrom !== undefined && { snapshotName: database.restoreFrom }),
      applyImmediately: true,
      autoMinorVersionUpgrade: true,
      tags,
    },
    // Its id is what the account knows it by, so a second one cannot be made beside it.
    { ...child, protect, deleteBeforeReplace: true },
  );
  return {
    host: cache.primaryEndpointAddress,
    port: pulumi.output(6379),
    // One endpoint spreads reads over all replicas.
    readHosts: Array.from({ length: database.readReplicas }, () => cache.readerEndpointAddress),
  };
}
