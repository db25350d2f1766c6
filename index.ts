import * as pulumi from "@pulumi/pulumi";
import { usualKubeconfig } from "./components/clouds/local/context";
import { program } from "./components/stack/program";

/** The stack's outputs: the whole program is in components/stack/program.ts. */
export = async (): Promise<Record<string, unknown>> => {
  const { outputs } = await program({
    project: pulumi.getProject(),
    stack: pulumi.getStack(),
    folder: __dirname,
    config: pulumi.runtime.allConfig(),
    kubeconfig: usualKubeconfig(process.env),
    secretKeys: JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[],
  });
  return outputs;
};
