import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { physicalName } from "../names";
import { password, suffix } from "../password";
import { labels, type Place } from "./network";
import { replicaName } from "../../model/units";

interface DatabaseArgs extends cloud.DatabaseArgs {
  readonly place: Place;
}

/** Cloud SQL for PostgreSQL and MySQL, Memorystore for Redis: private addresses of the VPC alone. */
export class Database extends pulumi.ComponentResource implements cloud.Database {
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  readonly user: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  readonly defaultDatabase: pulumi.Output<string>;
  readonly ca: pulumi.Output<string>;
  readonly verify = "authority";
  readonly readHosts: readonly pulumi.Output<string>[];
  /** Each server, replicas too, has its own authority: another replica changes nothing for the others. */
  readonly readCas: readonly pulumi.Output<string>[];
  readonly tls = true;

  constructor(name: string, args: DatabaseArgs, opts: pulumi.ComponentResourceOptions) {
    super("berth:gcp:Database", name, {}, opts);
    const { database } = args;
    if (database.engine === "redis") {
      const cache = this.cache(name, args);
      this.host = cache.host;
      this.port = cache.port;
      this.user = pulumi.output("default");
      this.password = pulumi.secret(cache.authString);
      this.defaultDatabase = pulumi.output("0");
      this.ca = cache.serverCaCerts.apply(bundle);
      this.readHosts = [];
      this.readCas = [];
    } else {
      const [server, ...replicas] = this.servers(name, args);
      const user = this.admin(name, args, server);
      this.host = server.privateIpAddress;
      this.port = pulumi.output(database.engine === "postgres" ? 5432 : 3306);
      this.user = user.name;
      this.password = pulumi.secret(user.password.apply((value) => value ?? ""));
      this.defaultDatabase = pulumi.output(database.engine === "postgres" ? "postgres" : "mysql");
      this.ca = server.serverCaCerts.apply(bundle);
      this.readCas = replicas.map(({ serverCaCerts }) => serverCaCerts.apply(bundle));
      this.readHosts = replicas.map(({ privateIpAddress }) => privateIpAddress);
    }
    this.registerOutputs({ host: this.host, port: this.port });
  }

  private servers(
    name: string,
    { database, protect, tags, place }: DatabaseArgs,
  ): [gcp.sql.DatabaseInstance, ...gcp.sql.DatabaseInstance[]] {
    const { plan, provider, random, network } = place;
    // A new server gets a generated name, so it is created before the old one is deleted.
    const child = {
      parent: this,
      provider,
      dependsOn: [...network.services],
      deleteBeforeReplace: false,
    };
    const postgres = database.engine === "postgres";
    const databaseVersion = `${postgres ? "POSTGRES" : "MYSQL"}_${database.version.replace(".", "_")}`;
    // A replica has its server's: with fewer connections or locks it would not start.
    const flags = Object.entries(database.parameters).map(([flag, value]) => ({
      name: flag,
      value,
    }));
    const settings = {
      tier: database.size!,
      // Shared and custom sizes are refused in the other edition, which is PostgreSQL's default.
      edition: "ENTERPRISE",
      diskType: "PD_SSD",
      diskAutoresize: true,
      ipConfiguration: {
        ipv4Enabled: false,
        privateNetwork: network.id,
        sslMode: "ENCRYPTED_ONLY",
      },
      deletionProtectionEnabled: protect,
      userLabels: labels(tags),
      ...(flags.length > 0 && { databaseFlags: flags }),
    };
    const named = (role: string, keepers: Readonly<Record<string, string>>) =>
      // A deleted server's name stays reserved for a week.
      pulumi.interpolate`${physicalName(plan.prefix, role, 80)}-${suffix(`${name}-${role}-suffix`, keepers, random, this)}`;
    const from = database.restoreFrom?.split(":") ?? [];
    const diskSize = diskSizeOf(database.storage!, place);

    const ownName = named(database.service, { region: network.region });
    const server = new gcp.sql.DatabaseInstance(
      `${name}-server`,
      {
        name: ownName,
        databaseVersion,
        region: network.region,
        deletionProtection: protect,
        settings: {
          ...settings,
          diskSize: diskSize(ownName),
          availabilityType: database.highAvailability ? "REGIONAL" : "ZONAL",
          backupConfiguration: {
            enabled: true,
            startTime: "02:00",
            // Replicas, standbys and restoring to a moment need it: each engine names it differently.
            ...(postgres ? { pointInTimeRecoveryEnabled: true } : { binaryLogEnabled: true }),
            transactionLogRetentionDays: Math.min(7, Math.max(1, database.backupDays)),
            backupRetentionSettings: {
              retainedBackups: Math.max(1, database.backupDays),
              retentionUnit: "COUNT",
            },
          },
          maintenanceWindow: { day: 7, hour: 4, updateTrack: "stable" },
          ...(database.finalSnapshot && {
            finalBackupConfig: { enabled: true, retentionDays: 30 },
            retainBackupsOnDelete: true,
          }),
        },
        ...(from.length === 2 && {
          restoreBackupContext: { instanceId: from[0]!, backupRunId: Number(from[1]) },
        }),
      },
      { ...child, protect },
    );
    const replicas = Array.from({ length: database.readReplicas }, (_, index) => {
      const replica = named(replicaName(database.service, index + 1), { region: network.region });
      return new gcp.sql.DatabaseInstance(
        `${name}-replica-${index + 1}`,
        {
          name: replica,
          databaseVersion,
          region: network.region,
          masterInstanceName: server.name,
          // A replica holds a copy: deleting one loses nothing.
          deletionProtection: false,
          settings: { ...settings, diskSize: diskSize(replica), deletionProtectionEnabled: false },
        },
        child,
      );
    });
    return [server, ...replicas];
  }

