import {
  anything,
  boolean,
  converted,
  integer,
  number,
  oneOf,
  orNull,
  string,
  stringOrNumber,
} from "../../model/schema";
import * as long from "../normalise/long-syntax";
import { volumeTarget } from "../normalise/volumes";
import * as join from "../read/merge";
import { bindSource, each, file } from "../read/paths";
import { getString } from "../../model/tree";
import { byName, device, envFile, mount, port, text } from "../read/unique";
import {
  attachment,
  build,
  dependsOn,
  deploy,
  envFiles,
  fileMount,
  gpus,
  hook,
  namesMerge,
  portMapping,
  provider,
  rates,
  ulimits,
  volumeMount,
  watch,
  weights,
} from "./parts";
import * as leaf from "./scalar-types";
import { either, fields, list, named } from "./structures";
import { kept, key, lengthened, short } from "./types";

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
export const serviceRows = {
  annotations: key(leaf.labels, { merge: namesMerge, secret: true }),
  attach: key(kept(boolean)),
  blkio_config: key(
    fields({
      device_read_bps: rates,
      device_read_iops: rates,
      device_write_bps: rates,
      device_write_iops: rates,
      weight: integer(0),
      weight_device: weights,
    }),
  ),
  build: key(build, { merge: { join: join.build } }),
  cap_add: key(leaf.strings, { merge: { unique: byName } }),
  cap_drop: key(leaf.strings, { merge: { unique: byName } }),
  cgroup: key(oneOf("host", "private")),
  cgroup_parent: key(string()),
  /** null: the image's own. */
  command: key(leaf.command, { merge: { join: join.later }, secret: true }),
  configs: key(list(fileMount("")), { merge: { unique: mount("") } }),
  container_name: key(containerName),
  cpu_count: key(integer(0)),
  cpu_percent: key(number(0, 100)),
  cpu_period: key(integer()),
  cpu_quota: key(integer()),
  cpu_rt_period: key(integer()),
  cpu_rt_runtime: key(integer()),
  cpu_shares: key(integer()),
  cpus: key(leaf.cpus),
  cpuset: key(string()),
  credential_spec: key(fields({ config: string(), file: string(), registry: string() })),
  depends_on: key(dependsOn, { merge: { join: join.dependencies } }),
  deploy: key(deploy),
  develop: key(orNull(fields({ watch: list(watch) }))),
  device_cgroup_rules: key(leaf.strings),
  devices: key(
    list(
      either(
        short(
          string((value) =>
            value.split(":").length > 3
              ? `"${value}" has too many colons; write source:target:permissions`
              : undefined,
          ),
          long.device,
        ),
        fields(
          { source: string(), target: string(), permissions: string() },
          { required: ["source"], defaults: { target: (node) => getString(node, "source") ?? "" } },
        ),
      ),
    ),
    { merge: { unique: device } },
  ),
  dns: key(lengthened(leaf.stringOrList, long.servers), { merge: namesMerge }),
  dns_opt: key(leaf.strings, { merge: namesMerge }),
  dns_search: key(leaf.stringOrList, { merge: namesMerge }),
  domainname: key(string()),
  /** null: the image's own. */
  entrypoint: key(leaf.command, { merge: { join: join.later }, secret: true }),
  env_file: key(envFiles, { merge: { join: join.lists, unique: envFile } }),
  /** With what `env_file` gives; null: nothing sets it, so it stays unset. */
  environment: key(leaf.environment, { merge: namesMerge, secret: true }),
  expose: key(list(stringOrNumber()), { merge: { unique: text } }),
  extends: key(
    either(string(), fields({ service: string(), file: string() }, { required: ["service"] })),
  ),
  external_links: key(leaf.strings),
  extra_hosts: key(leaf.hosts, { merge: { join: join.hosts }, secret: true }),
  gpus: key(gpus),
  group_add: key(list(stringOrNumber())),
  healthcheck: key(
    fields({
      disable: boolean,
      interval: kept(leaf.duration),
      retries: kept(integer(0)),
      start_interval: kept(leaf.duration),
      start_period: kept(leaf.duration),
      test: key(leaf.healthTest, { merge: { join: join.later }, secret: true }),
      timeout: kept(leaf.duration),
    }),
  ),
  hostname: key(string()),
  image: key(string()),
  init: key(kept(boolean)),
  ipc: key(string()),
  isolation: key(string()),
  label_file: key(lengthened(leaf.stringOrList, long.inList), {
    merge: { join: join.lists },
    path: each(file),
  }),
  /** With what `label_file` gives. */
  labels: key(leaf.labels, { merge: namesMerge, secret: true }),
  links: key(leaf.strings, { merge: { unique: byName } }),
  logging: key(fields({ driver: string(), options: leaf.options }), {
    merge: { join: join.logging },
  }),
  mac_address: key(string()),
  mem_limit: key(leaf.size),
  mem_reservation: key(leaf.size),
  mem_swappiness: key(leaf.size),
  memswap_limit: key(leaf.size),
  models: key(
    either(
      short(leaf.strings, long.fromNames(long.nothingAt)),
      named(orNull(fields({ endpoint_var: string(), model_var: string() }), null), leaf.name),
    ),
    { merge: { join: join.byKey } },
  ),
  network_mode: key(string()),
  networks: key(
    either(
      short(leaf.strings, long.fromNames(long.nothingAt)),
      named(orNull(attachment, null), leaf.name),
    ),
    { merge: { join: join.byKey } },
  ),
  oom_kill_disable: key(boolean),
  oom_score_adj: key(integer(-1000, 1000)),
  pid: key(orNull(string())),
  pids_limit: key(integer()),
  platform: key(string()),
  ports: key(lengthened(list(portMapping), long.ports), { merge: { unique: port } }),
  post_start: key(list(hook)),
  pre_stop: key(list(hook)),
  privileged: key(boolean),
  profiles: key(leaf.strings, { merge: { unique: byName } }),
  provider: key(provider),
  pull_policy: key(pullPolicy),
  /** Has no effect in the reference. */
  pull_refresh_after: key(converted<never>(string(), () => undefined)),
  read_only: key(boolean),
  restart: key(restart),
  runtime: key(string()),
  scale: key(kept(integer(0))),
  secrets: key(list(fileMount("/run/secrets")), { merge: { unique: mount("/run/secrets") } }),
  security_opt: key(leaf.strings),
  shm_size: key(leaf.size),
  stdin_open: key(boolean),
  stop_grace_period: key(kept(leaf.duration)),
  stop_signal: key(string()),
  storage_opt: key(converted(named(anything), (node) => leaf.labels.convert(node))),
  sysctls: key(leaf.labels, { merge: namesMerge }),
  tmpfs: key(leaf.stringOrList, { merge: namesMerge }),
  tty: key(boolean),
  ulimits: key(ulimits, { merge: { join: join.laterByKey } }),
  use_api_socket: key(boolean),
  user: key(string()),
  userns_mode: key(string()),
  uts: key(string()),
  volumes: key(list(volumeMount), { merge: { unique: volumeTarget }, path: each(bindSource) }),
  volumes_from: key(leaf.strings),
  working_dir: key(string()),
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

export const serviceType = fields(serviceRows, {
  explained: formerly,
  always: { command: null, entrypoint: null },
});
