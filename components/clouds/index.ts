import type { CloudClass } from "./cloud";
import { cloudNames, type CloudName } from "./list";

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
