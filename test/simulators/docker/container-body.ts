import type { Properties } from "../values";
import { labelMap } from "./network";

const mebibyte = 1024 * 1024;

/** A Go duration (`1m30s`, `500ms`) in nanoseconds; what cannot be read is 0, as the provider has it. */
export function nanoseconds(duration: unknown): number {
  if (typeof duration !== "string") return 0;
  const units: Record<string, number> = {
    ns: 1,
    us: 1e3,
    µs: 1e3,
    ms: 1e6,
    s: 1e9,
    m: 60e9,
    h: 3600e9,
  };
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.map(([part]) => part).join("") !== duration) return 0;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit!]!, 0);
}

type Items = readonly Properties[];
const items = (value: unknown): Items => (value ?? []) as Items;
const size = (value: unknown): number | undefined =>
  typeof value === "number" && value > 0 ? value * mebibyte : undefined;

function ports(inputs: Properties): { exposed: Properties; bindings: Properties } {
  const exposed: Record<string, object> = {};
  const bindings: Record<string, object[]> = {};
  for (const { internal, external, ip, protocol = "tcp" } of items(inputs.ports)) {
    const key = `${internal as number}/${protocol as string}`;
    exposed[key] = {};
    (bindings[key] ??= []).push({
      HostIp: ip ?? "0.0.0.0",
      HostPort: typeof external === "number" ? String(external) : "",
    });
  }
  return { exposed, bindings };
}

function volumes(inputs: Properties): { anonymous: Properties; binds: string[]; from: string[] } {
  const anonymous: Record<string, object> = {};
  const binds: string[] = [];
  const from: string[] = [];
  for (const volume of items(inputs.volumes)) {
    const { fromContainer, hostPath, volumeName, containerPath, readOnly, selinuxRelabel } = volume;
    const source = hostPath ?? volumeName;
    const label = typeof selinuxRelabel === "string" ? `,${selinuxRelabel}` : "";
    if (typeof fromContainer === "string") from.push(fromContainer);
    else if (typeof source === "string")
      binds.push(`${source}:${String(containerPath)}:${readOnly === true ? "ro" : "rw"}${label}`);
    else anonymous[String(containerPath)] = {};
  }
  return { anonymous, binds, from };
}

function mount(given: Properties): Properties {
  const volume = given.volumeOptions as Properties | undefined;
  const bind = given.bindOptions as Properties | undefined;
  const memory = given.tmpfsOptions as Properties | undefined;
  return {
    Type: given.type,
    Source: given.source,
    Target: given.target,
    ReadOnly: given.readOnly === true,
    ...(bind === undefined ? {} : { BindOptions: { Propagation: bind.propagation } }),
    ...(volume === undefined
      ? {}
      : {
          VolumeOptions: {
            NoCopy: volume.noCopy === true,
            Labels: labelMap(volume.labels),
            Subpath: volume.subpath,
            ...(volume.driverName === undefined
              ? {}
              : { DriverConfig: { Name: volume.driverName, Options: volume.driverOptions } }),
          },
        }),
    ...(memory === undefined
      ? {}
      : { TmpfsOptions: { SizeBytes: memory.sizeBytes, Mode: memory.mode } }),
  };
}

function healthcheck(given: unknown): Properties | undefined {
  if (given === undefined) return undefined;
  const check = given as Properties;
  return {
    Test: check.tests,
    Interval: nanoseconds(check.interval),
    Timeout: nanoseconds(check.timeout),
    StartPeriod: nanoseconds(check.startPeriod),
    StartInterval: nanoseconds(check.startInterval),
    Retries: check.retries ?? 0,
  };
}

const throttle = (given: unknown): Properties[] | undefined =>
  given === undefined
    ? undefined
    : items(given).map(({ path, rate }) => ({ Path: path, Rate: rate }));

