import type * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { Machine } from "./machine";
import { offer } from "./offer";

/**
 * This computer: Docker as it is here, no account and no cost.
 * @public loaded by clouds/index.ts when it is asked for
 */
export class Local implements cloud.Cloud {
  readonly offer = offer;

  machine(
    name: string,
    _args: cloud.MachineArgs,
    opts: pulumi.ComponentResourceOptions,
  ): cloud.Machine {
    return new Machine(name, opts);
  }
}
