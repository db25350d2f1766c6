import type { App, Service as ComposeService } from "../../compose/app";

/** A service that another one's configuration passes requests on to. */
export interface Upstream {
  readonly service: string;
  readonly port?: number;
  /** The host whose requests it gets, where the configuration has them side by side. */
  readonly host?: string;
}

/** The directives of web servers and proxies that name who answers. */
const passes =
  /\b(?:(?:proxy|fastcgi|uwsgi|scgi|grpc|memcached)_pass|server|reverse_proxy|php_fastcgi|ProxyPass(?:Match|Reverse)?|BalancerMember|to|url)\b[^\n;{]*/gi;

/** Where one host's part of a configuration begins: a server of nginx, a virtual host of Apache, a site of Caddy. */
const parts = /(?=\bserver\s*\{|<VirtualHost\b|^[^\s#{}]+\.[^\s{}]+[^{}\n]*\{[ \t]*$)/m;

/**
 * The services that the configuration of a web server or proxy passes requests on to: those that the
 * directives of its mounted files, configs and command name, in the order of the text.
 */
export function upstreamsOf(app: App, name: string, compose: ComposeService): Upstream[] {
  const found = new Map<string, Upstream>();
  for (const text of textsOf(app, compose)) {
    const [all] = serverNames(text);
    // What stands outside of all of them, such as an upstream of nginx, has none of their names.
    const inside = (part: string): number => (serverNames(part).length > 0 ? 0 : 1);
    for (const part of text.split(parts).sort((a, b) => inside(a) - inside(b))) {
      const host = serverNames(part)[0] ?? all;
      for (const one of calledIn(app, part))
        if (one.service !== name && !found.has(one.service))
          found.set(one.service, { ...one, ...(host !== undefined && { host }) });
    }
  }
  return [...found.values()];
}

function calledIn(app: App, text: string): Upstream[] {
  return [...text.matchAll(passes)]
    .flatMap(([directive]) => [
      ...directive.matchAll(/(?<![\w.-])([a-z0-9][\w.-]*)(?::(\d{2,5}))?/gi),
    ])
    .flatMap(([, host = "", digits]) =>
      answering(app, host).map((service) => ({
        service,
        ...(digits !== undefined && { port: Number(digits) }),
      })),
    );
}

/** Hosts that a configuration answers to: `server_name`, `ServerName`, and the addresses of Caddy's sites. */
function serverNames(text: string): string[] {
  const names = [...text.matchAll(/\b(?:server_?name|ServerAlias)\s+([^;\n]+)/gi)];
  const sites = [...text.matchAll(/^(?![ \t])([^#{}\n]+)\{[ \t]*$/gm)];
  return [...names, ...sites]
    .flatMap(([, list]) => list!.split(/[\s,]+/))
    .map((one) => one.replace(/^https?:\/\//, "").replace(/:\d+$/, ""))
    .filter((one) => /^[a-z0-9.-]+\.[a-z]{2,}$/i.test(one));
}

function answering({ services }: App, host: string): string[] {
  return Object.entries(services)
    .filter(
      ([name, { container_name, hostname, networks }]) =>
        [name, container_name, hostname].includes(host) ||
        Object.values(networks ?? {}).some((one) => one?.aliases?.includes(host) === true),
    )
    .map(([name]) => name);
}

/** What a service's bind mounts, configs and command say, without comments. */
export function textsOf({ files, configs }: App, compose: ComposeService): string[] {
  const mounted = (compose.volumes ?? []).flatMap(({ type, source = "" }) =>
    type === "bind" ? (files[source]?.files ?? []) : [],
  );
  return [
    ...mounted.flatMap(({ content, binary }) => (binary ? [] : [content])),
    ...(compose.configs ?? []).map(({ source }) => configs[source]?.content ?? ""),
    (compose.command ?? []).join("\n"),
  ].map((text) => text.replace(/^\s*#.*$/gm, ""));
}
