import { preview } from "../../../components/clouds/aws/preview";
import { cloud, type CloudOptions } from "../cloud/cloud";
import type { World } from "../cloud/world";
import { factsOf } from "../facts";
import { providerArgs } from "../facts/sdk";
import type { Simulator } from "../simulator";
import type { Properties } from "../values";
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
      functions: { "aws:ec2/getInstances:getInstances": getInstances },
      answered: Object.keys(preview.functions),
      authenticate: ({ call, env }) => {
        const region = call.config.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
        if (region === undefined || region === "")
          throw new Error("Invalid AWS Region: the provider has none");
      },
    },
    options,
  );
}

/** Machines with all of the tags, in one of the states: by default those that run. */
function getInstances({ instanceTags, instanceStateNames }: Properties, world: World): Properties {
  const tags = Object.entries((instanceTags ?? {}) as Record<string, string>);
  const states = (instanceStateNames ?? ["running"]) as string[];
  const found = world.things("aws:ec2/instance:Instance").filter(({ inputs, outputs }) => {
    const own = (inputs.tags ?? {}) as Record<string, string>;
    const state = String(outputs.instanceState);
    return states.includes(state) && tags.every(([key, value]) => own[key] === value);
  });
  return {
    id: "instances",
    region: "eu-central-1",
    ids: found.map(({ id }) => id),
    instanceTags: instanceTags ?? {},
    privateIps: found.map(({ outputs }) => outputs.privateIp),
    publicIps: found.map(({ outputs }) => outputs.publicIp),
    ipv6Addresses: [],
  };
}
