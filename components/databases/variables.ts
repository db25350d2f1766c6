import type { Text } from "../model/reference";
import type { Service } from "../plan/plan";
import type { Login } from "./logins";

type Variables = Readonly<Partial<Record<keyof Login, readonly string[]>>>;

/** A reader of an image's variables: of each list the first that is set, or its `_FILE` form from the mounted file. */
export const variables =
  (names: Variables) =>
  ({ environment, mounts }: Pick<Service, "environment" | "mounts">): Login => {
    const value = (name: string): Text | undefined => {
      const path = environment[`${name}_FILE`];
      return environment[name] ?? (path === undefined ? undefined : mountedFile(mounts, path));
    };
    const found = Object.entries(names).map(([part, list]) => [
      part,
      list.map(value).find((text) => text !== undefined),
    ]);
    return Object.fromEntries(found.filter(([, text]) => text !== undefined)) as Login;
  };

/** The content of a file that is mounted into a container. */
export function mountedFile(mounts: Service["mounts"], path: string): Text | undefined {
  return mounts
    .flatMap((mount) => (mount.kind === "files" ? mount.files : []))
    .find((mounted) => mounted.path === path)?.content;
}
