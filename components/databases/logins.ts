import type { Database } from "../plan/plan";
import type { Upstream } from "./proxy";

/** What a Compose file asks a server for. */
export type Login = Pick<Database, "database" | "user" | "password" | "adminPassword">;

/** How a proxy logs in for the application. */
export interface Logins {
  /** The login of clients, and the login at the server where it differs. */
  readonly exchange: (
    server: LoginServer,
    texts: LoginTexts,
  ) => Pick<Upstream, "client" | "server">;
}

export interface LoginServer {
  /** Whether this stack makes the server, so that the bootstrap makes the application's user. */
  readonly fresh: boolean;
  /** Whether only the cloud's API creates users; the proxy then logs the application in as the administrator. */
  readonly imposesUser: boolean;
}

/** The texts of logins, empty where there is none. */
export interface LoginTexts {
  /** The application's user and password, as in the Compose file. */
  readonly user: string;
  readonly wanted: string;
  /** The server's administrator, or the login of its URL. */
  readonly admin: string;
  readonly password: string;
}
