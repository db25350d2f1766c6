import type { App, Service as ComposeService } from "../compose/app";
import type { Problem } from "../model/problem";
import type { Settings } from "../settings/settings";
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
