import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";

/** This computer: the Docker of the environment, the loopback address. */
export class Machine extends pulumi.ComponentResource implements cloud.Machine {
  readonly address = pulumi.output("127.0.0.1");
  readonly docker: cloud.DockerEndpoint = {};

  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("berth:local:Machine", name, {}, opts);
    this.registerOutputs({ address: this.address });
  }
}
