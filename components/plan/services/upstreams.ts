import type { App, Service as ComposeService } from "../../compose/app";

/** A service that another one's configuration passes requests on to. */
export interface Upstream {
  readonly service: string;
  readonly port?: number;
}

/** The directives of web servers and proxies that name who answers. */
const passes =
  /\b(?:(?:proxy|fastcgi|uwsgi|scgi|grpc|memcached)_pass|server|reverse_proxy|php_fastcgi|ProxyPass(?:Match|Reverse)?|BalancerMember|to)\b[^\n;{]*/gi;

/**
 * The services that the configuration of a web server or proxy passes requests on to: those that the
 * directives of its mounted files, configs and command name, in the order of the text.
 */
export function upstreamsOf(app: App, name: string, compose: ComposeService): Upstream[] {
  const found = new Map<string, Upstream>();
  for (const text of textsOf(app, compose))
    for (const [directive] of text.matchAll(passes))
      for (const [, host = "", digits] of directive.matchAll(
        /(?<![\w.-])([a-z0-9][\w.-]*)(?::(\d{2,5}))?/gi,
      ))
        for (const service of answering(app, host))
          if (service !== name && !found.has(service))
            found.set(service, { service, ...(digits !== undefined && { port: Number(digits) }) });
  return [...found.values()];
}

/** Hosts that a configuration answers to: `server_name shop.example;`. */
export function serverNames(app: App, compose: ComposeService): string[] {
  const names = textsOf(app, compose).flatMap((text) =>
    [...text.matchAll(/\bserver_name\s+([^;]+);/g)].flatMap(([, list]) => list!.split(/\s+/)),
  );
  return names.filter((one) => /^[a-z0-9.-]+\.[a-z]{2,}$/i.test(one));
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

/** What a service's bind mounts, configs and command say. */
function textsOf({ files, configs }: App, compose: ComposeService): string[] {
  const mounted = (compose.volumes ?? []).flatMap(({ type, source = "" }) =>
    type === "bind" ? (files[source]?.files ?? []) : [],
  );
  return [
    ...mounted.flatMap(({ content, binary }) => (binary ? [] : [content])),
    ...(compose.configs ?? []).map(({ source }) => configs[source]?.content ?? ""),
    (compose.command ?? []).join("\n"),
  ].map((text) => text.replace(/^\s*#.*$/gm, ""));
}
