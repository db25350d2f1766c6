import type { Deploy, Service } from "../../compose/app";
import { both, honoured, info, loss, type Rows, vmOnly, when, whole } from "./treatment";

const noPod = "is not supported on a cluster";
const provider = "is not supported by the Docker provider";
const windows = "is for Windows containers and is ignored";
const newer = "is not supported; put it into the image or the command";
const realTime = "real-time scheduling is not supported";
const quota = "is not supported on a cluster; use deploy.resources.limits.cpus";
const fixed = "pods get their addresses from the cluster; use the service's name";
const ordered = "is ignored: networks are joined in the order of their names";
const failed = "is ignored: a release that does not become healthy stops the update";
const backOff = "is ignored: the platform's back-off decides";
const replicas = {
  vm: info("there is one machine"),
  cluster: info("replicas are spread over nodes and zones"),
};

const gpu = {
  capabilities: honoured,
  count: honoured,
  device_ids: vmOnly("is not supported on a cluster: the scheduler chooses the devices"),
  driver: vmOnly("is not supported on a cluster: nodes have one driver"),
  options: vmOnly("is not supported on a cluster"),
};

/** A file's owner: on a cluster a file belongs to root and the pod's group. */
const file = {
  source: honoured,
  target: honoured,
  uid: honoured,
  gid: honoured,
  mode: honoured,
};

const rollout = (row: typeof honoured): Rows<NonNullable<Deploy["update_config"]>> => ({
  parallelism: row,
  delay: row,
  failure_action: row,
  monitor: row,
  max_failure_ratio: row,
  order: row,
});

/**
 * What becomes of every key of a service in each shape, down to the last one (decisions.md: accounting). What
 * is honoured has a test that fails when its handling is deleted.
 */
