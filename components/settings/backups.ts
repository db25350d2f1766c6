import { boolean, either, fields, integer, named } from "../model/schema";
import type { Type } from "../model/schema";
import * as formats from "./formats";
import { text } from "./text";

/** What `backups` holds in Settings: false where nothing is backed up. */
export interface BackupSettings {
  /** `hourly`, `daily`, `weekly` or five cron fields in UTC. */
  readonly schedule: string;
  /** How many are kept. */
  readonly keep: number;
  /** A bucket of the stack's cloud, or a repository as restic names it; absent: a new bucket of the stack's cloud. */
  readonly to?: string;
  readonly credentials?: Readonly<Record<string, string>>;
  readonly password?: string;
}

export const backups: Type<boolean | Partial<BackupSettings>> = either(
  boolean,
  fields({
    schedule: text("a schedule", formats.schedule),
    keep: integer(1, 3650, "backups"),
    to: text("a repository", formats.repository),
    credentials: named(text("a value", undefined, "always"), {
      of: "variable",
      wrong: formats.variableName,
    }),
    password: text("a password", undefined, "always"),
  }),
);

export const backupDefaults = { schedule: "daily", keep: 7 };

export const backupsDescription =
  "Backups of everything that is not in a managed database, encrypted by restic; `false`: none. `schedule`: `hourly`, `daily`, `weekly` or cron in UTC; `keep`: how many. `to`: a bucket of the stack's cloud that exists already, or a repository as restic names it (`s3:https://host/bucket`, `azure:container:/`, `b2:bucket`, `rest:https://host`), with `credentials`, the variables that open it; the stack has a folder of its own in it. `password` encrypts; one is made. Docs: [docs/backups.md](docs/backups.md).";

export function readBackups(stated: boolean | Partial<BackupSettings>): BackupSettings | false {
  if (stated === false) return false;
  return { ...backupDefaults, ...(stated === true ? {} : stated) };
}
