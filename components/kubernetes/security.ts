import type * as kubernetes from "@pulumi/kubernetes";
import type { Service } from "../plan/plan";

type SecurityContext = kubernetes.types.input.core.v1.SecurityContext;

/**
 * Rule 33: official images start as root and hand over to a user of their own, for which they need these. All
 * else that Docker would give is dropped.
 */
export const usualCapabilities: readonly string[] = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "NET_BIND_SERVICE",
  "SETGID",
  "SETUID",
];

/** What `baseline` lets a container add (https://kubernetes.io/docs/concepts/security/pod-security-standards/). */
const allowedCapabilities = new Set([
  ...usualCapabilities,
  "AUDIT_WRITE",
  "FSETID",
  "KILL",
  "MKNOD",
  "SETFCAP",
  "SETPCAP",
  "SYS_CHROOT",
]);

/** The kernel settings that `baseline` lets a pod make. */
const safeSysctls = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
]);

/** A container's rights. */
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

/** The rights of Berth's own containers, which need none. */
export const noRights: SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 65532,
  runAsGroup: 65532,
};

/** What holds for all containers of a pod. */
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
  const plain = (name: string): string => name.toUpperCase().replace(/^CAP_/, "");
  const dropped = new Set(drops.map(plain));
  const asked = adds.map(plain);
  const all = asked.includes("ALL") ? [...allowedCapabilities] : asked;
  const kept = dropped.has("ALL")
    ? []
    : usualCapabilities.filter((capability) => !dropped.has(capability));
  return [...new Set([...kept, ...all.filter((name) => allowedCapabilities.has(name))])].sort();
}

/** `1000`, `1000:1000`; of names only those that mean the same in every image. */
export function userOf(user: string | undefined): { uid?: number; gid?: number } {
  if (user === undefined) return {};
  const [name = "", group] = user.split(":");
  const number = (text: string | undefined, known: Record<string, number>): number | undefined =>
    text === undefined ? undefined : /^\d+$/.test(text) ? Number(text) : known[text];
  const uid = number(name, { root: 0, nobody: 65534 });
  const gid = number(group, { root: 0, nogroup: 65534 });
  return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
}

const forbidsEscalation = (options: readonly string[] = []): boolean =>
  options.some((option) => /^no-new-privileges([:=]true)?$/.test(option));
