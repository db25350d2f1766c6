import * as leaf from "./scalar-types";
import { serviceType } from "./service";
import {
  anything,
  boolean,
  either,
  fields,
  integer,
  kept,
  list,
  named,
  orNull,
  string,
  type Fields,
  type Type,
} from "./types";

/**
 * Every key of the Compose Specification and what it may hold (https://compose-spec.io). A key's
 * type also makes its normal form.
 */

const network = orNull(
  fields(
    {
      attachable: boolean,
      driver: string(),
      driver_opts: leaf.options,
      enable_ipv4: kept(boolean),
      enable_ipv6: kept(boolean),
      external: leaf.external,
      internal: boolean,
      ipam: fields({
        config: list(
          fields({
            aux_addresses: named(string()),
            gateway: string(),
            ip_range: string(),
            subnet: string(),
          }),
        ),
        driver: string(),
        options: named(string()),
      }),
      labels: leaf.labels,
      name: string(),
    },
    { always: { ipam: {} } },
  ),
);

const volume = orNull(
  fields({
    driver: string(),
    driver_opts: leaf.options,
    external: leaf.external,
    labels: leaf.labels,
    name: string(),
  }),
);

const fileObject: Fields = {
  environment: string(),
  external: leaf.external,
  file: string(),
  labels: leaf.labels,
  name: string(),
  template_driver: string(),
};

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
  networks: network,
  volumes: volume,
  secrets: fields({ ...fileObject, driver: string(), driver_opts: leaf.options }),
  configs: fields({ ...fileObject, content: string() }),
};

export const file: Type = fields(
  {
    configs: named(resources.configs, leaf.name),
    include: list(include),
    models: named(model, leaf.name),
    name: string(),
    networks: named(network, leaf.name),
    secrets: named(resources.secrets, leaf.name),
    services: named(serviceType, leaf.name),
    version: anything,
    volumes: named(volume, leaf.name),
  },
  { extensions: true },
);
