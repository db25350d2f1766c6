import { parts, type SecretValues } from "../model/reference";
import { readText } from "./files";
import { databaseUrl } from "./formats";
import type { Stated } from "./schema";
import type { DatabaseSetting } from "./settings";
import type { At } from "./types";

/** `databases` as it was stated; `values` has the URLs, which are secret. */
export function readDatabases(
  { databases = {} }: Stated,
  at: At,
  values: SecretValues,
  folder: string,
): Record<string, DatabaseSetting> {
  return Object.fromEntries(
    Object.entries(databases).map(([service, value]): [string, DatabaseSetting] => {
      if (typeof value === "string") return [service, { mode: value }];
      const own = at.child(service);
      const { url, readUrls = [] } = value;
      if (url === undefined) {
        if (value.readUrls !== undefined)
          own.problem("readUrls without url; give the url of the database itself");
        return [service, value];
      }
      const making = ["size", "highAvailability", "readReplicas", "storage", "backupDays"] as const;
      const made = [...making, "restoreFrom" as const].filter((key) => value[key] !== undefined);
      for (const key of made)
        own.child(key).problem("is for a database that is made; remove it, or url");
      const known = (text: string): string | undefined => {
        const [part] = parts(text);
        return typeof part === "object" ? values.get(`${part.kind}:${part.name}`) : text;
      };
      readUrls.forEach((text, index) => checked(known(text), own.child("readUrls").child(index)));
      const named = checked(known(url), own.child("url"));
      const file = named === undefined ? undefined : authorityOf(named);
      const ca = file === undefined ? undefined : readText(file, folder, own.child("url"));
      return [service, { mode: "url", ...value, ...(ca !== undefined && { ca }) }];
    }),
  );
}

/** Stands for a value that cannot be decrypted here; an update has it. */
const unreadable = "[secret]";

function checked(text: string | undefined, at: At): URL | undefined {
  if (text === undefined || text === unreadable) return undefined;
  if (databaseUrl(text) === undefined && URL.canParse(text)) return new URL(text);
  // The value is not shown: it may contain a password.
  at.problem(
    databaseUrl(text) ??
      "is not a URL; percent-encode signs in its user and password, as %40 for @",
  );
  return undefined;
}

/**
 * The file of the authority that signed the server's certificate: `sslrootcert` as PostgreSQL's clients have it,
 * `ssl-ca` as MySQL's, `ssl_ca_certs` as Redis's.
 */
function authorityOf({ searchParams }: URL): string | undefined {
  return (
    ["sslrootcert", "ssl-ca", "ssl_ca_certs"]
      .map((name) => searchParams.get(name))
      .find((value) => value !== null && value !== "system") ?? undefined
  );
}
