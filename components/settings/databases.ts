import { engineNames } from "../model/engine-name";
import { holdsHidden, parts, type SecretValues } from "../model/reference";
import { boolean, either, fields, integer, list, oneOf, type Value } from "../model/schema";
import * as formats from "./formats";
import type { Place } from "./reader";
import { text } from "./text";

const url = text("a URL", formats.databaseUrl, "always");

const options = fields({
  engine: oneOf(...engineNames),
  size: text("a size of the cloud"),
  highAvailability: boolean,
  readReplicas: integer(0, 15, "replicas"),
  storage: integer(1, 65536, "GiB"),
  backupDays: integer(0, 35, "days"),
  finalSnapshot: boolean,
  version: text("a version"),
  restoreFrom: text("a backup"),
  url,
  readUrls: list(url),
});

export const database = either(oneOf("container", "managed"), options);

export type DatabaseSetting = Value<typeof options> & {
  /** undefined: the default of the shape. */
  readonly mode?: "container" | "managed" | "url";
  /** PEM of the file that the url names (`sslrootcert`). */
  readonly ca?: string;
};

/** @param values has the URLs, which are secret */
export function readDatabase(
  value: Value<typeof database>,
  at: Place,
  values: SecretValues,
): DatabaseSetting {
  if (typeof value === "string") return { mode: value };
  if (value.url === undefined) {
    if (value.readUrls !== undefined)
      at.problem("readUrls without url; give the url of the database itself");
    return value;
  }
  const making = [
    ...(["size", "highAvailability", "readReplicas", "storage", "backupDays"] as const),
    "finalSnapshot" as const,
  ];
  for (const key of [...making, "restoreFrom" as const])
    if (value[key] !== undefined)
      at.child(key).problem("is for a database that is made; remove it, or url");
  const known = (text: string): string | undefined => {
    const [part] = parts(text);
    return typeof part === "object" ? values.get(`${part.kind}:${part.name}`) : text;
  };
  value.readUrls?.forEach((text, index) => checked(known(text), at.child("readUrls").child(index)));
  const named = checked(known(value.url), at.child("url"));
  const file = named === undefined ? undefined : authorityOf(named);
  const ca = file === undefined ? undefined : at.child("url").file(file);
  return { mode: "url", ...value, ...(ca !== undefined && { ca }) };
}

function checked(text: string | undefined, at: Place): URL | undefined {
  // An update has a value that cannot be decrypted here.
  if (text === undefined || holdsHidden(text)) return undefined;
  if (formats.databaseUrl(text) === undefined && URL.canParse(text)) return new URL(text);
  // The value is not shown: it may contain a password.
  at.problem(
    formats.databaseUrl(text) ??
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
