import { folder } from "../../databases/proxy";

const config = "haproxy.cfg";
const health = 8404;

export interface StickyArgs {
  /** The name that resolves to the pods' addresses. */
  readonly host: string;
  readonly port: number;
  /** The maximum number of pods. */
  readonly slots: number;
  /** The key that cookies are hashed with, the same in every balancer. */
  readonly key: string;
}

/** HAProxy that keeps each client on the pod that it met first, by a cookie made of the pod's address. */
export const stickyBalancer = {
  command: ["haproxy", "-W", "-db", "-f", `${folder}/${config}`],
  file: config,
  health: { path: "/health", port: health },
};

/** Its configuration; it listens on the pods' own port. */
export function stickyConfiguration({ host, port, slots, key }: StickyArgs): string {
  return [
    "global",
    "  maxconn 8000",
    "  log stdout format raw local0 notice",
    "",
    "defaults",
    "  log global",
    "  mode http",
    "  timeout connect 5s",
    "  timeout client 5m",
    "  timeout server 5m",
    "  timeout tunnel 24d",
    "  timeout http-keep-alive 1m",
    "",
    "resolvers cluster",
    "  parse-resolv-conf",
    "  accepted_payload_size 8192",
    "  hold valid 2s",
    "  hold nx 2s",
    "",
    "frontend clients",
    `  bind :${port}`,
    "  default_backend pods",
    "",
    "backend pods",
    "  balance leastconn",
    "  cookie berth_pod insert indirect nocache httponly dynamic",
    `  dynamic-cookie-key ${key}`,
    "  option redispatch",
    "  retries 3",
    `  server-template pod 1-${slots} ${host}:${port} check inter 2s resolvers cluster init-addr none resolve-prefer ipv4`,
    "",
    "frontend health",
    "  timeout client 5s",
    `  bind :${health}`,
    "  monitor-uri /health",
    "",
  ].join("\n");
}
