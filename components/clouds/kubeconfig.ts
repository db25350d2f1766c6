import * as pulumi from "@pulumi/pulumi";

export interface KubeconfigArgs {
  /** Name of cluster, user and context. */
  readonly name: pulumi.Input<string>;
  /** `https://…` of the API server. */
  readonly server: pulumi.Input<string>;
  /** Base64 of the PEM of the API server's authority. */
  readonly authority: pulumi.Input<string>;
  /** The program that prints a token: a stored one would have expired at the next destroy or refresh. */
  readonly exec: {
    readonly command: string;
    readonly args?: readonly pulumi.Input<string>[];
    readonly env?: Readonly<Record<string, string>>;
    readonly provideClusterInfo?: boolean;
    readonly installHint: string;
  };
}

/** A kubeconfig (JSON, which is YAML) without a token: every user signs in with their own account. */
export function kubeconfig({
  name,
  server,
  authority,
  exec,
}: KubeconfigArgs): pulumi.Output<string> {
  const { command, args = [], env = {}, provideClusterInfo = false, installHint } = exec;
  return pulumi.secret(
    pulumi.jsonStringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name, cluster: { server, "certificate-authority-data": authority } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      "current-context": name,
      users: [
        {
          name,
          user: {
            exec: {
              apiVersion: "client.authentication.k8s.io/v1beta1",
              command,
              args,
              env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
              installHint,
              interactiveMode: "Never",
              provideClusterInfo,
            },
          },
        },
      ],
    }),
  );
}
