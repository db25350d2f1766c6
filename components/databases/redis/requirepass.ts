import type { Text } from "../../model/reference";
import type { Service } from "../../plan/plan";
import { mountedFile } from "../variables";

/** The password in a server's command line: as it is, or as a shell would take it from a variable or a file. */
export function requirepass({
  compose: { command },
  environment,
  mounts,
}: Pick<Service, "compose" | "environment" | "mounts">): Text | undefined {
  const index = command?.indexOf("--requirepass") ?? -1;
  const word = index < 0 ? inShell(command ?? []) : command![index + 1];
  const [, variable] = /^\$\{?(\w+)\}?$/.exec(word ?? "") ?? [];
  if (variable !== undefined) return environment[variable];
  const [, path] = /^\$\((?:cat|<)\s*([^\s)]+)\)$/.exec(word ?? "") ?? [];
  return path === undefined ? word : mountedFile(mounts, path);
}

function inShell(command: readonly Text[]): Text | undefined {
  const found = /--requirepass[\s=]+("[^"]*"|'[^']*'|\$\([^)]*\)|[^\s"']+)/.exec(
    command.join(" "),
  )?.[1];
  return found?.replace(/^(["'])(.*)\1$/, "$2");
}
