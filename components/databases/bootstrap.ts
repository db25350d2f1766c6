import type { EngineName } from "../settings/settings";
import type { DatabaseSpec } from "./database-spec";
import { mongodbJs, mongodbScript } from "./mongodb/bootstrap";
import { mysqlScript, mysqlSql } from "./mysql/bootstrap";
import { postgresScript, postgresSql } from "./postgres/bootstrap";

/** How a new server gets the databases, users and passwords of the Compose file: the same in both shapes. */
export interface Bootstrap {
  /** The file of `sql`, beside which `ca.pem` stands. */
  readonly file: string;
  /**
   * Run by `sh -c` in the engine's own image, with the server in HOST, PORT, ADMIN, ADMIN_PASSWORD,
   * DEFAULT_DATABASE, TLS, SRV (`true` or `false`) and VERIFY (`host` or `authority`), the application in APP_USER, APP_PASSWORD and
   * APP_DATABASE, and the first-start scripts in /docker-entrypoint-initdb.d.
   */
  readonly script: string;
  readonly sql: (wanted: DatabaseSpec) => string;
  /** MiB that the script and its clients may take. */
  readonly memory: number;
}

/** undefined: the engine has nothing that would have to be made first. */
export function bootstrapOf(engine: EngineName): Bootstrap | undefined {
  const file = "bootstrap.sql";
  const memory = 256;
  switch (engine) {
    case "postgres":
      return { file, script: postgresScript, sql: postgresSql, memory };
    case "mysql":
    case "mariadb":
      return { file, script: mysqlScript, sql: mysqlSql, memory };
    case "mongodb":
      // mongosh is a program of Node.js.
      return { file: "bootstrap.js", script: mongodbScript, sql: mongodbJs, memory: 512 };
    default:
      return undefined;
  }
}

/** The extensions that SQL texts create, in order. */
export function extensionsIn(scripts: readonly string[]): string[] {
  const found = scripts.flatMap((script) =>
    [...script.matchAll(/create\s+extension\s+(?:if\s+not\s+exists\s+)?"?([\w-]+)"?/gi)].map(
      ([, name]) => name!,
    ),
  );
  return [...new Set(found)];
}

/** PostgreSQL users that clouds, or Berth as their administrator, keep for themselves: the application becomes another one on the server. */
export function serverUser(user: string): string {
  return /^(postgres|root|admin|berth|doadmin|rdsadmin|cloudsql.*|pg_.*)$/i.test(user)
    ? `app_${user.toLowerCase()}`
    : user;
}
