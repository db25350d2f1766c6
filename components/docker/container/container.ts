import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { secondsText } from "../../model/units";
import type { Service } from "../../plan/plan";
import { hasReference, looksSecret } from "../../model/reference";
import type { ContainerContext } from "./container-context";
import { fileUploads, mountInputs } from "./files";
import type { Host } from "../host";
import { labelInputs } from "./labels";
import { deviceInputs, limitInputs, namespaceInputs } from "./limits";

/** A service's Compose keys as the Docker provider's arguments; the caller adds its name, order and waiting. */
export function containerInputs(
  host: Host,
  service: Service,
  at: ContainerContext,
): docker.ContainerArgs {
  const { compose } = service;
  const uploads = fileUploads(host, service);
  return {
    image: at.image,
    ...at.command,
    ...pick(compose, {
      working_dir: "workingDir",
      user: "user",
      init: "init",
      tty: "tty",
      stdin_open: "stdinOpen",
      privileged: "privileged",
      hostname: "hostname",
      domainname: "domainname",
      stop_signal: "stopSignal",
      platform: "platform",
      runtime: "runtime",
      userns_mode: "usernsMode",
      cgroup_parent: "cgroupParent",
      cgroup: "cgroupnsMode",
    }),
    ...pickList(compose, {
      security_opt: "securityOpts",
      dns: "dns",
      dns_opt: "dnsOpts",
      dns_search: "dnsSearches",
      group_add: "groupAdds",
      device_cgroup_rules: "deviceCgroupRules",
    }),
    envs: environment(host, service),
    ...hostnameInputs(service),
    labels: labelInputs(host, service, at),
    restart: service.restart,
    ...(service.restart === "on-failure" && service.maxRestarts !== undefined
      ? { maxRetryCount: service.maxRestarts }
      : {}),
    // Deleting means SIGKILL at once unless a grace is given.
    destroyGraceSeconds: Math.max(1, Math.ceil(service.grace)),
    stopTimeout: Math.max(1, Math.ceil(service.grace)),
    ...networkInputs(service, at),
    ...mountInputs(service, at),
    ...(uploads.length === 0 ? {} : { uploads }),
    ...healthInputs(service),
    ...loggingInputs(service),
    ...limitInputs(service),
    ...deviceInputs(service),
    ...namespaceInputs(service, at),
  };
}

function environment(host: Host, service: Service): pulumi.Input<string>[] {
  return Object.entries(service.environment)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const line = `${name}=${value}`;
      const opened = hasReference(line) ? host.open(line) : line;
      return looksSecret(name, value) ? pulumi.secret(opened) : opened;
    });
}

/**
 * A container that keeps data has the name of its service, where the file says none: RabbitMQ and others keep it
 * under the host's name, which by default is the container's id and another one after each replacement.
 */
function hostnameInputs({
  name,
  compose,
  mounts,
  replicas,
}: Service): Partial<docker.ContainerArgs> {
  const keeps = mounts.some((mount) => mount.kind === "volume" && !mount.readOnly);
  const own = compose.network_mode === undefined && replicas === 1 && keeps;
  if (!own || compose.hostname !== undefined || !/^[a-z0-9-]{1,63}$/i.test(name)) return {};
  return { hostname: name };
}

function networkInputs(service: Service, at: ContainerContext): Partial<docker.ContainerArgs> {
  const { compose } = service;
  const shared = service.sharesNetworkOf;
  if (shared !== undefined)
    return { networkMode: pulumi.interpolate`container:${at.containerOf(shared)}` };
  if (compose.network_mode !== undefined)
    return {
      networkMode: compose.network_mode,
      ...(compose.network_mode === "bridge" ? portInputs(service) : {}),
    };
  const names = Object.entries(service.networks);
  const networksAdvanced: docker.types.input.ContainerNetworksAdvanced[] = names.map(
    ([name, aliases]) => {
      const asked = compose.networks?.[name];
      return {
        name: at.networks.get(name) ?? name,
        aliases: [...aliases],
        ...(asked?.ipv4_address === undefined ? {} : { ipv4Address: asked.ipv4_address }),
        ...(asked?.ipv6_address === undefined ? {} : { ipv6Address: asked.ipv6_address }),
      };
    },
  );
  // No alias: only the edge calls it on that network, and by its id.
  if (at.edgeNetwork !== undefined) networksAdvanced.push({ name: at.edgeNetwork });
  return {
    ...(networksAdvanced.length === 0 ? {} : { networksAdvanced }),
    ...portInputs(service),
  };
}

function portInputs({ published }: Service): Pick<docker.ContainerArgs, "ports"> {
  if (published.length === 0) return {};
  return {
    ports: published.map(({ port, host, ip, protocol }) => ({
      internal: port,
      external: host,
      protocol,
      ...(ip === undefined ? {} : { ip }),
    })),
  };
}

function healthInputs({ health, compose }: Service): Partial<docker.ContainerArgs> {
  if (health === undefined)
    return compose.healthcheck?.disable === true ? { healthcheck: { tests: ["NONE"] } } : {};
  // As Docker reads it back, which is how Go writes it: `60s` would differ from `1m0s` at every update.
  return {
    healthcheck: {
      tests: [...health.test],
      interval: secondsText(health.interval),
      timeout: secondsText(health.timeout),
      startPeriod: secondsText(health.startPeriod),
      retries: health.retries,
      // Docker before 25 refuses a container that says this: only where the file asks for it.
      ...(compose.healthcheck?.start_interval === undefined
        ? {}
        : { startInterval: secondsText(health.startInterval) }),
    },
  };
}

/** Rotated by default: an unbounded log fills the disk (decisions.md: disk-space). */
function loggingInputs({ compose: { logging } }: Service): Partial<docker.ContainerArgs> {
  if (logging === undefined)
    return { logDriver: "json-file", logOpts: { "max-size": "10m", "max-file": "3" } };
  return {
    logDriver: logging.driver ?? "json-file",
    ...(logging.options === undefined ? {} : { logOpts: { ...logging.options } }),
  };
}

function pick<From extends object>(
  from: From,
  names: { readonly [Key in keyof From]?: keyof docker.ContainerArgs },
): Partial<docker.ContainerArgs> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([key, name]) => {
      const value: unknown = from[key as keyof From];
      return value === undefined ? [] : [[name as string, value]];
    }),
  );
}

function pickList<From extends object>(
  from: From,
  names: { readonly [Key in keyof From]?: keyof docker.ContainerArgs },
): Partial<docker.ContainerArgs> {
  return Object.fromEntries(
    Object.entries(pick(from, names)).filter(
      ([, value]) => Array.isArray(value) && value.length > 0,
    ),
  );
}
