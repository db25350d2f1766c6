import type { Text } from "../../model/reference";
import type { Database, Service } from "../plan";

/** What the image's own variables ask for; `_FILE` forms are read from the mounted secret. */
export function credentials(
  engine: string,
  { environment, mounts, compose }: Service,
): Pick<Database, "database" | "user" | "password" | "adminPassword"> {
  const file = (path: string): Text | undefined =>
    mounts
      .flatMap((mount) => (mount.kind === "files" ? mount.files : []))
      .find((mounted) => mounted.path === path)?.content;
  const value = (...names: string[]): Text | undefined => {
    for (const name of names) {
      const path = environment[`${name}_FILE`];
      const found = environment[name] ?? (path === undefined ? undefined : file(path));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const found = {
    database: value(
      "POSTGRES_DB",
      "MYSQL_DATABASE",
      "MARIADB_DATABASE",
      "MONGO_INITDB_DATABASE",
      "POSTGRESQL_DATABASE",
    ),
    user: value(
      "POSTGRES_USER",
      "MYSQL_USER",
      "MARIADB_USER",
      "MONGO_INITDB_ROOT_USERNAME",
      "RABBITMQ_DEFAULT_USER",
      "POSTGRESQL_USERNAME",
    ),
    password:
      value(
        "POSTGRES_PASSWORD",
        "MYSQL_PASSWORD",
        "MARIADB_PASSWORD",
        "MONGO_INITDB_ROOT_PASSWORD",
        "RABBITMQ_DEFAULT_PASS",
        "REDIS_PASSWORD",
        "POSTGRESQL_PASSWORD",
      ) ??
      (engine === "redis" || engine === "valkey"
        ? requirepass(compose.command, environment, file)
        : undefined),
    adminPassword: value("MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD"),
  };
  if (engine === "postgres") {
    found.user ??= "postgres";
    found.database ??= found.user;
  }
  return Object.fromEntries(Object.entries(found).filter(([, text]) => text !== undefined));
}

/** The password in a server's command line: as it is, or as a shell would take it from a variable or a file. */
function requirepass(
  command: readonly Text[] | null,
  environment: Service["environment"],
  file: (path: string) => Text | undefined,
): Text | undefined {
  const index = command?.indexOf("--requirepass") ?? -1;
  const word = index < 0 ? inShell(command ?? []) : command![index + 1];
  const [, variable] = /^\$\{?(\w+)\}?$/.exec(word ?? "") ?? [];
  if (variable !== undefined) return environment[variable];
  const [, path] = /^\$\((?:cat|<)\s*([^\s)]+)\)$/.exec(word ?? "") ?? [];
  return path === undefined ? word : file(path);
}

function inShell(command: readonly Text[]): Text | undefined {
  const found = /--requirepass[\s=]+("[^"]*"|'[^']*'|\$\([^)]*\)|[^\s"']+)/.exec(
    command.join(" "),
  )?.[1];
  return found?.replace(/^(["'])(.*)\1$/, "$2");
}
