import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { DeviceRequest } from "../../compose/app";
import { MiB } from "../../model/units";
import type { Service } from "../../plan/plan";
import type { ContainerContext } from "./container-context";

/** Limits: memory (MiB), processors, shared memory, kernel limits and capabilities. */
export function limitInputs(service: Service): Partial<docker.ContainerArgs> {
  const { compose, memory, cpu } = service;
  const swap = compose.memswap_limit === undefined ? undefined : Number(compose.memswap_limit);
  return {
    ...(memory?.limit === undefined ? {} : { memory: Math.ceil(memory.limit) }),
    ...(memory?.request === undefined ? {} : { memoryReservation: Math.ceil(memory.request) }),
    ...(swap === undefined ? {} : { memorySwap: swap > 0 ? Math.ceil(swap / MiB) : swap }),
    // Docker counts in billionths.
    ...(cpu?.limit === undefined ? {} : { cpus: String(Number(cpu.limit.toFixed(9))) }),
    ...(compose.cpu_shares === undefined ? {} : { cpuShares: compose.cpu_shares }),
    ...(compose.cpuset === undefined ? {} : { cpuSet: compose.cpuset }),
    ...(compose.cpu_period === undefined ? {} : { cpuPeriod: compose.cpu_period }),
    // -1 means no quota, which the provider expresses by omitting it.
    ...(compose.cpu_quota !== undefined && compose.cpu_quota > 0
      ? { cpuQuota: compose.cpu_quota }
      : {}),
    ...(compose.shm_size === undefined
      ? {}
      : { shmSize: Math.ceil(Number(compose.shm_size) / MiB) }),
    ...capabilities(service),
    ...(compose.sysctls === undefined ? {} : { sysctls: { ...compose.sysctls } }),
    ...(compose.ulimits === undefined
      ? {}
      : {
          ulimits: Object.entries(compose.ulimits).map(([name, value]) =>
            typeof value === "number"
              ? { name, soft: value, hard: value }
              : { name, soft: value.soft, hard: value.hard },
          ),
        }),
    ...(compose.storage_opt === undefined
      ? {}
      : {
          storageOpts: { ...compose.storage_opt },
        }),
  };
}

/** Docker reads them back with their prefix: without it a refresh would see a difference. */
function capabilities({ compose }: Service): Partial<docker.ContainerArgs> {
  const full = (names: readonly string[] = []): string[] =>
    names.map((name) => {
      const upper = name.toUpperCase();
      return upper === "ALL" || upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
    });
  const adds = full(compose.cap_add);
  const drops = full(compose.cap_drop);
  if (adds.length + drops.length === 0) return {};
  return {
    capabilities: {
      ...(adds.length === 0 ? {} : { adds }),
      ...(drops.length === 0 ? {} : { drops }),
    },
  };
}

/** Devices of the host, graphics processors, and names for addresses. */
export function deviceInputs({ compose }: Service): Partial<docker.ContainerArgs> {
  const requests = [
    ...(compose.gpus ?? []),
    ...(compose.deploy?.resources?.reservations?.devices ?? []),
  ];
  return {
    ...(compose.devices === undefined || compose.devices.length === 0
      ? {}
      : {
          devices: compose.devices.map(({ source, target, permissions }) => ({
            hostPath: source,
            containerPath: target,
            ...(permissions === undefined ? {} : { permissions }),
          })),
        }),
    ...(requests.length === 0 ? {} : { deviceRequests: requests.map(deviceRequest) }),
    ...(compose.extra_hosts === undefined || compose.extra_hosts.length === 0
      ? {}
      : { hosts: compose.extra_hosts.map(extraHost) }),
  };
}

function deviceRequest(asked: DeviceRequest): docker.types.input.ContainerDeviceRequest {
  const capabilities = [...(asked.capabilities ?? ["gpu"])];
  // Unset, Docker looks for a driver with these capabilities; the provider would ask for devices by CDI.
  const driver = asked.driver ?? (capabilities.includes("gpu") ? "nvidia" : undefined);
  return {
    ...(driver === undefined ? {} : { driver }),
    ...(asked.device_ids === undefined
      ? { count: asked.count ?? -1 }
      : { deviceIds: [...asked.device_ids] }),
    capabilities,
    ...(asked.options === undefined ? {} : { options: { ...asked.options } }),
  };
}

/** `host=address`, or `host:address` as older files have it; addresses may hold colons. */
function extraHost(line: string): { host: string; ip: string } {
  const cut = line.includes("=") ? line.indexOf("=") : line.indexOf(":");
  return { host: line.slice(0, cut), ip: line.slice(cut + 1).replace(/^\[(.*)\]$/, "$1") };
}

/** `ipc` and `pid`: of the host, or of another service's container. */
export function namespaceInputs(
  { compose }: Service,
  at: ContainerContext,
): Partial<docker.ContainerArgs> {
  const mode = (value: string): pulumi.Input<string> =>
    value.startsWith("service:")
      ? pulumi.interpolate`container:${at.containerOf(value.slice("service:".length))}`
      : value;
  return {
    ...(compose.ipc === undefined ? {} : { ipcMode: mode(compose.ipc) }),
    ...(compose.pid === undefined ? {} : { pidMode: mode(compose.pid) }),
  };
}
