import type { App, Service as ComposeService } from "../../compose/app";
import { imageParts } from "../../model/image-name";
import type { Settings } from "../../settings/settings";

/** Images that do nothing but pass requests on. */
const proxies =
  /^(traefik|caddy|caddyl4|caddy-docker-proxy|nginx-proxy|nginx-proxy-manager|docker-gen|haproxy|envoy|swag|kong|apisix|zoraxy|bunkerweb)$/;

/** Web servers: an edge where they also have certificates or a configuration of their own. */
const webServers = /^(nginx|nginx-unprivileged|openresty|angie|httpd|apache2?|lighttpd)$/;

/** Names of services, and of folders that they are built from, which say that they pass requests on. */
const gateway =
  /(^|[^a-z])(nginx|traefik|caddy|haproxy|envoy|proxy|gateway|ingress|edge)([^a-z]|$)/i;

/** Where certificates and the configuration of web servers are mounted. */
const edgeFiles =
  /cert|ssl|tls|acme|letsencrypt|\.pem$|\/etc\/(nginx|httpd|apache2|haproxy|envoy|caddy)|\/usr\/local\/(apache2\/conf|etc\/haproxy|openresty\/nginx\/conf)/i;

/**
 * Whether a service is the application's own edge: it publishes 80 or 443, or is on the host's network,
 * and is a proxy by its image, or it publishes 443 and is a web server, or is built as one, with certificates or a configuration. Port
 * 443 alone is no proof: many applications can speak TLS themselves. The label `berth.edge`
 * (`true` or `false`) decides for the other cases.
 */
export function isEdge(name: string, compose: ComposeService): boolean {
  const stated = compose.labels?.["berth.edge"];
  if (stated !== undefined) return stated !== "false";
  const { base } = imageParts(compose.image ?? "");
  if (compose.network_mode === "host" && proxies.test(base)) return true;
  const published = new Set((compose.ports ?? []).map(({ published }) => published));
  if (!published.has("80") && !published.has("443")) return false;
  if (proxies.test(base)) return true;
  if (!published.has("443")) return false;
  if (compose.build !== undefined)
    return [name, compose.build.context, compose.build.dockerfile ?? ""].some((text) =>
      gateway.test(text.split("/").at(-1)!),
    );
  return webServers.test(base) && mountsEdgeFiles(compose);
}

function mountsEdgeFiles({ volumes = [], configs = [], secrets = [] }: ComposeService): boolean {
  return [...volumes, ...configs, ...secrets].some(({ target }) => edgeFiles.test(target));
}

/** The services of the file that are its own edge. */
export function edgesOf({ services }: App): string[] {
  return Object.entries(services)
    .filter(([name, compose]) => isEdge(name, compose))
    .map(([name]) => name);
}

/** Whether the application's own edge serves it: on a machine it stays, on a cluster Berth's takes its place. */
export function hasOwnEdge(app: App, { shape }: Settings): boolean {
  return shape === "vm" && edgesOf(app).length > 0;
}
