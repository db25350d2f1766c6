import { cloud, type CloudOptions } from "../cloud/cloud";
import type { World } from "../cloud/world";
import { factsOf } from "../facts";
import { providerArgs } from "../facts/sdk";
import type { Simulator } from "../simulator";
import type { Properties } from "../values";
import { rules } from "./rules";

export { World } from "../cloud/world";

/** The hcloud provider over a cloud that is simulated, not real. */
export function hetzner(options: CloudOptions = {}): Simulator {
  return cloud(
    {
      name: "hcloud",
      version: "1.41.0",
      facts: factsOf("hcloud"),
      config: providerArgs("hcloud"),
      rules,
      functions: { "hcloud:index/getServer:getServer": getServer },
      answered: [],
      authenticate: ({ call, env }) => {
        const token = call.config.token ?? env.HCLOUD_TOKEN;
        if (token === undefined || token === "")
          throw new Error("unable to authenticate: the provider has no token");
      },
    },
    options,
  );
}

/** The server of a name; names are unique. */
function getServer({ name }: Properties, world: World): Properties {
  const found = world
    .things("hcloud:index/server:Server")
    .find(({ outputs }) => outputs.name === name);
  if (found === undefined) throw new Error(`no server found with name ${String(name)}`);
  return { ...found.outputs, id: Number(found.id) };
}
