import { anything, boolean, integer, orNull, string } from "../../model/schema";
import * as long from "../normalise/long-syntax";
import { lists, pools } from "../read/merge";
import { each, file as filePath, localDevice } from "../read/paths";
import { namesMerge } from "./parts";
import * as leaf from "./scalar-types";
import { serviceType } from "./service";
import { either, fields, list, named } from "./structures";
import { kept, key, lengthened } from "./types";

/** The rows of what stands beside services (https://compose-spec.io). */

export const networkRows = {
  attachable: key(boolean),
  driver: key(string()),
  driver_opts: key(leaf.options),
  enable_ipv4: key(kept(boolean)),
  enable_ipv6: key(kept(boolean)),
  external: key(leaf.external),
  internal: key(boolean),
  ipam: key(
    fields({
      config: key(
        list(
          fields({
            aux_addresses: named(string()),
            gateway: string(),
            ip_range: string(),
            subnet: string(),
          }),
        ),
        { merge: { join: pools } },
      ),
      driver: string(),
      options: named(string()),
    }),
  ),
  labels: key(leaf.labels, { merge: namesMerge, secret: true }),
  name: key(string()),
};

export const volumeRows = {
  driver: key(string()),
  driver_opts: key(leaf.options),
  external: key(leaf.external),
  labels: key(leaf.labels, { merge: { join: lists }, secret: true }),
  name: key(string()),
};

const fileObject = {
  environment: key(string()),
  external: key(leaf.external),
  file: key(string(), { path: filePath }),
  labels: key(leaf.labels),
  name: key(string()),
  template_driver: key(string()),
};

export const secretRows = { ...fileObject, driver: key(string()), driver_opts: key(leaf.options) };

export const configRows = { ...fileObject, content: key(string(), { secret: true }) };

/** Names are written by normalise/defaults.ts. */
const filled = ["name"] as const;

const model = fields(
  {
    context_size: integer(),
    model: string(),
    name: string(),
    runtime_flags: leaf.strings,
  },
  { required: ["model"] },
);

const include = either(
  string(),
  fields({
    env_file: leaf.stringOrList,
    path: leaf.stringOrList,
    project_directory: string(),
  }),
);

export const resources = {
  networks: lengthened(orNull(fields(networkRows, { blank: ["ipam"], filled })), long.external),
  volumes: lengthened(orNull(fields(volumeRows, { filled })), long.external),
  secrets: lengthened(fields(secretRows, { filled }), long.external),
  configs: lengthened(fields(configRows, { filled }), long.external),
};

export const fileRows = {
  configs: key(named(resources.configs, leaf.name)),
  include: key(list(include)),
  models: key(named(model, leaf.name)),
  name: key(string()),
  networks: key(named(resources.networks, leaf.name)),
  secrets: key(named(resources.secrets, leaf.name)),
  services: key(named(serviceType, leaf.name)),
  version: key(anything),
  volumes: key(named(resources.volumes, leaf.name), { path: each(localDevice) }),
};

/** A whole Compose file. */
export const file = fields(fileRows, { extensions: true });
