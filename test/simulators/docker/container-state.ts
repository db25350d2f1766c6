import { durationText } from "../../../components/model/units";
import type { Properties } from "../values";

type Binding = Readonly<Record<"HostIp" | "HostPort", string>>;

/** What the provider reads of Docker's `GET /containers/<id>/json`. */
export interface ContainerState {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly Platform?: string;
  readonly State: {
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly FinishedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: Properties & {
    readonly Healthcheck?: Properties & { readonly Test?: readonly string[] };
  };
  readonly HostConfig: Properties & {
    readonly RestartPolicy: { readonly Name: string; readonly MaximumRetryCount?: number };
    readonly LogConfig: { readonly Type: string; readonly Config?: Record<string, string> | null };
  };
  readonly NetworkSettings: {
    readonly Bridge?: string;
    readonly Ports?: Readonly<Record<string, readonly Binding[] | null>> | null;
    readonly Networks: Readonly<Record<string, Properties>> | null;
  };
}

const mebibytes = (bytes: unknown): number => {
  const number = Number(bytes ?? 0);
  return number > 0 ? Math.floor(number / 1048576) : number;
};

/** Nanoseconds as the plugin writes them, which the transcripts show. */
const duration = (nanoseconds: unknown): string => durationText(BigInt(Number(nanoseconds ?? 0)));

/** What the provider reads of a container, over what it knew. */
export function readContainer(known: Properties, state: ContainerState): Properties {
  const { Config: config, HostConfig: host, NetworkSettings: network, State: life } = state;
  const stopped = !life.Running;
  return {
    name: state.Name.replace(/^\/+/, ""),
    // By its id or by its name, as it was asked for.
    image: String(known.image).startsWith("sha256:") ? state.Image : config.Image,
    platform: state.Platform,
    bridge: network.Bridge ?? "",
    networkDatas: Object.entries(network.Networks ?? {}).map(([name, data]) => ({
      networkName: name,
      ipAddress: data.IPAddress,
      ipPrefixLength: data.IPPrefixLen,
      gateway: data.Gateway,
      globalIpv6Address: data.GlobalIPv6Address,
      globalIpv6PrefixLength: data.GlobalIPv6PrefixLen,
      ipv6Gateway: data.IPv6Gateway,
      macAddress: data.MacAddress,
    })),
    ...(stopped
      ? { exitCode: life.ExitCode, ...(known.mustRun === true ? { mustRun: false } : {}) }
      : {}),
    ...(known.ports !== undefined && (life.Running || known.mustRun === true)
      ? { ports: ports(network.Ports ?? {}) }
      : {}),
    ...ofConfig(known, config),
    ...ofHost(known, host),
  };
}

function ofConfig(known: Properties, config: ContainerState["Config"]): Properties {
  const check = config.Healthcheck;
  return {
    hostname: config.Hostname,
    domainname: config.Domainname,
    command: config.Cmd ?? [],
    entrypoints: config.Entrypoint ?? [],
    user: config.User,
    workingDir: config.WorkingDir,
    tty: config.Tty,
    stdinOpen: config.OpenStdin,
    stopSignal: config.StopSignal ?? "",
    stopTimeout: config.StopTimeout ?? 0,
    // The image's own are among them: what was asked for stands.
    envs: known.envs ?? [],
    labels: known.labels ?? [],
    ...(check === undefined
      ? {}
      : {
          healthcheck: {
            tests: check.Test,
            interval: duration(check.Interval),
            timeout: duration(check.Timeout),
            startPeriod: duration(check.StartPeriod),
            startInterval: duration(check.StartInterval),
            retries: check.Retries ?? 0,
          },
        }),
  };
}

function ofHost(known: Properties, host: ContainerState["HostConfig"]): Properties {
  const [added, dropped] = [host.CapAdd, host.CapDrop].map((names) =>
    ((names ?? []) as string[]).map((name) => name.replace(/^(?!CAP_|ALL$)/, "CAP_")),
  ) as [string[], string[]];
  return {
    rm: host.AutoRemove,
    readOnly: host.ReadonlyRootfs,
    dns: host.Dns,
    dnsOpts: host.DnsOptions,
    dnsSearches: host.DnsSearch,
    securityOpts: host.SecurityOpt ?? [],
    publishAllPorts: host.PublishAllPorts,
    restart: host.RestartPolicy.Name,
    maxRetryCount: host.RestartPolicy.MaximumRetryCount ?? 0,
    init: host.Init ?? false,
    runtime: host.Runtime,
    privileged: host.Privileged,
    tmpfs: host.Tmpfs,
    memory: mebibytes(host.Memory),
    memoryReservation: mebibytes(host.MemoryReservation),
    memorySwap: mebibytes(host.MemorySwap),
    shmSize: mebibytes(host.ShmSize),
    cpuShares: host.CpuShares,
    cpuSet: host.CpusetCpus,
    logDriver: host.LogConfig.Type,
    // Where none are stated it does not look: the daemon's own would be read back.
    ...(known.logOpts === undefined ? {} : { logOpts: host.LogConfig.Config ?? {} }),
    networkMode: host.NetworkMode,
    usernsMode: host.UsernsMode,
    ipcMode: host.IpcMode,
    ...(Number(host.NanoCpus) > 0 ? { cpus: String(Number(host.NanoCpus) / 1e9) } : {}),
    ...(added.length + dropped.length === 0
      ? {}
      : { capabilities: { adds: added, drops: dropped } }),
    ...(known.hosts === undefined
      ? {}
      : { hosts: ((host.ExtraHosts ?? []) as string[]).map(extra) }),
  };
}

/** What follows the address's first colon is lost, so an IPv6 address is not what it was. */
function extra(line: string): Properties {
  const [host, ip] = line.split(":");
  return { host, ip };
}

function ports(found: Readonly<Record<string, readonly Binding[] | null>>): Properties[] {
  return Object.entries(found)
    .flatMap(([key, bindings]) => {
      const [internal, protocol] = key.split("/");
      return (bindings ?? []).map(({ HostIp, HostPort }) => ({
        internal: Number(internal),
        external: Number(HostPort),
        ip: HostIp,
        protocol,
      }));
    })
    .sort((a, b) => a.internal - b.internal);
}
