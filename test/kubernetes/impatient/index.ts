import * as pulumi from "@pulumi/pulumi";
import program from "../../../index";

const workload = /^kubernetes:(apps|batch)\/v1:/;
const customTimeouts = { create: "15s", update: "15s" };

// The program gives a workload minutes: nodes are added, and images pulled.
pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
  workload.test(type) ? { props, opts: { ...opts, customTimeouts } } : undefined,
);

export = program;
