import { gcp as known } from "../../../cli/recording/outputs/gcp";
import { cloud, type CloudOptions } from "../cloud/cloud";
import { factsOf } from "../facts";
import { providerArgs } from "../facts/sdk";
import type { Simulator } from "../simulator";
import { rules } from "./rules";

export { World } from "../cloud/world";

/** The gcp provider over a cloud that is simulated, not real. */
export function gcp(options: CloudOptions = {}): Simulator {
  return cloud(
    {
      name: "gcp",
      version: "9.37.0",
      facts: factsOf("gcp"),
      config: providerArgs("gcp"),
      rules,
      answered: Object.keys(known.functions),
      authenticate: ({ call, env }) => {
        const project = call.config.project ?? env.GOOGLE_PROJECT ?? env.GOOGLE_CLOUD_PROJECT;
        if (project === undefined || project === "")
          throw new Error("project: required field is not set");
      },
    },
    options,
  );
}
