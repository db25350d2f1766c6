import { aws as known } from "../../../cli/recording/outputs/aws";
import { cloud, type CloudOptions } from "../cloud/cloud";
import { factsOf } from "../facts";
import { providerArgs } from "../facts/sdk";
import type { Simulator } from "../simulator";
import { rules } from "./rules";

export { World } from "../cloud/world";

/** The aws provider over a cloud that is simulated, not real. */
export function aws(options: CloudOptions = {}): Simulator {
  return cloud(
    {
      name: "aws",
      version: "7.48.0",
      facts: factsOf("aws"),
      config: providerArgs("aws"),
      rules,
      answered: Object.keys(known.functions),
      authenticate: ({ call, env }) => {
        const region = call.config.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
        if (region === undefined || region === "")
          throw new Error("Invalid AWS Region: the provider has none");
      },
    },
    options,
  );
}
