import type * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../../cloud";
import type { Place } from "../network";

/** What may reach a database: the security group of a machine, or of a cluster's nodes. */
export interface Client {
  readonly group: pulumi.Output<string>;
}

export interface DatabaseArgs extends Omit<cloud.DatabaseArgs, "client"> {
  readonly client: Client;
  readonly place: Place;
}

/** A database server, of any of the AWS services below. */
export interface Endpoints {
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  readonly readHosts: readonly pulumi.Output<string>[];
}
