import type { CloudClass } from "./cloud";
import { cloudNames, type CloudName } from "./list";
import type { PreviewAnswers } from "./preview";

export { catalogs } from "./catalogs";

/** Each cloud's code, loaded, with its SDK, when it is asked for. */
export const clouds = Object.fromEntries(
  cloudNames.map((name) => [
    name,
    () =>
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- no import() of a .ts file works under every loader
      (require(`./${name}`) as { readonly Cloud: CloudClass }).Cloud,
  ]),
) as Readonly<Record<CloudName, () => CloudClass>>;

/** What each cloud answers in an offline preview, loaded when a resource of it is seen; nothing for `local`. */
export const previews = Object.fromEntries(
  cloudNames.map((name) => [
    name,
    () =>
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- by its folder's name
      (require(`./${name}/preview`) as { readonly preview: PreviewAnswers }).preview,
  ]),
) as Readonly<Record<CloudName, () => PreviewAnswers>>;
