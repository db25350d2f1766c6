import * as leaf from "./scalar-types";
import {
  fileMount,
  ulimits,
  hook,
  build,
  deviceRequest,
  deploy,
  watch,
  volumeMount,
  portMapping,
  attachment,
  dependency,
  envFile,
  provider,
  rates,
  weights,
} from "./parts";
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
  type Fields,
  type Type,
} from "./types";

/** A restart policy: `no`, `always`, `unless-stopped`, `on-failure[:n]`. */
const restart = string((value) =>
  /^(no|always|unless-stopped|on-failure(:\d+)?)$/.test(value) || value === ""
    ? undefined
    : `"${value}" is not a restart policy; use no, always, unless-stopped or on-failure[:n]`,
);

const pullPolicy = string((value) =>
  /^(always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+)$/.test(
    value,
  )
    ? undefined
    : `"${value}" is not a pull policy; use always, missing, never, build, daily, weekly or every_<duration>`,
);

const containerName = string((value) =>
  /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(value)
    ? undefined
    : `"${value}" is not a container name; use letters, digits, dots, dashes and underscores, two at the least`,
);

/** Every key of a service (https://compose-spec.io). */
const service: Fields = {
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
