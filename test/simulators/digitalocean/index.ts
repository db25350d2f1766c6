import { digitaloceanFunctions } from "../../../components/clouds/digitalocean/preview/functions";
import { uuid } from "../../../components/clouds/preview";
import { cloud, type CloudOptions } from "../cloud/cloud";
import type { World } from "../cloud/world";
import { amended, factsOf } from "../facts";
import type { Simulator } from "../simulator";
import type { Properties } from "../values";
import { known, rules } from "./rules";

export { World } from "../cloud/world";

/** The digitalocean provider over a cloud that is simulated, not real. */
export function digitalocean(options: CloudOptions = {}): Simulator {
  return cloud(
    {
      name: "digitalocean",
      version: "4.80.1",
      facts: amended(factsOf("digitalocean"), known),
      config: [
        "apiEndpoint",
        "httpRetryMax",
        "httpRetryWaitMax",
        "httpRetryWaitMin",
        "requestsPerSecond",
        "spacesAccessId",
        "spacesEndpoint",
        "spacesSecretKey",
        "token",
      ],
      rules,
      existing: [uuid("do/vpc/default")],
      functions: { "digitalocean:index/getDroplets:getDroplets": getDroplets },
      answered: Object.keys(digitaloceanFunctions),
      authenticate: ({ call, env }) => {
        const token = call.config.token ?? env.DIGITALOCEAN_TOKEN ?? env.DIGITALOCEAN_ACCESS_TOKEN;
        if (token === undefined || token === "")
          throw new Error("401 Unable to authenticate you: the provider has no token");
      },
    },
    options,
  );
}

/** Droplets whose properties have one of the values of every filter. */
function getDroplets({ filters }: Properties, world: World): Properties {
  const wanted = (filters ?? []) as { key: string; values: string[] }[];
  const droplets = world.things("digitalocean:index/droplet:Droplet").filter(({ outputs }) =>
    wanted.every(({ key, values: any }) => {
      const own = [outputs[key] ?? []].flat().map(String);
      return any.some((value) => own.includes(value));
    }),
  );
  return {
    id: "droplets",
    droplets: droplets.map(({ id, outputs }) => ({ ...outputs, id: Number(id) })),
  };
}
