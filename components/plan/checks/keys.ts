import type { Build, Deploy, Service as ComposeService } from "../../compose/app";
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

const noPod = "a pod has nothing like it: left out";
const provider = "the Docker provider cannot set it: left out";
const windows = "it is for Windows containers: left out";
const newer = "no target of Berth has it: left out; put it into the image or the command";

/**
 * Every service key of the Compose Specification (https://github.com/compose-spec/compose-spec), and how
 * each shape treats it. A key that is honoured has a test that fails when its handling is deleted.
 */
export const serviceKeys: Readonly<Record<string, Row>> = {
  annotations: { vm: loss(provider), cluster: "honoured" },
  attach: both(info("it is for docker compose up at a terminal: nothing to do here")),
  blkio_config: both(loss("limits on block devices are left out")),
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
  cpu_period: vmOnly("use deploy.resources.limits.cpus: a pod's quota is set from it"),
  cpu_quota: vmOnly("use deploy.resources.limits.cpus: a pod's quota is set from it"),
  cpu_rt_period: both(loss("real-time scheduling is left out")),
  cpu_rt_runtime: both(loss("real-time scheduling is left out")),
  cpu_shares: vmOnly("use deploy.resources.reservations.cpus: a pod's shares are set from it"),
  cpus: honoured,
  cpuset: vmOnly("a pod cannot choose its cores: left out"),
  credential_spec: both(loss(windows)),
  depends_on: honoured,
  deploy: honoured,
  develop: both(info("it is for docker compose watch: nothing to do here")),
  device_cgroup_rules: vmOnly(noPod),
  devices: vmOnly("a pod has no devices of its node: left out; keep the service on a vm"),
  dns: honoured,
  dns_opt: honoured,
  dns_search: honoured,
  domainname: vmOnly("a pod's domain is the cluster's: left out"),
  entrypoint: honoured,
  env_file: honoured,
  environment: honoured,
  expose: honoured,
  extends: honoured,
  external_links: both(loss("no containers but this application's are on its machine: left out")),
  extra_hosts: honoured,
  gpus: honoured,
  group_add: honoured,
  healthcheck: honoured,
  hostname: honoured,
  image: honoured,
  init: {
    vm: "honoured",
    cluster: loss(
      "a pod brings no init process: put tini into the image, if it has children to reap",
    ),
  },
  ipc: vmOnly("a pod has an IPC namespace of its own: left out"),
  isolation: both(loss(windows)),
  label_file: honoured,
  labels: honoured,
  links: honoured,
  logging: {
    vm: "honoured",
    cluster: info("the cluster collects the logs of all pods: the driver is not set"),
  },
  mac_address: both(loss("a container gets its hardware address when it starts: left out")),
  mem_limit: honoured,
  mem_reservation: honoured,
  mem_swappiness: both(loss("swapping is the machine's own affair: left out")),
  memswap_limit: vmOnly("pods do not swap: left out"),
  models: both(loss(newer)),
  network_mode: honoured,
  networks: honoured,
  oom_kill_disable: both(loss("a container that takes all memory is stopped: left out")),
  oom_score_adj: both(loss("left out; set deploy.resources instead")),
  pid: { vm: "honoured", cluster: loss("a pod has a process namespace of its own: left out") },
  pids_limit: both(loss("left out; set it in the daemon or on the nodes")),
  platform: honoured,
  ports: honoured,
  post_start: both(loss(newer)),
  pre_stop: { vm: loss(newer), cluster: loss(newer) },
  privileged: vmOnly(
    "the cluster's baseline pod security forbids it: left out; keep the service on a vm",
  ),
  profiles: honoured,
  provider: both(
    loss("a provider runs a program on your computer: left out; describe the service itself"),
  ),
  pull_policy: honoured,
  pull_refresh_after: both(
    info("an image is pulled again when its tag changes, or by pull_policy: always"),
  ),
  read_only: honoured,
  restart: honoured,
  runtime: vmOnly("the cluster's nodes have one runtime: left out"),
  scale: honoured,
  secrets: honoured,
  security_opt: vmOnly("the cluster sets security contexts itself: left out"),
  shm_size: honoured,
  stdin_open: honoured,
  stop_grace_period: honoured,
  stop_signal: {
    vm: "honoured",
    cluster: loss(
      "a pod is stopped by the image's own STOPSIGNAL, else SIGTERM: set it in the Dockerfile",
    ),
  },
  storage_opt: vmOnly(noPod),
  sysctls: honoured,
  tmpfs: honoured,
  tty: honoured,
  ulimits: vmOnly("a pod has its node's limits: left out"),
  use_api_socket: both(
    loss("Docker's socket with your credentials in it is not handed out: left out"),
  ),
  user: honoured,
  userns_mode: vmOnly(noPod),
  uts: both(loss(provider)),
  volumes: honoured,
  volumes_from: honoured,
  working_dir: honoured,
};

