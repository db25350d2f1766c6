/**
 * What a pod may ask for under `baseline` pod security, which every stack's namespace enforces
 * (decisions.md: baseline-pods; https://kubernetes.io/docs/concepts/security/pod-security-standards).
 */

/**
 * Official images start as root and hand over to a user of their own, for which they need these. KILL is
 * for a parent that stays root (tini, supervisord, s6, php-fpm, Apache): without it no signal of its own gets to
 * its children, and every stop lasts until SIGKILL. nginx does not need it.
 */
export const usualCapabilities: readonly string[] = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "KILL",
  "NET_BIND_SERVICE",
  "SETGID",
  "SETUID",
];

/** What a container may add. */
export const allowedCapabilities: ReadonlySet<string> = new Set([
  ...usualCapabilities,
  "AUDIT_WRITE",
  "FSETID",
  "MKNOD",
  "SETFCAP",
  "SETPCAP",
  "SYS_CHROOT",
]);

/** A capability's name as Kubernetes writes it. */
export const capability = (name: string): string => name.toUpperCase().replace(/^CAP_/, "");

/** The kernel settings that a pod may make. */
export const safeSysctls: ReadonlySet<string> = new Set([
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
