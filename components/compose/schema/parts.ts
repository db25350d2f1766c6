import * as leaf from "./scalar-types";
import {
  boolean,
  converted,
  either,
  fields,
  integer,
  kept,
  list,
  named,
  number,
  oneOf,
  orNull,
  string,
  text,
  type Fields,
} from "./types";

/** What stands below a service's keys. */

export const fileMount = either(
  string(),
  fields({
    source: string(),
    target: string(),
    uid: string(),
    gid: string(),
    mode: leaf.fileMode,
  }),
);

export const ulimits = named(
  converted(
    either(
      integer(-1),
      fields({ soft: integer(-1), hard: integer(-1) }, { required: ["soft", "hard"] }),
    ),
    leaf.ulimitOf,
    true,
  ),
);

export const hook = fields(
  {
    command: leaf.command,
    user: string(),
    privileged: boolean,
    working_dir: string(),
    environment: leaf.environment,
  },
  { required: ["command"], always: { command: null } },
);

export const build: Fields = {
  additional_contexts: leaf.labels,
  args: leaf.environment,
  cache_from: leaf.strings,
  cache_to: leaf.strings,
  context: string(),
  dockerfile: string(),
  dockerfile_inline: string(),
  entitlements: leaf.strings,
  extra_hosts: leaf.hosts,
  isolation: string(),
  labels: leaf.labels,
  network: string(),
  no_cache: boolean,
  platforms: leaf.strings,
  privileged: boolean,
  provenance: text("a string or boolean"),
  pull: boolean,
  sbom: text("a string or boolean"),
  secrets: list(fileMount),
  shm_size: leaf.size,
  ssh: converted(leaf.environment, (node) =>
    Object.entries(leaf.environment.convert(node) as Record<string, string | null>).map(
      ([id, path]) => (path === null ? id : `${id}=${path}`),
    ),
  ),
  tags: leaf.strings,
  target: string(),
  ulimits,
};

export const rates = list(
  converted(fields({ path: string(), rate: leaf.size }), (node) => {
    const { path = "", rate = "0" } = fields({ path: string(), rate: leaf.size }).convert(node) as {
      path?: string;
      rate?: string;
    };
    return { Path: path, Rate: rate };
  }),
);

export const weights = list(
  converted(fields({ path: string(), weight: integer(0) }), (node) => {
    const { path = "", weight = 0 } = fields({ path: string(), weight: integer(0) }).convert(
      node,
    ) as { path?: string; weight?: number };
    return { Path: path, Weight: weight };
  }),
);

export const deviceRequest: Fields = {
  capabilities: leaf.strings,
  count: leaf.deviceCount,
  device_ids: leaf.strings,
  driver: string(),
  options: leaf.labels,
};

const rollout = fields({
  parallelism: kept(integer(0)),
  delay: leaf.timespan,
  failure_action: string(),
  monitor: leaf.timespan,
  max_failure_ratio: number(0),
  order: oneOf("start-first", "stop-first"),
});

const generic = list(
  fields({
    discrete_resource_spec: fields(
      { kind: kept(string()), value: kept(integer()) },
      { always: { kind: "", value: 0 } },
    ),
  }),
);

export const deploy = orNull(
  fields(
    {
      endpoint_mode: string(),
      labels: leaf.labels,
      mode: string(),
      placement: fields({
        constraints: leaf.strings,
        max_replicas_per_node: integer(0),
        preferences: list(fields({ spread: string() })),
      }),
      replicas: kept(integer(0)),
      resources: fields({
        limits: fields({ cpus: leaf.cpus, memory: leaf.size, pids: integer() }),
        reservations: fields({
          cpus: leaf.cpus,
          memory: leaf.size,
          generic_resources: generic,
          devices: list(fields(deviceRequest, { required: ["capabilities"] })),
        }),
      }),
      restart_policy: fields({
        condition: string(),
        delay: kept(leaf.duration),
        max_attempts: kept(integer(0)),
        window: kept(leaf.duration),
      }),
      rollback_config: rollout,
      update_config: rollout,
    },
    { always: { resources: {}, placement: {} } },
  ),
);

export const watch = fields(
  {
    action: oneOf("rebuild", "sync", "restart", "sync+restart", "sync+exec"),
    exec: hook,
    ignore: leaf.stringOrList,
    include: leaf.stringOrList,
    initial_sync: boolean,
    path: string(),
    target: string(),
  },
  { required: ["path", "action"], always: { exec: { command: null } } },
);

export const volumeMount = either(
  leaf.shortVolume,
  fields(
    {
      type: oneOf("bind", "volume", "tmpfs", "cluster", "npipe", "image"),
      source: string(),
      target: string(),
      read_only: boolean,
      consistency: string(),
      bind: fields({
        create_host_path: boolean,
        propagation: string(),
        recursive: oneOf("enabled", "disabled", "writable", "readonly"),
        selinux: oneOf("z", "Z"),
      }),
      volume: fields({ labels: leaf.labels, nocopy: boolean, subpath: string() }),
      tmpfs: fields({ size: leaf.size, mode: integer(0) }),
      image: fields({ subpath: string() }),
    },
    { required: ["type", "target"] },
  ),
);

export const portMapping = either(
  leaf.shortPort,
  fields(
    {
      app_protocol: string(),
      host_ip: leaf.ip,
      mode: string(),
      name: string(),
      protocol: leaf.protocol,
      published: leaf.publishedPort,
      target: leaf.targetPort,
    },
    { required: ["target"] },
  ),
);

export const attachment = fields({
  aliases: leaf.strings,
  driver_opts: leaf.options,
  gw_priority: integer(),
  interface_name: string(),
  ipv4_address: leaf.ip,
  ipv6_address: leaf.ip,
  link_local_ips: leaf.strings,
  mac_address: string(),
  priority: integer(),
});

export const dependency = fields(
  {
    condition: oneOf("service_started", "service_healthy", "service_completed_successfully"),
    required: kept(boolean),
    restart: boolean,
  },
  { required: ["condition"] },
);

export const envFile = either(
  string(),
  list(
    either(
      string(),
      fields({ path: string(), format: string(), required: boolean }, { required: ["path"] }),
    ),
  ),
);

export const provider = fields(
  {
    type: string(),
    options: converted(named(either(text(), list(text()))), (node) =>
      Object.fromEntries(
        node.kind === "mapping"
          ? [...node.entries].map(([key, { value }]) => [
              key,
              (value.kind === "sequence" ? value.items : [value]).map((item) =>
                item.kind === "scalar" ? item.text : "",
              ),
            ])
          : [],
      ),
    ),
  },
  { required: ["type"] },
);
