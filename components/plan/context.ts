import type { App } from "../compose/app";
import type { Problem } from "../model/problem";
import type { Settings } from "../settings/settings";
import type { FolderVolumes } from "./services/folder-volumes";
import { position, type Notices } from "./notices";
import type { Catalog } from "../model/catalog";

/** The input of every part of planning, and where it reports notices and problems. */
export interface Context {
  readonly app: App;
  readonly settings: Settings;
  readonly catalog: Catalog;
  /** The services that build each image, by its canonical name (images.ts). */
  readonly builders: ReadonlyMap<string, readonly string[]>;
  /** The folders of the project that are data, and their volumes. */
  readonly folders: FolderVolumes;
  readonly notices: Notices;
  readonly problems: Problem[];
  /** Whether a missing file draws a notice instead of an error. */
  readonly preview: boolean;
}

/** Reports a problem at the position of a Compose key. */
export function complain({ app, problems }: Context, key: string, message: string): void {
  problems.push({ at: position(app, key), key, message });
}
