import type {
  Build,
  Deploy,
  NetworkAttachment,
  Service as ComposeService,
  ServiceKey,
} from "../../compose/app";
import type { Context } from "../context";

/** How a Compose key is treated: honoured, or a notice that says what happens instead. */
export type Treatment = "honoured" | { readonly level: "info" | "loss"; readonly message: string };

interface Row {
  readonly vm: Treatment;
  readonly cluster: Treatment;
}

const honoured: Row = { vm: "honoured", cluster: "honoured" };
const info = (message: string): Treatment => ({ level: "info", message });
const loss = (message: string): Treatment => ({ level: "loss", message });
const both = (treatment: Treatment): Row => ({ vm: treatment, cluster: treatment });
const vmOnly = (message: string): Row => ({ vm: "honoured", cluster: loss(message) });

const noPod = "is not supported on a cluster";
const provider = "is not supported by the Docker provider";
const windows = "is for Windows containers and is ignored";
const newer = "is not supported; put it into the image or the command";

/**
 * How each shape treats every service key of the Compose Specification. The rest of a key's row is
 * in compose/schema/service.ts, which knows no shapes; the compiler asks for a key that stands there
 * and not here. A key that is honoured has a test that fails when its handling is deleted.
 */
export const serviceKeys: Readonly<Record<ServiceKey, Row>> = {
  annotations: { vm: loss(provider), cluster: "honoured" },
  attach: both(info("is for docker compose up in a terminal and is ignored")),
  blkio_config: both(loss("limits on block devices are not supported")),
  build: honoured,
  cap_add: honoured,
  cap_drop: honoured,
  cgroup: { vm: "honoured", cluster: loss(noPod) },
  cgroup_parent: vmOnly(noPod),
  command: honoured,
  configs: honoured,
  container_name: honoured,
  cpu_count: both(loss(windows)),
  cpu_percent: both(loss(windows)),
  cpu_period: vmOnly("is not supported on a cluster; use deploy.resources.limits.cpus"),
  cpu_quota: vmOnly("is not supported on a cluster; use deploy.resources.limits.cpus"),
  cpu_rt_period: both(loss("real-time scheduling is not supported")),
  cpu_rt_runtime: both(loss("real-time scheduling is not supported")),
  cpu_shares: vmOnly("is not supported on a cluster; use deploy.resources.reservations.cpus"),
  cpus: honoured,
  cpuset: vmOnly("is not supported on a cluster: a pod cannot choose its cores"),
  credential_spec: both(loss(windows)),
  depends_on: honoured,
  deploy: honoured,
  develop: both(info("is for docker compose watch and is ignored")),
  device_cgroup_rules: vmOnly(noPod),
  devices: vmOnly("is not supported on a cluster; keep the service on a vm"),
  dns: honoured,
  dns_opt: honoured,
  dns_search: honoured,
  domainname: vmOnly("is not supported on a cluster, which has a domain of its own"),
  entrypoint: honoured,
  env_file: honoured,
  environment: honoured,
  expose: honoured,
  extends: honoured,
  external_links: both(
    loss("is not supported: the machine runs this application's containers only"),
  ),
  extra_hosts: honoured,
  gpus: honoured,
  group_add: honoured,
  healthcheck: honoured,
  hostname: honoured,
  image: honoured,
  init: {
    vm: "honoured",
    cluster: loss(
      "is not supported on a cluster; put tini into the image if it has child processes to reap",
    ),
  },
  ipc: vmOnly("is not supported on a cluster: a pod has its own IPC namespace"),
  isolation: both(loss(windows)),
  label_file: honoured,
  labels: honoured,
  links: honoured,
  logging: {
    vm: "honoured",
    cluster: info("is ignored: the cluster collects the logs of all pods"),
  },
  mac_address: both(loss("is not supported: a container gets its hardware address when it starts")),
  mem_limit: honoured,
  mem_reservation: honoured,
  mem_swappiness: both(loss("is not supported: swapping is configured on the machine")),
  memswap_limit: vmOnly("is not supported on a cluster: pods do not swap"),
  models: both(loss(newer)),
  network_mode: honoured,
  networks: honoured,
  oom_kill_disable: both(loss("is not supported: a container that takes all memory is stopped")),
  oom_score_adj: both(loss("is not supported; set deploy.resources instead")),
  pid: {
    vm: "honoured",
    cluster: loss("is not supported on a cluster: a pod has its own process namespace"),
  },
  pids_limit: both(loss("is not supported; set it in Docker's daemon.json or on the nodes")),
  platform: honoured,
  ports: honoured,
  post_start: both(loss(newer)),
  pre_stop: { vm: loss(newer), cluster: loss(newer) },
  privileged: vmOnly(
    "is forbidden by the cluster's baseline pod security; keep the service on a vm",
  ),
  profiles: honoured,
  provider: both(
    loss(
      "is not supported: a provider runs a program on your computer; describe the service itself",
    ),
  ),
  pull_policy: honoured,
  pull_refresh_after: both(
    info("is ignored: an image is pulled again when its tag changes, or with pull_policy: always"),
  ),
  read_only: honoured,
  restart: honoured,
  runtime: vmOnly("is not supported on a cluster, whose nodes have one runtime"),
  scale: honoured,
  secrets: honoured,
  security_opt: vmOnly("is not supported on a cluster: Berth sets the security context"),
  shm_size: honoured,
  stdin_open: honoured,
  stop_grace_period: honoured,
  stop_signal: {
    vm: "honoured",
    cluster: loss("is not supported on a cluster; set STOPSIGNAL in the Dockerfile"),
  },
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
  volumes: honoured,
  volumes_from: honoured,
  working_dir: honoured,
};

