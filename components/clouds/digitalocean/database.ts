import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { EngineName } from "../../model/engine-name";
import type * as cloud from "../cloud";
import { physicalName } from "../names";
import { includedStorage } from "./catalog";
import { configure } from "./database-config";
import { tagList, type Place } from "./network";
import { replicaName } from "../../model/units";

const engines: Readonly<Partial<Record<EngineName, string>>> = {
  postgres: "pg",
  mysql: "mysql",
  redis: "valkey",
  valkey: "valkey",
  mongodb: "mongodb",
};

/** What may reach a database: a droplet or a DOKS cluster. */
export interface Client {
  readonly source: { readonly type: "droplet" | "k8s"; readonly value: pulumi.Output<string> };
}

/** A managed database that only its machine or cluster reaches, over the VPC. */
export class Database extends pulumi.ComponentResource implements cloud.Database {
  readonly host: pulumi.Output<string>;
  readonly srv: boolean;
  readonly imposesUser: boolean;
  readonly port: pulumi.Output<number>;
  readonly user: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  readonly defaultDatabase: pulumi.Output<string>;
  readonly ca: pulumi.Output<string>;
  readonly verify = "host";
  readonly readHosts: readonly pulumi.Output<string>[];
  readonly tls = true;

  constructor(
    name: string,
    args: Omit<cloud.DatabaseArgs, "client"> & { readonly client: Client; readonly place: Place },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:digitalocean:Database", name, {}, opts);
    const { database, client, protect } = args;
    const { plan, provider, network } = args.place;
    const child = { parent: this, provider };
    const tags = tagList(args.tags);
    const size = database.size!;
    const storage = database.storage ?? 0;
    const documents = database.engine === "mongodb";
    // Members of a replica set elect their primary, which two cannot.
    const standing = documents ? 3 : 2;
    const [from, at] = database.restoreFrom?.split("@") ?? [];
    const place = {
      size,
      region: network.region,
      privateNetworkUuid: network.id,
      tags,
    };
    // What the size brings is the least; below it the API refuses the number.
    const included = includedStorage(size);
    const mebibytes = (gibibytes: number): string => String(gibibytes * 1024);

    const server = new digitalocean.DatabaseCluster(
      `${name}-server`,
      {
        ...place,
        ...(storage > included && { storageSizeMib: mebibytes(storage) }),
        name: physicalName(plan.prefix, database.service),
        engine: engines[database.engine]!,
        version: versionOf(database.engine, database.version),
        nodeCount: database.highAvailability ? standing : 1,
        maintenanceWindows: [{ day: "sunday", hour: "04:00" }],
        ...(from !== undefined && {
          backupRestore: { databaseName: from, ...(at !== undefined && { backupCreatedAt: at }) },
        }),
      },
      {
        ...child,
        protect,
        // Its name is unique in the account, so a second one cannot be made beside it.
        deleteBeforeReplace: true,
        additionalSecretOutputs: ["password", "uri", "privateUri"],
      },
    );
    configure(name, database, server.id, child);
    const replicas = Array.from(
      { length: database.readReplicas },
      (_, index) =>
        new digitalocean.DatabaseReplica(
          `${name}-replica-${index + 1}`,
          {
            ...place,
            // Always stated: for a larger size the provider asks for the storage of before, which is too little then.
            ...(included > 0 && { storageSizeMib: mebibytes(Math.max(storage, included)) }),
            clusterId: server.id,
            name: physicalName(plan.prefix, replicaName(database.service, index + 1)),
          },
          {
            ...child,
            // Its name is unique in the database cluster.
            deleteBeforeReplace: true,
            // A changed tag would replace the replica, its data and all.
            ignoreChanges: ["tags"],
            additionalSecretOutputs: ["password", "uri", "privateUri"],
          },
        ),
    );
    this.admit(name, server.id, client, child);
    replicas.forEach((replica, index) => {
      this.admit(`${name}-replica-${index + 1}`, replica.uuid, client, child);
    });

    this.host = server.privateHost;
    // <name>.mongo.ondigitalocean.com has no address: its SRV records name the members.
    this.srv = documents;
    // No user can be made with createUser, nor with a password that is given.
    this.imposesUser = documents;
    this.port = server.port;
    this.user = server.user;
    this.password = pulumi.secret(server.password);
    // Where doadmin is kept, and has to log in.
    this.defaultDatabase = documents ? pulumi.output("admin") : server.database;
    this.ca = digitalocean.getDatabaseCaOutput({ clusterId: server.id }, { provider }).certificate;
    this.readHosts = replicas.map((replica) => replica.privateHost);
    this.registerOutputs({ host: this.host, port: this.port });
  }

  /** The one list of who may connect: without it, everyone who knows the password may. */
  private admit(
    name: string,
    clusterId: pulumi.Output<string>,
    { source }: Client,
    child: pulumi.CustomResourceOptions,
  ): void {
    new digitalocean.DatabaseFirewall(
      `${name}-firewall`,
      { clusterId, rules: [source] },
      // There is one list; deleting the old one after writing the new one would open the database.
      { ...child, deleteBeforeReplace: true },
    );
  }
}

/** DigitalOcean's name of a version that the offer lists. */
function versionOf(engine: EngineName, version: string): string {
  if (engine === "mysql") return "8";
  // The API numbers its releases by their major alone.
  if (engine === "mongodb") return version.split(".")[0]!;
  // Valkey 8 speaks the protocol of every Redis that the offer names.
  return engine === "redis" ? "8" : version;
}
