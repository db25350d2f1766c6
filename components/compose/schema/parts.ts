import {
  boolean,
  converted,
  integer,
  number,
  oneOf,
  orNull,
  string,
  text,
} from "../../model/schema";
import * as long from "../normalise/long-syntax";
import { hosts, lists } from "../read/merge";
import { buildContext, each, file } from "../read/paths";
import { get, type Mapping } from "../../model/tree";
import { byName } from "../read/unique";
import * as leaf from "./scalar-types";
import { either, fields, list, named } from "./structures";
import { completed, kept, key, lengthened, short } from "./types";

/** What stands below a service's keys. */

/** Lists of `NAME=value`: a later file's follow an earlier one's, each name once. */
export const namesMerge = { join: lists, unique: byName };

const mountKeys = {
  source: string(),
  target: string(),
  uid: string(),
  gid: string(),
  mode: leaf.fileMode,
};
const mountName = short(string(), long.under("source"));

/** A secret of a build. */
const buildSecret = either(mountName, fields(mountKeys, { required: ["source"] }));

/** A secret or config of a service, by default in `folder`; a relative target is below `/run/secrets`, or `/`. */
export function fileMount(folder: string) {
  const target = (node: Mapping): string => {
    const source = get(node, "source");
    return `${folder}/${source?.kind === "scalar" ? source.text : ""}`;
  };
  return either(mountName, fields(mountKeys, { required: ["source"], defaults: { target } }));
}

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
    command: key(leaf.command, { secret: true }),
    user: string(),
    privileged: boolean,
    working_dir: string(),
    environment: key(leaf.environment, { secret: true }),
  },
  { required: ["command"], always: { command: null } },
);

const buildFields = fields(
  {
    additional_contexts: key(lengthened(leaf.labels, long.fromPairs), {
      merge: namesMerge,
      path: each(buildContext),
    }),
    args: key(leaf.environment, { merge: namesMerge, secret: true }),
    cache_from: leaf.strings,
    cache_to: leaf.strings,
    context: key(string(), { path: buildContext }),
    dockerfile: string(),
    dockerfile_inline: string(),
    entitlements: leaf.strings,
    extra_hosts: key(leaf.hosts, { merge: { join: hosts }, secret: true }),
    isolation: string(),
    labels: key(leaf.labels, { merge: namesMerge, secret: true }),
    network: string(),
    no_cache: boolean,
    platforms: leaf.strings,
    privileged: boolean,
    provenance: text("a string or boolean"),
    pull: boolean,
    sbom: text("a string or boolean"),
    secrets: list(buildSecret),
    shm_size: leaf.size,
    ssh: converted(leaf.environment, (node) =>
      Object.entries(leaf.environment.convert(node) ?? {}).map(([id, path]) =>
        path === null ? id : `${id}=${path}`,
      ),
    ),
    tags: key(leaf.strings, { merge: { unique: byName } }),
    target: string(),
    ulimits,
  },
  { defaults: { context: "." } },
);

export const build = either(short(string(), long.under("context")), buildFields);

const rate = fields({ path: string(), rate: leaf.size });
export const rates = list(
  converted(rate, (node) => {
    const { path = "", rate: value = "0" } = rate.convert(node) ?? {};
    return { Path: path, Rate: value };
  }),
);

const weight = fields({ path: string(), weight: integer(0) });
export const weights = list(
  converted(weight, (node) => {
    const { path = "", weight: value = 0 } = weight.convert(node) ?? {};
    return { Path: path, Weight: value };
  }),
);

const deviceKeys = {
  capabilities: leaf.strings,
  count: leaf.deviceCount,
  device_ids: leaf.strings,
  driver: string(),
  options: leaf.labels,
};

export const gpus = either(
  short(oneOf("all"), long.allGpus),
  list(completed(fields(deviceKeys), long.allDevices)),
);

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
      labels: key(leaf.labels, { merge: namesMerge, secret: true }),
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
          devices: list(
            completed(fields(deviceKeys, { required: ["capabilities"] }), long.allDevices),
          ),
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
    { blank: ["resources", "placement"] },
  ),
);

export const watch = fields(
  {
    action: oneOf("rebuild", "sync", "restart", "sync+restart", "sync+exec"),
    exec: hook,
    ignore: leaf.stringOrList,
    include: leaf.stringOrList,
    initial_sync: boolean,
    path: key(string(), { path: file }),
    target: string(),
  },
  { required: ["path", "action"], always: { exec: { command: null } } },
);

export const volumeMount = either(
  short(leaf.shortVolume, long.volume),
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
      volume: fields({
        labels: key(leaf.labels, { merge: { join: lists } }),
        nocopy: boolean,
        subpath: string(),
      }),
      tmpfs: fields({ size: leaf.size, mode: integer(0) }),
      image: fields({ subpath: string() }),
    },
    { required: ["type", "target"] },
  ),
);

export const portMapping = either(
  short(leaf.shortPort, (node) => node),
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
    { required: ["target"], defaults: { protocol: "tcp", mode: "ingress" } },
  ),
);

export const attachment = fields({
  aliases: key(leaf.strings, { merge: { unique: byName } }),
  driver_opts: leaf.options,
  gw_priority: integer(),
  interface_name: string(),
  ipv4_address: leaf.ip,
  ipv6_address: leaf.ip,
  link_local_ips: key(leaf.strings, { merge: { unique: byName } }),
  mac_address: string(),
  priority: integer(),
});

const dependency = fields(
  {
    condition: oneOf("service_started", "service_healthy", "service_completed_successfully"),
    required: kept(boolean),
    restart: boolean,
  },
  { required: ["condition"], defaults: { condition: "service_started", required: true } },
);

export const dependsOn = either(
  short(leaf.strings, long.fromNames(long.emptyAt)),
  named(dependency, leaf.name),
);

const envFile = either(
  short(string(), long.under("path")),
  fields(
    { path: key(string(), { path: file }), format: string(), required: boolean },
    { required: ["path"], defaults: { required: true } },
  ),
);

export const envFiles = either(short(string(), long.inList), list(envFile));

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