const buildKeys: Readonly<Record<keyof Build, Treatment>> = {
  args: "honoured",
  context: "honoured",
  dockerfile: "honoured",
  dockerfile_inline: "honoured",
  platforms: "honoured",
  target: "honoured",
  additional_contexts: loss("is not supported; copy what the build needs into its context"),
  cache_from: "honoured",
  cache_to: info("is ignored: the machine keeps its own build cache"),
  entitlements: loss("is not supported by the builder"),
  extra_hosts: loss("is not supported: builds use the machine's name resolution"),
  isolation: loss(windows),
  labels: info("is ignored: an image has the labels of its Dockerfile"),
  network: info("is ignored: builds use the machine's network"),
  no_cache: info("is ignored: an image is built again when its context changes"),
  privileged: loss("is not supported: builds are not privileged"),
  provenance: info("is ignored: no provenance is attached"),
  pull: info("is ignored: base images are pulled when they are missing"),
  sbom: info("is ignored: no SBOM is attached"),
  secrets: loss("is not supported; use images built in CI (berth:images)"),
  shm_size: info("is ignored: builds have Docker's default /dev/shm"),
  ssh: loss("is not supported; use images built in CI (berth:images)"),
  tags: info("is ignored: the image's tag is a hash of its content"),
  ulimits: info("is ignored: builds have Docker's default limits"),
};

const attachmentKeys: Readonly<Record<keyof NonNullable<NetworkAttachment>, Row>> = {
  aliases: honoured,
  driver_opts: both(loss("is not supported")),
  gw_priority: both(info("is ignored: networks are joined in the order of their names")),
  interface_name: both(info("is ignored: networks are joined in the order of their names")),
  ipv4_address: vmOnly("pods get their addresses from the cluster; use the service's name"),
  ipv6_address: vmOnly("pods get their addresses from the cluster; use the service's name"),
  link_local_ips: both(loss("is not supported")),
  mac_address: both(loss("is not supported")),
  priority: both(info("is ignored: networks are joined in the order of their names")),
};

/** Notices for every key in the file that is not honoured on this stack's shape. */
export function checkUnsupportedKeys(context: Context): void {
  for (const [name, compose] of Object.entries(context.app.services)) {
    for (const key of keysOf(compose))
      if (isSet(compose[key])) tell(context, name, key, serviceKeys[key][context.settings.shape]);
    checkBuild(context, name, compose.build);
    checkDeploy(context, name, compose.deploy);
    checkNetworks(context, name, compose);
  }
}

/** The keys of an object of the loader, which has those of its type only. */
const keysOf = Object.keys as <T extends object>(object: T) => (keyof T)[];

function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

function tell({ notices }: Context, service: string, key: string, treatment: Treatment): void {
  if (treatment === "honoured") return;
  if (treatment.level === "info") notices.info(service, key, treatment.message);
  else notices.loss(service, key, treatment.message);
}

function checkBuild(context: Context, service: string, build: Build | undefined): void {
  if (build === undefined || context.settings.images[service] !== undefined) return;
  for (const key of keysOf(build))
    if (isSet(build[key])) tell(context, service, `build.${key}`, buildKeys[key]);
  if ((build.platforms?.length ?? 0) > 1)
    tell(context, service, "build.platforms", info(`is built for the machine's platform only`));
}

function checkDeploy(context: Context, service: string, deploy: Deploy | undefined): void {
  if (deploy === undefined) return;
  const cluster = context.settings.shape === "cluster";
  const { update_config, restart_policy, placement, resources } = deploy;
  const say = (key: string, treatment: Treatment): void =>
    tell(context, service, `deploy.${key}`, treatment);
  if (deploy.rollback_config !== undefined)
    say(
      "rollback_config",
      info(
        "is ignored: a release that does not become healthy gets no requests, so there is nothing to roll back",
      ),
    );
  if (deploy.endpoint_mode !== undefined && deploy.endpoint_mode !== "vip")
    say("endpoint_mode", info("is ignored: a service's name resolves to all of its containers"));
  for (const key of ["delay", "failure_action", "monitor", "max_failure_ratio"] as const)
    if (update_config?.[key] !== undefined)
      say(
        `update_config.${key}`,
        info("is ignored: a release that does not become healthy stops the update"),
      );
  if (!cluster && (update_config?.parallelism ?? 1) > 1)
    say(
      "update_config.parallelism",
      info("is ignored: all new containers start beside the old ones"),
    );
  for (const key of ["delay", "window"] as const)
    if (restart_policy?.[key] !== undefined)
      say(`restart_policy.${key}`, info("is ignored: the platform's back-off decides"));
  if (resources?.limits?.pids !== undefined) say("resources.limits.pids", loss("is not supported"));
  const where = info(cluster ? "replicas are spread over nodes and zones" : "there is one machine");
  if (!cluster && isSet(placement?.constraints)) say("placement.constraints", where);
  if (isSet(placement?.preferences)) say("placement.preferences", where);
  if (isSet(placement?.max_replicas_per_node)) say("placement.max_replicas_per_node", where);
}

function checkNetworks(context: Context, service: string, compose: ComposeService): void {
  for (const [network, attachment] of Object.entries(compose.networks ?? {}))
    for (const key of keysOf<NonNullable<NetworkAttachment>>(attachment ?? {}))
      if (isSet(attachment?.[key]))
        tell(
          context,
          service,
          `networks.${network}.${key}`,
          attachmentKeys[key][context.settings.shape],
        );
}
