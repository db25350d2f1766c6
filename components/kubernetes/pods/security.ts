import type * as kubernetes from "@pulumi/kubernetes";
import {
  allowedCapabilities,
  capability,
  safeSysctls,
  userOf,
  usualCapabilities,
} from "../../plan/checks/baseline";
import type { Service } from "../../plan/plan";

type SecurityContext = kubernetes.types.input.core.v1.SecurityContext;

/** A container's security context. */
export function containerSecurity({ compose }: Service): SecurityContext {
  const { uid, gid } = userOf(compose.user);
  return {
    capabilities: { drop: ["ALL"], add: capabilities(compose.cap_add, compose.cap_drop) },
    ...(uid === undefined ? {} : { runAsUser: uid, runAsNonRoot: uid !== 0 }),
    ...(gid === undefined ? {} : { runAsGroup: gid }),
    ...(compose.read_only === true ? { readOnlyRootFilesystem: true } : {}),
    ...(forbidsEscalation(compose.security_opt) ? { allowPrivilegeEscalation: false } : {}),
  };
}

/** The security context of Berth's own containers, without any capability. */
export const noRights: SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 65532,
  runAsGroup: 65532,
};

/** The security context of all containers of a pod. */
export function podSecurity(
  services: readonly Service[],
): kubernetes.types.input.core.v1.PodSecurityContext {
  const groups = services
    .flatMap(({ compose }) => compose.group_add ?? [])
    .map(Number)
    .filter((group) => Number.isInteger(group) && group >= 0);
  const sysctls = new Map<string, string>();
  // Docker lets every user of a container listen on every port.
  if (services.some(({ ports }) => ports.some(({ port }) => port < 1024)))
    sysctls.set("net.ipv4.ip_unprivileged_port_start", "0");
  for (const { compose } of services)
    for (const [name, value] of Object.entries(compose.sysctls ?? {}))
      if (safeSysctls.has(name)) sysctls.set(name, value);
  return {
    // Docker's own default.
    seccompProfile: { type: "RuntimeDefault" },
    ...(groups.length === 0 ? {} : { supplementalGroups: [...new Set(groups)] }),
    ...(sysctls.size === 0
      ? {}
      : { sysctls: [...sysctls].map(([name, value]) => ({ name, value })) }),
  };
}

function capabilities(adds: readonly string[] = [], drops: readonly string[] = []): string[] {
  const dropped = new Set(drops.map(capability));
  const asked = adds.map(capability);
  const all = asked.includes("ALL") ? [...allowedCapabilities] : asked;
  const kept = dropped.has("ALL") ? [] : usualCapabilities.filter((name) => !dropped.has(name));
  return [...new Set([...kept, ...all.filter((name) => allowedCapabilities.has(name))])].sort();
}

const forbidsEscalation = (options: readonly string[] = []): boolean =>
  options.some((option) => /^no-new-privileges([:=]true)?$/.test(option));
