import type { App, Service as ComposeService } from "../../compose/app";
import { textsOf } from "../services/upstreams";

/** What keeps callers out in the configuration of nginx, Caddy, Apache, HAProxy and Traefik's own files. */
const words: readonly RegExp[] = [
  /\bauth_basic(?=\s+(?!off\b))/,
  /\bauth_(request|jwt)\b/,
  /\bssl_verify_client(?=\s+(?!off\b))/,
  /\bdeny(?=\s+all\b)/,
  /\b(basic_?auth|forward_auth|client_auth|remote_ip|client_ip)\b/,
  /\b(AuthType|Require (?:ip|valid-user|user))\b/,
  /\b(http_auth|http-request (?:auth|deny))\b/,
  /\b(basicAuth|digestAuth|forwardAuth|ipAllowList|ipWhiteList)\b/,
];

/** The directives of an edge's configuration by which it lets only some callers in; nginx-proxy has a folder of users. */
export function configuredGuards(app: App, compose: ComposeService): string[] {
  const texts = textsOf(app, compose);
  const found = words.flatMap((word) =>
    texts.flatMap((text) => word.exec(text)?.[0] ?? []).slice(0, 1),
  );
  const users = (compose.volumes ?? []).find(({ target }) => /\/htpasswd$/.test(target));
  return [...new Set([...found, ...(users === undefined ? [] : ["htpasswd"])])];
}
