import type { Context } from "../context";
import type { Route, Service } from "../plan";
import { textsOf } from "../services/upstreams";

/** Where nginx, Caddy and Apache let callers in by the address of the connection. */
const byAddress: readonly RegExp[] = [
  /\ballow\s+(?!all\b)[\da-f.:/]+\s*;(?=[^]*\bdeny\s+all\b)/i,
  /\bremote_ip\s+[^\n{]+/,
  /\bRequire\s+(?:not\s+)?ip\s+\S+/i,
  /\bAllow\s+from\s+(?!all\b)[\d.]+\S*/i,
];

/** Where they take the caller's address from the edge's headers. */
const fromHeaders = /\b(set_real_ip_from|real_ip_header|trusted_proxies|RemoteIPHeader)\b/;

/**
 * A loss for each service behind the edge whose configuration lets callers in by their address: every connection comes
 * from the edge, whose address is a private one, so that either everybody gets in or nobody.
 */
export function checkClientAddresses(
  { app, notices }: Context,
  services: readonly Service[],
  routes: readonly Route[],
): void {
  for (const { name, compose } of services) {
    const routed = routes.filter(({ service }) => service === name);
    if (routed.length === 0 || routed.every(({ allow }) => allow.length > 0)) continue;
    const texts = textsOf(app, compose);
    if (texts.some((text) => fromHeaders.test(text))) continue;
    const rule = byAddress.flatMap((one) => texts.flatMap((text) => one.exec(text)?.[0] ?? []))[0];
    if (rule === undefined) continue;
    const key = (compose.volumes ?? []).length > 0 ? "volumes" : "configs";
    notices.loss(
      name,
      compose[key] === undefined ? "image" : key,
      `its configuration lets callers in by their address (${rule.trim()}), and every connection comes from the edge, whose address is private: take the caller's from X-Forwarded-For (set_real_ip_from, trusted_proxies, RemoteIPHeader), or give the route allow in berth:routes`,
    );
  }
}
