import type { Context } from "../context";
import type { Mount, Service } from "../plan";

/** https://docs.datadoghq.com/containers/docker/; `images.datadog` in the stack's config is used in its place. */
const agent = "gcr.io/datadoghq/agent:7";

/**
 * Datadog's agent, which finds every container of the machine by itself. It reads Docker's socket, the
 * kernel's counters and nothing else; it is on no network of the application.
 */
export function planMonitoring({ settings, notices, app }: Context): Service[] {
  const { datadogApiKey: key } = settings.monitoring;
  if (key === undefined) return [];
  if (settings.shape === "cluster") {
    notices.loss(
      null,
      "monitoring.datadogApiKey",
      "the cluster's baseline pod security forbids the agent's host paths; install Datadog's operator in another namespace",
    );
    return [];
  }
  const image = settings.images["datadog"] ?? agent;
  const host = (source: string, target: string): Mount => ({
    kind: "host",
    source,
    target,
    readOnly: true,
  });
  return [
    {
      name: "datadog",
      compose: { command: null, entrypoint: null, image, network_mode: "bridge" },
      image: { pull: image, always: false },
      rollout: "stop-first",
      replicas: 1,
      restart: "unless-stopped",
      environment: {
        DD_API_KEY: key,
        DD_HOSTNAME: `${app.name}-${settings.stack}`,
        DD_TAGS: `project:${app.name} env:${settings.stack}`,
        DD_LOGS_ENABLED: "true",
        DD_LOGS_CONFIG_CONTAINER_COLLECT_ALL: "true",
      },
      networks: {},
      mounts: [
        host("/var/run/docker.sock", "/var/run/docker.sock"),
        host("/proc", "/host/proc"),
        host("/sys/fs/cgroup", "/host/sys/fs/cgroup"),
      ],
      ports: [],
      published: [],
      follows: [],
      after: [],
      waitHealthy: false,
      timeout: 300,
      grace: 10,
      memory: { limit: 256 },
    },
  ];
}
