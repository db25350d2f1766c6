import type { Text } from "../model/reference";
import type { Place } from "./reader";

interface Stated {
  readonly name?: string;
  readonly server?: string;
  readonly username?: Text;
  readonly password?: Text;
}

/** Where built images go: the cloud's own registry, made or by its name, or another one with a login. */
type Registry =
  | "cloud"
  | { readonly name: string }
  | { readonly server: string; readonly username: Text; readonly password: Text };

const whats = { server: "a registry's host", username: "a user", password: "a password" } as const;

export function readRegistry(stated: "cloud" | Stated, at: Place): Registry {
  if (stated === "cloud") return stated;
  const { name, server, username, password } = stated;
  const login = Object.entries({ server, username, password });
  if (name !== undefined) {
    const more = login.flatMap(([key, value]) => (value === undefined ? [] : [key]));
    if (more.length > 0)
      at.problem(
        `name is a registry of the account, with a login of its own; remove it, or ${more.join(", ")}`,
      );
    return { name };
  }
  for (const [key, value] of login)
    if (value === undefined)
      at.problem(`${key} is missing; give ${whats[key as keyof typeof whats]}`);
  return { server: server ?? "", username: username ?? "", password: password ?? "" };
}
