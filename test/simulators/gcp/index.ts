import { preview } from "../../../components/clouds/gcp/preview";
import { cloud, type CloudOptions } from "../cloud/cloud";
import type { World } from "../cloud/world";
import { factsOf } from "../facts";
import { providerArgs } from "../facts/sdk";
import type { Simulator } from "../simulator";
import type { Properties } from "../values";
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
      functions: { "gcp:compute/getInstance:getInstance": getInstance },
      answered: Object.keys(preview.functions),
      authenticate: ({ call, env }) => {
        const project = call.config.project ?? env.GOOGLE_PROJECT ?? env.GOOGLE_CLOUD_PROJECT;
        if (project === undefined || project === "")
          throw new Error("project: required field is not set");
      },
    },
    options,
  );
}

/** Fails where there is none. */
function getInstance({ name, zone }: Properties, world: World): Properties {
  const found = world
    .things("gcp:compute/instance:Instance")
    .find(({ outputs }) => outputs.name === name && outputs.zone === zone);
  if (found === undefined)
    throw new Error(`zones/${String(zone)}/instances/${String(name)} not found`);
  return { ...found.outputs, id: found.id };
}
