import type * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { Cluster } from "./cluster";
import { Machine } from "./machine";
import { catalog } from "./catalog";

/**
 * This computer: its Docker, or the Kubernetes of a context, as they are; no account and no cost.
 * @public loaded by clouds/index.ts when it is asked for
 */
export class Cloud implements cloud.Cloud {
  readonly catalog = catalog;

  constructor(private readonly args: cloud.CloudArgs) {}

  machine(
    name: string,
    _args: cloud.MachineArgs,
    opts: pulumi.ComponentResourceOptions,
  ): cloud.Machine {
    return new Machine(name, opts);
  }

  cluster(
    name: string,
    _args: cloud.ClusterArgs,
    opts: pulumi.ComponentResourceOptions,
  ): cloud.Cluster {
    return new Cluster(name, this.args, opts);
  }
}