export const serviceKeys: { readonly [Key in keyof Service]-?: Rows<NonNullable<Service[Key]>> } = {
  annotations: { vm: loss(provider), cluster: "honoured" },
  attach: both(info("is for docker compose up in a terminal and is ignored")),
  blkio_config: whole(both(loss("limits on block devices are not supported"))),
  build: {
    args: honoured,
    context: honoured,
    dockerfile: honoured,
    dockerfile_inline: honoured,
    platforms: when(
      "several platforms",
      (value) => Array.isArray(value) && value.length > 1,
      both(info("is built for the machine's platform only")),
    ),
    target: honoured,
    additional_contexts: both(loss("is not supported; copy what the build needs into its context")),
    cache_from: honoured,
    cache_to: both(info("is ignored: the machine keeps its own build cache")),
    entitlements: both(loss("is not supported by the builder")),
    extra_hosts: both(loss("is not supported: builds use the machine's name resolution")),
    isolation: both(loss(windows)),
    labels: both(info("is ignored: an image has the labels of its Dockerfile")),
    network: both(info("is ignored: builds use the machine's network")),
    no_cache: both(info("is ignored: an image is built again when its context changes")),
    privileged: both(loss("is not supported: builds are not privileged")),
    provenance: both(info("is ignored: no provenance is attached")),
    pull: both(info("is ignored: base images are pulled when they are missing")),
    sbom: both(info("is ignored: no SBOM is attached")),
    secrets: whole(both(loss("is not supported; use images built in CI (berth:images)"))),
    shm_size: both(info("is ignored: builds have Docker's default /dev/shm")),
    ssh: both(loss("is not supported; use images built in CI (berth:images)")),
    tags: both(info("is ignored: the image's tag is a hash of its content")),
    ulimits: both(info("is ignored: builds have Docker's default limits")),
  },
  cap_add: honoured,
  cap_drop: honoured,
  cgroup: vmOnly(noPod),
  cgroup_parent: vmOnly(noPod),
  command: honoured,
  configs: file,
  container_name: honoured,
  cpu_count: both(loss(windows)),
  cpu_percent: both(loss(windows)),
  cpu_period: vmOnly(quota),
  cpu_quota: vmOnly(quota),
  cpu_rt_period: both(loss(realTime)),
  cpu_rt_runtime: both(loss(realTime)),
  cpu_shares: vmOnly("is not supported on a cluster; use deploy.resources.reservations.cpus"),
  cpus: honoured,
  cpuset: vmOnly("is not supported on a cluster: a pod cannot choose its cores"),
  credential_spec: whole(both(loss(windows))),
  depends_on: {
    each: {
      condition: honoured,
      required: honoured,
      restart: both(info("is ignored: a service is replaced when its own inputs change")),
    },
  },
  deploy: {
    endpoint_mode: when(
      "dnsrr",
      (value) => value !== "vip",
      both(info("is ignored: a service's name resolves to all of its containers")),
    ),
    labels: honoured,
    mode: honoured,
    placement: {
      constraints: { vm: info("there is one machine"), cluster: "honoured" },
      preferences: whole(replicas),
      max_replicas_per_node: replicas,
    },
    replicas: honoured,
    resources: {
      limits: {
        cpus: honoured,
        memory: honoured,
        pids: both(loss("is not supported; set it in Docker's daemon.json or on the nodes")),
      },
      reservations: {
        cpus: honoured,
        memory: honoured,
        generic_resources: whole(both(loss("is not supported: generic resources are Swarm's"))),
        devices: gpu,
      },
    },
    restart_policy: {
      condition: honoured,
      delay: both(info(backOff)),
      max_attempts: honoured,
      window: both(info(backOff)),
    },
    rollback_config: rollout(
      both(
        info(
          "is ignored: a release that does not become healthy gets no requests, so there is nothing to roll back",
        ),
      ),
    ),
    update_config: {
      parallelism: when("more than 1", (value) => Number(value) > 1, {
        vm: info("is ignored: all new containers start beside the old ones"),
        cluster: "honoured",
      }),
      delay: both(info(failed)),
      failure_action: both(info(failed)),
      monitor: both(info(failed)),
      max_failure_ratio: both(info(failed)),
      order: honoured,
    },
  },
  develop: whole(both(info("is for docker compose watch and is ignored"))),
  device_cgroup_rules: vmOnly(noPod),
  devices: whole(vmOnly("is not supported on a cluster; keep the service on a vm")),
  dns: honoured,
  dns_opt: honoured,
  dns_search: honoured,
  domainname: vmOnly("is not supported on a cluster, which has a domain of its own"),
  entrypoint: honoured,
  environment: honoured,
  expose: honoured,
  external_links: both(
    loss("is not supported: the machine runs this application's containers only"),
  ),
  extra_hosts: honoured,
  gpus: gpu,
  group_add: honoured,
  healthcheck: {
    disable: honoured,
    interval: honoured,
    retries: honoured,
    start_interval: honoured,
    start_period: honoured,
    test: honoured,
    timeout: honoured,
  },
  hostname: honoured,
  image: honoured,
  init: vmOnly(
    "is not supported on a cluster; put tini into the image if it has child processes to reap",
  ),
  ipc: vmOnly("is not supported on a cluster: a pod has its own IPC namespace"),
  isolation: both(loss(windows)),
  labels: honoured,
  links: honoured,
  logging: {
    driver: {
      vm: "honoured",
      cluster: info("is ignored: the cluster collects the logs of all pods"),
    },
    options: {
      vm: "honoured",
      cluster: info("is ignored: the cluster collects the logs of all pods"),
    },
  },
  mac_address: both(loss("is not supported: a container gets its hardware address when it starts")),
  mem_limit: honoured,
  mem_reservation: honoured,
  mem_swappiness: both(loss("is not supported: swapping is configured on the machine")),
  memswap_limit: vmOnly("is not supported on a cluster: pods do not swap"),
  models: whole(both(loss(newer))),
  network_mode: honoured,
  networks: {
    each: {
      aliases: honoured,
      driver_opts: both(loss("is not supported")),
      gw_priority: both(info(ordered)),
      interface_name: both(info(ordered)),
      ipv4_address: vmOnly(fixed),
      ipv6_address: vmOnly(fixed),
      link_local_ips: both(loss("is not supported")),
      mac_address: both(loss("is not supported")),
      priority: both(info(ordered)),
    },
  },
  oom_kill_disable: both(loss("is not supported: a container that takes all memory is stopped")),
  oom_score_adj: both(loss("is not supported; set deploy.resources instead")),
  pid: vmOnly("is not supported on a cluster: a pod has its own process namespace"),
  pids_limit: both(loss("is not supported; set it in Docker's daemon.json or on the nodes")),
  platform: honoured,
  ports: {
    app_protocol: both(info("is ignored: the edge speaks HTTP with the services of its routes")),
    host_ip: honoured,
    mode: when(
      "host",
      (value) => value === "host",
      both(info("is ignored: there is one edge, and no Swarm to bypass")),
    ),
    name: both(info("is ignored: it is a name for people")),
    protocol: honoured,
    published: honoured,
    target: honoured,
  },
  post_start: whole(both(loss(newer))),
  pre_stop: whole(both(loss(newer))),
  privileged: vmOnly(
    "is forbidden by the cluster's baseline pod security; keep the service on a vm",
  ),
  profiles: honoured,
  provider: whole(
    both(
      loss(
        "is not supported: a provider runs a program on your computer; describe the service itself",
      ),
    ),
  ),
  pull_policy: honoured,
  read_only: honoured,
  restart: honoured,
  runtime: vmOnly("is not supported on a cluster, whose nodes have one runtime"),
  scale: honoured,
  secrets: file,
  security_opt: vmOnly("is not supported on a cluster: Berth sets the security context"),
  shm_size: honoured,
  stdin_open: honoured,
  stop_grace_period: honoured,
  stop_signal: vmOnly("is not supported on a cluster; set STOPSIGNAL in the Dockerfile"),
  storage_opt: vmOnly(noPod),
  sysctls: honoured,
  tmpfs: honoured,
  tty: honoured,
  ulimits: vmOnly("is not supported on a cluster: a pod has its node's limits"),
  use_api_socket: both(
    loss("is not supported: it would give the container Docker's socket and your credentials"),
  ),
  user: honoured,
  userns_mode: vmOnly(noPod),
  uts: both(loss(provider)),
  volumes: {
    type: honoured,
    source: honoured,
    target: honoured,
    read_only: honoured,
    consistency: both(info("is for Docker Desktop on macOS and is ignored")),
    bind: {
      create_host_path: honoured,
      propagation: vmOnly("is not supported on a cluster: there are no paths of the host"),
      recursive: both(info("is ignored: mounts below the folder are mounted with it")),
      selinux: both(info("is ignored: the machines run without SELinux")),
    },
    volume: {
      labels: both(info("is ignored: a volume has the stack's labels")),
      nocopy: honoured,
      subpath: honoured,
    },
    tmpfs: {
      size: honoured,
      mode: { vm: "honoured", cluster: info("a pod's tmpfs is writable for all of its users") },
    },
    image: whole(both(loss("a mount of an image is not supported; copy its files into the image"))),
  },
  volumes_from: honoured,
  working_dir: honoured,
};

/** Keys that the loader works into others, as docker compose does, for the documentation. */
export const loadedKeys: Readonly<Record<string, string>> = {
  env_file: "`environment`",
  extends: "the service's other keys",
  label_file: "`labels`",
  pull_refresh_after: "nothing: it has no effect in docker compose either",
};
