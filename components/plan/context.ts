import type { App, Service as ComposeService } from "../compose/app";
import type { Problem } from "../model/problem";
import type { Settings } from "../settings/settings";
import { imageParts } from "../model/image-name";
import { position, type Notices } from "./notices";
import type { Catalog } from "../model/catalog";

/** The input of every part of planning, and where it reports notices and problems. */
export interface Context {
  readonly app: App;
  readonly settings: Settings;
  readonly catalog: Catalog;
  readonly notices: Notices;
  readonly problems: Problem[];
  /** Whether a missing file draws a notice instead of an error. */
  readonly preview: boolean;
}

/** Reports a problem at the position of a Compose key. */
export function complain({ app, problems }: Context, key: string, message: string): void {
  problems.push({ at: position(app, key), key, message });
}

/** The image a service runs, with `images.<service>` of the config outranking the file. */
export function imageOf(
  { settings }: Context,
  name: string,
  compose: ComposeService,
): string | undefined {
  return settings.images[name] ?? (compose.build === undefined ? compose.image : undefined);
}

const proxies = /^(traefik|caddy|nginx-proxy|nginx-proxy-manager|haproxy|envoy|swag|docker-gen)$/;

/**
 * Whether a service is the application's own edge: it publishes 443, or is a known proxy that
 * publishes 80. Any other service that publishes 80 is a web service behind Berth's edge.
 */
export function isEdge(compose: ComposeService): boolean {
  const published = new Set((compose.ports ?? []).map(({ published }) => published));
  if (published.has("443")) return true;
  const { base } = imageParts(compose.image ?? "");
  return published.has("80") && proxies.test(base);
}