  private admin(
    name: string,
    { database, place }: DatabaseArgs,
    server: gcp.sql.DatabaseInstance,
  ): gcp.sql.User {
    const { provider, random } = place;
    return new gcp.sql.User(
      `${name}-admin`,
      {
        instance: server.name,
        name: "berth",
        password: password(`${name}-password`, random, this),
        ...(database.engine === "mysql" && { host: "%" }),
        // A role that owns databases cannot be dropped; it goes with the server.
        deletionPolicy: "ABANDON",
      },
      // Its name is unique on the server.
      { parent: this, provider, deleteBeforeReplace: true },
    );
  }

  private cache(
    name: string,
    { database, protect, tags, place }: DatabaseArgs,
  ): gcp.redis.Instance {
    const { plan, provider, network } = place;
    return new gcp.redis.Instance(
      `${name}-server`,
      {
        name: physicalName(plan.prefix, database.service, 40),
        region: network.region,
        tier: database.highAvailability ? "STANDARD_HA" : "BASIC",
        memorySizeGb: Number(database.size),
        redisVersion: database.version === "6" ? "REDIS_6_X" : "REDIS_7_2",
        ...(Object.keys(database.parameters).length > 0 && { redisConfigs: database.parameters }),
        // The password is Google's: asked for only where the application has one.
        authEnabled: database.password !== undefined,
        transitEncryptionMode: "SERVER_AUTHENTICATION",
        authorizedNetwork: network.id,
        connectMode: "PRIVATE_SERVICE_ACCESS",
        deletionProtection: protect,
        labels: labels(tags),
        ...(database.highAvailability && {
          persistenceConfig: { persistenceMode: "RDB", rdbSnapshotPeriod: "TWENTY_FOUR_HOURS" },
        }),
      },
      {
        parent: this,
        provider,
        protect,
        dependsOn: [...network.services],
        // Its name is unique in the region, so a second one cannot be made beside it.
        deleteBeforeReplace: true,
        additionalSecretOutputs: ["authString"],
      },
    );
  }
}

/** A server's authorities in one text, the next one too, each once. */
function bundle(authorities: readonly { readonly cert: string }[]): string {
  return [...new Set(authorities.map(({ cert }) => cert.trim()))].join("\n");
}

/**
 * GiB of a server's disk: as many as are stated, and at least as many as it has. Cloud SQL makes a disk larger by
 * itself, and a smaller one would be another server.
 */
function diskSizeOf(
  stated: number,
  { provider, network, apis }: Place,
): (name: pulumi.Output<string>) => pulumi.Output<number> {
  const found = gcp.sql.getDatabaseInstancesOutput(
    { region: network.region },
    { provider, dependsOn: apis.on("sqladmin") },
  );
  return (name) =>
    pulumi.all([name, found.instances]).apply(([own, all]) => {
      const server = all.find((one) => one.name === own);
      return Math.max(stated, ...(server?.settings ?? []).map(({ diskSize }) => diskSize));
    });
}
