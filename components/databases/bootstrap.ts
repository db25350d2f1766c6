import type { Text } from "../model/reference";
import type { Login } from "./logins";

/** How a new server gets the databases, users and passwords of the Compose file: the same in both shapes. */
export interface Bootstrap {
  /** The repository of the official image with the engine's clients, for a service whose own image is built. */
  readonly image: string;
  /** The file of `sql`, beside which `ca.pem` stands. */
  readonly file: string;
  /**
   * Run by `sh -c` in the engine's own image, with the server in HOST, PORT, ADMIN, ADMIN_PASSWORD,
   * DEFAULT_DATABASE, TLS, SRV (`true` or `false`) and VERIFY (`host` or `authority`), the application in APP_USER,
   * APP_PASSWORD and APP_DATABASE, and the first-start scripts in /docker-entrypoint-initdb.d.
   */
  readonly script: string;
  readonly sql: (wanted: DatabaseSpec) => string;
  /** MiB that the script and its clients may take. */
  readonly memory: number;
  /** The users to make, where they are others than those of the Compose file: a root that is the only one. */
  readonly users: (login: Login) => BootstrapUsers;
  /** The user's name on the server, where clouds keep some names for themselves. */
  readonly serverUser: (user: string) => string;
}

export interface BootstrapUsers {
  readonly user?: Text | undefined;
  readonly password?: Text | undefined;
  /** Of a root beside the user. */
  readonly adminPassword?: Text | undefined;
}

/** What a server is asked for, without references. */
export interface DatabaseSpec {
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
  /** Of a root of MySQL beside another user. */
  readonly rootPassword?: string;
  /** Settings of the database itself, by the engine's names (`Database.settings` of the plan). */
  readonly settings?: Readonly<Record<string, string>>;
  /** Extensions that the scripts name: only an administrator makes some of them. */
  readonly extensions: readonly string[];
}
