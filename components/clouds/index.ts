/* eslint-disable @typescript-eslint/no-require-imports -- no import() of a .ts file works under every loader */
import type { CloudClass } from "./cloud";
import { byCloud } from "./list";
import type { PreviewAnswers } from "./preview";

export { catalogs } from "./catalogs";

/** Each cloud's code, loaded, with its SDK, when it is asked for. */
export const clouds = byCloud(
  (name) => (require(`./${name}`) as { readonly Cloud: CloudClass }).Cloud,
);

/** What each cloud answers in an offline preview, loaded when a resource of it is seen; nothing for `local`. */
export const previews = byCloud(
  (name) => (require(`./${name}/preview`) as { readonly preview: PreviewAnswers }).preview,
);