const buildKeys: Readonly<Record<string, Treatment>> = {
  additional_contexts: loss("the builder gets one context: copy what it needs into it"),
  cache_from: "honoured",
  cache_to: info("the machine keeps its own build cache"),
  entitlements: loss("the builder grants none"),
  extra_hosts: loss("builds use the machine's own name resolution"),
  isolation: loss(windows),
  labels: info("an image's labels are the Dockerfile's"),
  network: info("builds use the machine's own network"),
  no_cache: info("an image is built again when its context changes"),
  privileged: loss("builds are not privileged"),
  provenance: info("no provenance is attached"),
  pull: info("base images are pulled when they are not there"),
  sbom: info("no list of parts is attached"),
  secrets: loss("a build gets no secrets: use images built in CI (berth:images)"),
  shm_size: info("builds have Docker's default /dev/shm"),
  ssh: loss("a build gets no SSH agent: use images built in CI (berth:images)"),
  tags: info("the image gets a tag of its own, by its content"),
  ulimits: info("builds have Docker's default limits"),
};

/** Notices for every key in the file that is not honoured on this stack's shape. */
export function checkUnsupportedKeys(context: Context): void {
  for (const [name, compose] of Object.entries(context.app.services)) {
    for (const key of Object.keys(compose)) {
      const treatment = serviceKeys[key]?.[context.settings.shape];
      if (treatment !== undefined && isSet(compose[key as keyof ComposeService]))
        tell(context, name, key, treatment);
    }
    checkBuild(context, name, compose.build);
    checkDeploy(context, name, compose.deploy);
    checkNetworks(context, name, compose);
  }
}

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
  for (const key of Object.keys(build))
    if (isSet(build[key])) tell(context, service, `build.${key}`, buildKeys[key] ?? "honoured");
  if ((build.platforms?.length ?? 0) > 1)
    tell(context, service, "build.platforms", info(`built for the machine's own platform alone`));
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
        "a release that does not get healthy never takes over, so there is nothing to roll back",
      ),
    );
  if (deploy.endpoint_mode !== undefined && deploy.endpoint_mode !== "vip")
    say("endpoint_mode", info("a service's name answers with all of its containers"));
  for (const key of ["delay", "failure_action", "monitor", "max_failure_ratio"] as const)
    if (update_config?.[key] !== undefined)
      say(
        `update_config.${key}`,
        info("health decides: a release that does not get healthy stops the update"),
      );
  if (!cluster && (update_config?.parallelism ?? 1) > 1)
    say(
      "update_config.parallelism",
      info("all new containers start side by side with the old ones"),
    );
  for (const key of ["delay", "window"] as const)
    if (restart_policy?.[key] !== undefined)
      say(
        `restart_policy.${key}`,
        info("restarts wait longer and longer, as the platform does it"),
      );
  if (resources?.limits?.pids !== undefined)
    say("resources.limits.pids", loss("a limit on processes is left out"));
  const where = info(cluster ? "replicas are spread over nodes and zones" : "there is one machine");
  if (!cluster && isSet(placement?.constraints)) say("placement.constraints", where);
  if (isSet(placement?.preferences)) say("placement.preferences", where);
  if (isSet(placement?.max_replicas_per_node)) say("placement.max_replicas_per_node", where);
}

function checkNetworks(context: Context, service: string, compose: ComposeService): void {
  const cluster = context.settings.shape === "cluster";
  for (const [network, attachment] of Object.entries(compose.networks ?? {}))
    for (const key of Object.keys(attachment ?? {})) {
      if (key === "aliases" || !isSet(attachment?.[key])) continue;
      const address = key === "ipv4_address" || key === "ipv6_address";
      if (address && !cluster) continue;
      tell(
        context,
        service,
        `networks.${network}.${key}`,
        key === "priority" || key === "gw_priority" || key === "interface_name"
          ? info("networks are joined in the order of their names")
          : loss(
              address
                ? "pods get their addresses from the cluster; use the service's name"
                : "left out",
            ),
      );
    }
}
