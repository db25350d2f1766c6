import type { App } from "../compose/app";
import type { Position } from "../model/problem";
import type { Settings } from "../settings/settings";
import type { Notice } from "./plan";

/** Collects what a plan does differently from the files, with the position of the key. */
export class Notices {
  readonly #found = new Map<string, Notice>();

  constructor(
    private readonly app: App,
    private readonly settings: Settings,
  ) {}

  /** Something approximated or chosen for the user. */
  info(service: string | null, key: string, message: string): void {
    this.#add("info", service, key, message);
  }

  /** Something that the file asks for and the target does not have. */
  loss(service: string | null, key: string, message: string): void {
    this.#add("loss", service, key, message);
  }

  /** Takes back what was found on a service, where it turns out not to apply. */
  withdraw(service: string, applies: (notice: Notice) => boolean): void {
    for (const [key, notice] of this.#found)
      if (notice.service === service && applies(notice)) this.#found.delete(key);
  }

  /** All of them, in the order of the file. */
  all(): Notice[] {
    return [...this.#found.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  }

  #add(level: Notice["level"], service: string | null, key: string, message: string): void {
    const dotted = service === null ? key : `${service}.${key}`;
    const { accept } = this.settings;
    const bare = dotted.replace(/\[.*$/, "");
    if (accept.has(dotted) || accept.has(bare)) return;
    const at = position(this.app, service === null ? key : `services.${dotted}`);
    const place = { file: at?.file ?? null, line: at?.line ?? null };
    this.#found.set(`${dotted} ${message}`, { level, service, key, ...place, message });
  }
}

/** Where a dotted key stands, or the nearest key around it. */
export function position(app: App, key: string): Position | undefined {
  for (let name = key; name !== ""; name = name.replace(/(^|\.|\[)[^.[]*$/, "")) {
    const at = app.positions.get(name);
    if (at !== undefined) return at;
  }
  return undefined;
}
