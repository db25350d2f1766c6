import type { EngineName } from "../model/engine-name";
import type { Service } from "../plan/plan";
import type { Backup } from "./backup";
import type { Bootstrap } from "./bootstrap";
import type { Derived } from "./derived";
import type { Existing } from "./existing";
import type { Kept } from "./kept";
import type { Login, Logins } from "./logins";
import type { Proxy } from "./proxy";
import type { Queue } from "./queue";
import type { ServerSettings } from "./settings/settings";

/**
 * All that Berth knows of a database engine (decisions.md: engine-object). Nothing outside of an engine's folder compares
 * its name, except a cloud that has a table of its own by engine. No part is optional, so that a new engine states each;
 * null: the engine has none.
 */
export interface Engine {
  readonly name: EngineName;
  /** Its name in messages: `PostgreSQL`. */
  readonly title: string;
  /** The port on which it listens. */
  readonly port: number;
  /** Images that run it: what the last part of their name matches, without tag. */
  readonly images: RegExp;
  /** Images of others that run it too, with extensions or with tags that begin with another number than its version. */
  readonly derived: readonly Derived[];
  /** Programs that are its server: a command line that starts another one does not run it (server.ts). */
  readonly programs: readonly string[];
  /** Folders in which its images keep data: a bind mount there is a volume (decisions.md: bind-mounts). */
  readonly dataFolders: readonly string[];
  /** Where its image keeps data, so that a service without a volume there gets one (decisions.md: kept-data). */
  readonly keeps: Kept;
  /** MiB that its container commonly takes, where the Compose file sets no limit. */
  readonly memory: number;
  /** Whether its other published ports are web pages, such as a management console, and get routes. */
  readonly console: boolean;
  /** The login and the database that the variables and the command of a Compose service ask for. */
  readonly login: (service: Pick<Service, "environment" | "mounts" | "compose">) => Login;
  /** How a service sets its server; null: no cloud has a managed one to set. */
  readonly settings: ServerSettings | null;
  /** The variables of the user that a managed server requires and a container does not; null: there is no such user. */
  readonly requiredUser: { readonly user: string; readonly password: string } | null;
  /**
   * The parts of the URL of an existing server (`databases.<service>.url` of the config).
   *
   * @throws TypeError when it is not a URL.
   */
  readonly url: (url: string) => Existing;
  /**
   * What has the name and port of a server outside of the machine or the cluster; null: there is none, and the plan
   * refuses such a server.
   *
   * @param listen The port that the application calls.
   */
  readonly proxy: ((listen: number) => Proxy) | null;
  /** How the proxy logs in for the application; null: it passes the application's own login on. */
  readonly logins: Logins | null;
  /** What makes the Compose file's databases and users on a new server; null: it needs none. */
  readonly bootstrap: Bootstrap | null;
  /** How the data of a container that runs it is saved (decisions.md: backups). */
  readonly backup: Backup;
  /** How an autoscaler counts the messages that wait in it; null: it holds no queues. */
  readonly queue: Queue | null;
}
