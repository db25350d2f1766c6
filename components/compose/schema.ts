import * as leaf from "./leaves";
import {
  anything,
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
  stringOrNumber,
  text,
  type Fields,
  type Type,
} from "./types";

/**
 * Every key of the Compose Specification and what it may hold (https://compose-spec.io). A key's
 * type also makes its normal form.
 */

const fileMount = either(
  string(),
  fields({
    source: string(),
    target: string(),
    uid: string(),
    gid: string(),
    mode: leaf.fileMode,
  }),
);

const ulimits = named(
  converted(
    either(
      integer(-1),
      fields({ soft: integer(-1), hard: integer(-1) }, { required: ["soft", "hard"] }),
    ),
    leaf.ulimitOf,
    true,
  ),
);

const hook = fields(
  {
    command: leaf.command,
    user: string(),
    privileged: boolean,
    working_dir: string(),
    environment: leaf.environment,
  },
  { required: ["command"], always: { command: null } },
);

const build: Fields = {
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

const rates = list(
  converted(fields({ path: string(), rate: leaf.size }), (node) => {
    const { path = "", rate = "0" } = fields({ path: string(), rate: leaf.size }).convert(node) as {
      path?: string;
      rate?: string;
    };
    return { Path: path, Rate: rate };
  }),
);

const weights = list(
  converted(fields({ path: string(), weight: integer(0) }), (node) => {
    const { path = "", weight = 0 } = fields({ path: string(), weight: integer(0) }).convert(
      node,
    ) as { path?: string; weight?: number };
    return { Path: path, Weight: weight };
  }),
);

const deviceRequest: Fields = {
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

const deploy = orNull(
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

const watch = fields(
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

const volumeMount = either(
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

const portMapping = either(
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

const attachment = fields({
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

const dependency = fields(
  {
    condition: oneOf("service_started", "service_healthy", "service_completed_successfully"),
    required: kept(boolean),
    restart: boolean,
  },
  { required: ["condition"] },
);

const envFile = either(
  string(),
  list(
    either(
      string(),
      fields({ path: string(), format: string(), required: boolean }, { required: ["path"] }),
    ),
  ),
);

const provider = fields(
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

/** A restart policy: `no`, `always`, `unless-stopped`, `on-failure[:n]`. */
const restart = string((value) =>
  /^(no|always|unless-stopped|on-failure(:\d+)?)$/.test(value) || value === ""
    ? undefined
    : `"${value}" is no restart policy; use no, always, unless-stopped or on-failure[:n]`,
);

const pullPolicy = string((value) =>
  /^(always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+)$/.test(
    value,
  )
    ? undefined
    : `"${value}" is no pull policy; use always, missing, never, build, daily, weekly or every_<duration>`,
);

const containerName = string((value) =>
  /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(value)
    ? undefined
    : `"${value}" is no container name; use letters, digits, dots, dashes and underscores, two at the least`,
);

export const service: Fields = {
  annotations: leaf.labels,
  attach: kept(boolean),
  blkio_config: fields({
    device_read_bps: rates,
    device_read_iops: rates,
    device_write_bps: rates,
    device_write_iops: rates,
    weight: integer(0),
    weight_device: weights,
  }),
  build: either(string(), fields(build)),
  cap_add: leaf.strings,
  cap_drop: leaf.strings,
  cgroup: oneOf("host", "private"),
  cgroup_parent: string(),
  command: leaf.command,
  configs: list(fileMount),
  container_name: containerName,
  cpu_count: integer(0),
  cpu_percent: number(0, 100),
  cpu_period: integer(),
  cpu_quota: integer(),
  cpu_rt_period: integer(),
  cpu_rt_runtime: integer(),
  cpu_shares: integer(),
  cpus: leaf.cpus,
  cpuset: string(),
  credential_spec: fields({ config: string(), file: string(), registry: string() }),
  depends_on: either(leaf.strings, named(dependency, leaf.name)),
  deploy,
  develop: orNull(fields({ watch: list(watch) })),
  device_cgroup_rules: leaf.strings,
  devices: list(
    either(
      string((value) =>
        value.split(":").length > 3
          ? `"${value}" has too many colons; write source:target:permissions`
          : undefined,
      ),
      fields(
        { source: string(), target: string(), permissions: string() },
        { required: ["source"] },
      ),
    ),
  ),
  dns: leaf.stringOrList,
  dns_opt: leaf.strings,
  dns_search: leaf.stringOrList,
  domainname: string(),
  entrypoint: leaf.command,
  env_file: envFile,
  environment: leaf.environment,
  expose: list(stringOrNumber()),
  extends: either(
    string(),
    fields({ service: string(), file: string() }, { required: ["service"] }),
  ),
  external_links: leaf.strings,
  extra_hosts: leaf.hosts,
  gpus: either(oneOf("all"), list(fields(deviceRequest))),
  group_add: list(stringOrNumber()),
  healthcheck: fields({
    disable: boolean,
    interval: kept(leaf.duration),
    retries: kept(integer(0)),
    start_interval: kept(leaf.duration),
    start_period: kept(leaf.duration),
    test: leaf.healthTest,
    timeout: kept(leaf.duration),
  }),
  hostname: string(),
  image: string(),
  init: kept(boolean),
  ipc: string(),
  isolation: string(),
  label_file: leaf.stringOrList,
  labels: leaf.labels,
  links: leaf.strings,
  logging: fields({ driver: string(), options: leaf.options }),
  mac_address: string(),
  mem_limit: leaf.size,
  mem_reservation: leaf.size,
  mem_swappiness: leaf.size,
  memswap_limit: leaf.size,
  models: either(
    leaf.strings,
    named(orNull(fields({ endpoint_var: string(), model_var: string() }), null), leaf.name),
  ),
  network_mode: string(),
  networks: either(leaf.strings, named(orNull(attachment, null), leaf.name)),
  oom_kill_disable: boolean,
  oom_score_adj: integer(-1000, 1000),
  pid: orNull(string()),
  pids_limit: integer(),
  platform: string(),
  ports: list(portMapping),
  post_start: list(hook),
  pre_stop: list(hook),
  privileged: boolean,
  profiles: leaf.strings,
  provider,
  pull_policy: pullPolicy,
  // Known to the specification, without effect in the reference.
  pull_refresh_after: converted(string(), () => undefined),
  read_only: boolean,
  restart,
  runtime: string(),
  scale: kept(integer(0)),
  secrets: list(fileMount),
  security_opt: leaf.strings,
  shm_size: leaf.size,
  stdin_open: boolean,
  stop_grace_period: kept(leaf.duration),
  stop_signal: string(),
  storage_opt: converted(named(anything), (node) => leaf.labels.convert(node)),
  sysctls: leaf.labels,
  tmpfs: leaf.stringOrList,
  tty: boolean,
  ulimits,
  use_api_socket: boolean,
  user: string(),
  userns_mode: string(),
  uts: string(),
  volumes: list(volumeMount),
  volumes_from: leaf.strings,
  working_dir: string(),
};

/** Keys of Compose files from before the Compose Specification. */
const formerly: Readonly<Record<string, string>> = {
  dockerfile: 'unknown key here; write it as "build: { context: ., dockerfile: … }"',
  log_driver: 'a key of Compose files of 2015; write "logging: { driver: … }"',
  log_opt: 'a key of Compose files of 2015; write "logging: { options: … }"',
  net: 'a key of Compose files of 2015; write "network_mode"',
  volume_driver: "a key of Compose files of 2015; give the top-level volume a driver",
  replicas: 'unknown key here; write it below "deploy"',
  resources: 'unknown key here; write it below "deploy"',
  restart_policy: 'unknown key here; write it below "deploy", or use "restart"',
};

export const serviceType: Type = fields(service, {
  explained: formerly,
  always: { command: null, entrypoint: null },
});

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
