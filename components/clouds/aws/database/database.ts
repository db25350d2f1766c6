import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../../cloud";
import { physicalName } from "../../names";
import { password } from "../../password";
import type { DatabaseArgs, Endpoints } from "./args";
import { rdsAuthority } from "./authority";
import { makeCache } from "./cache";
import { makeDocuments } from "./document-db";
import { makeServer } from "./server";

/** Where an engine keeps its administrator. */
const administered = {
  postgres: "postgres",
  mysql: "mysql",
  mariadb: "mysql",
  mongodb: "admin",
} as const;

/** RDS for PostgreSQL, MySQL and MariaDB, ElastiCache for Redis and Valkey, DocumentDB; in private subnets. */
export class Database extends pulumi.ComponentResource implements cloud.Database {
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  readonly user: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  readonly defaultDatabase: pulumi.Output<string>;
  readonly ca?: pulumi.Output<string>;
  readonly verify = "host";
  readonly readHosts: readonly pulumi.Output<string>[];
  readonly tls = true;

  constructor(name: string, args: DatabaseArgs, opts: pulumi.ComponentResourceOptions) {
    super("berth:aws:Database", name, {}, opts);
    const { database } = args;
    const { plan, open, random } = args.place;
    const engine = database.engine as keyof typeof administered | "redis" | "valkey";
    const group = this.firewall(name, args);

    let served: Endpoints;
    if (engine === "redis" || engine === "valkey") {
      // The application's own password; without one, the security group alone decides.
      const token =
        database.password === undefined ? undefined : pulumi.secret(open(database.password));
      served = makeCache(name, { ...args, group, ...(token !== undefined && { token }) }, this);
      this.user = pulumi.output("default");
      this.password = token ?? pulumi.secret("");
      this.defaultDatabase = pulumi.output("0");
    } else {
      const user = "berth";
      this.password = password(`${name}-password`, random, this);
      const make = engine === "mongodb" ? makeDocuments : makeServer;
      served = make(name, { ...args, group, user, password: this.password }, this);
      this.user = pulumi.output(user);
      this.defaultDatabase = pulumi.output(administered[engine]);
      this.ca = pulumi.output(rdsAuthority(plan.region!));
    }
    this.host = served.host;
    this.port = served.port;
    this.readHosts = served.readHosts;
    this.registerOutputs({ host: this.host, port: this.port });
  }

  /** Admits the client on the database's port; no rule for outgoing traffic, which a database does not need. */
  private firewall(name: string, args: DatabaseArgs): pulumi.Output<string> {
    const { plan, provider, network } = args.place;
    const { port } = args.database;
    const service = physicalName(plan.prefix, args.database.service, 200);
    // A group in use cannot be deleted: the database moves to the new one first.
    const child = { parent: this, provider, deleteBeforeReplace: false };
    const group = new aws.ec2.SecurityGroup(
      `${name}-firewall`,
      {
        vpcId: network.id,
        namePrefix: `${service}-`,
        description: "Database",
        tags: { ...args.tags, Name: service },
      },
      child,
    );
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-in`,
      {
        securityGroupId: group.id,
        referencedSecurityGroupId: args.client.group,
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        tags: args.tags,
      },
      child,
    );
    return group.id;
  }
}