/** What Docker can change on a running container. */
export function resources(inputs: Properties): Properties {
  return {
    CpuShares: inputs.cpuShares,
    CpusetCpus: inputs.cpuSet,
    Memory: size(inputs.memory),
    MemoryReservation: size(inputs.memoryReservation),
    MemorySwap: inputs.memorySwap === -1 ? -1 : size(inputs.memorySwap),
    BlkioDeviceReadBps: throttle(inputs.deviceReadBps),
    BlkioDeviceReadIOps: throttle(inputs.deviceReadIops),
    BlkioDeviceWriteBps: throttle(inputs.deviceWriteBps),
    BlkioDeviceWriteIOps: throttle(inputs.deviceWriteIops),
    RestartPolicy: {
      Name: inputs.restart ?? "no",
      MaximumRetryCount: inputs.restart === "on-failure" ? (inputs.maxRetryCount ?? 0) : 0,
    },
  };
}

function devices(inputs: Properties): Properties[] {
  return items(inputs.devices).map(({ hostPath, containerPath, permissions }) => ({
    PathOnHost: hostPath,
    PathInContainer: containerPath ?? hostPath,
    CgroupPermissions: permissions ?? "rwm",
  }));
}

function accelerators(inputs: Properties): Properties[] | undefined {
  if (inputs.gpus !== undefined) return [{ Driver: "", Count: -1, Capabilities: [["gpu"]] }];
  if (inputs.deviceRequests === undefined) return undefined;
  return items(inputs.deviceRequests).map((request) => ({
    Driver: request.driver,
    Count: request.count,
    DeviceIDs: request.deviceIds,
    Capabilities: [request.capabilities],
    Options: request.options,
  }));
}

/** The body of Docker's `POST /containers/create`. */
export function containerBody(inputs: Properties, image: string): Properties {
  const { exposed, bindings } = ports(inputs);
  const { anonymous, binds, from } = volumes(inputs);
  const capabilities = (inputs.capabilities ?? {}) as Properties;
  return {
    Image: image,
    Hostname: inputs.hostname,
    Domainname: inputs.domainname,
    User: inputs.user,
    WorkingDir: inputs.workingDir,
    Cmd: inputs.command,
    Entrypoint: inputs.entrypoints,
    Env: inputs.envs,
    Labels: labelMap(inputs.labels),
    Healthcheck: healthcheck(inputs.healthcheck),
    StopSignal: inputs.stopSignal,
    StopTimeout: inputs.stopTimeout,
    Tty: inputs.tty === true,
    OpenStdin: inputs.stdinOpen === true,
    ExposedPorts: exposed,
    Volumes: anonymous,
    HostConfig: {
      ...resources(inputs),
      AutoRemove: inputs.rm === true,
      Binds: binds,
      VolumesFrom: from,
      Mounts: items(inputs.mounts).map(mount),
      PortBindings: bindings,
      PublishAllPorts: inputs.publishAllPorts === true,
      Privileged: inputs.privileged === true,
      ReadonlyRootfs: inputs.readOnly === true,
      LogConfig: { Type: inputs.logDriver ?? "", Config: inputs.logOpts },
      Tmpfs: inputs.tmpfs,
      ExtraHosts: items(inputs.hosts).map(({ host, ip }) => `${String(host)}:${String(ip)}`),
      Dns: inputs.dns,
      DnsOptions: inputs.dnsOpts,
      DnsSearch: inputs.dnsSearches,
      CapAdd: capabilities.adds,
      CapDrop: capabilities.drops,
      Devices: devices(inputs),
      DeviceRequests: accelerators(inputs),
      GroupAdd: inputs.groupAdds,
      Init: inputs.init,
      IpcMode: inputs.ipcMode,
      PidMode: inputs.pidMode,
      UsernsMode: inputs.usernsMode,
      CgroupnsMode: inputs.cgroupnsMode,
      CgroupParent: inputs.cgroupParent,
      NetworkMode: inputs.networkMode,
      CpuPeriod: inputs.cpuPeriod,
      CpuQuota: inputs.cpuQuota,
      NanoCpus: typeof inputs.cpus === "string" ? Math.round(Number(inputs.cpus) * 1e9) : undefined,
      ShmSize: size(inputs.shmSize),
      SecurityOpt: inputs.securityOpts,
      StorageOpt: inputs.storageOpts,
      Sysctls: inputs.sysctls,
      Runtime: inputs.runtime,
      Ulimits: items(inputs.ulimits).map(({ name, soft, hard }) => ({
        Name: name,
        Soft: soft,
        Hard: hard,
      })),
    },
  };
}
