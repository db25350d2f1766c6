import * as pulumi from "@pulumi/pulumi";
import type * as cloud from "../cloud";
import { providerArgs } from "../provider";

/** The provider's keys whose values are not strings. */
const structured = [
  "deleteUnreachable",
  "enableConfigMapMutable",
  "enablePatchForce",
  "enableSecretMutable",
  "helmReleaseSettings",
  "kubeClientSettings",
  "skipUpdateUnreachable",
  "suppressDeprecationWarnings",
  "suppressHelmHookWarnings",
  "upsertExistingObjects",
];

/**
 * The cluster of a context that is there already: nothing of it is made, and no credential of it is kept. The
 * provider reads the kubeconfig each time, in destroy too; the context's name is stored in
 * the stack, so that switching kubectl never changes the stack's cluster.
 */
export class Cluster extends pulumi.ComponentResource implements cloud.Cluster {
  readonly identifier: pulumi.Output<string>;
  readonly provider: Readonly<Record<string, pulumi.Input<string>>>;
  readonly ready = [];
  readonly edge: cloud.EdgeBalancer = {
    annotations: {},
    // Whether by a balancer or by kubectl port-forward: this computer is where it is reached.
    address: pulumi.output("127.0.0.1"),
    proxyProtocol: false,
  };
  /** kube-system is not this stack's: the plan says where it may have to be installed. */
  readonly needsMetricsServer = false;

  constructor(
    name: string,
    { plan, open }: Pick<cloud.CloudArgs, "plan" | "open">,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("berth:local:Cluster", name, {}, opts);
    this.provider = providerArgs("local", plan, open, structured);
    this.identifier = pulumi.output(plan.settings.provider["context"] ?? "local");
    this.registerOutputs({ identifier: this.identifier });
  }
}
