import { createHash } from "node:crypto";

/**
 * What a plan cannot know travels inside ordinary strings as a reference, never as a value: secrets,
 * and what only the cloud knows. Realising opens references (stack/secret-resolver.ts); until then a plan,
 * a preview and compose.resolved.yaml hold no secret, by construction.
 *
 * In a string a reference is `U+0001 kind : name U+0002`. YAML allows neither character in a file,
 * and the loader refuses their escapes, so no user's text can be taken for one.
 */
export type ReferenceKind =
  /** A leaf of the stack config, by its path: `variables.DB_PASSWORD`, `monitoring.datadogApiKey`. Secret. */
  | "config"
  /** A value that the loader read and keeps apart: of an env_file, a secret's file, a variable of .env. Secret. */
  | "file"
  /** A password made for this stack, by the secret's name. Secret. */
  | "generated"
  /** What only the cloud knows: `address` (the machine's or the load balancer's public address). */
  | "cloud"
  /** A managed database's part: `<service>.host|port|user|password|readHosts|url`. The last three are secret. */
  | "database";

export interface Reference {
  readonly kind: ReferenceKind;
  readonly name: string;
}

/** A string that may hold references. */
export type Text = string;

const pattern = /\u0001([a-z]+):([^\u0001\u0002]*)\u0002/g;

/** The reference as it stands in a string. */
export function refer(kind: ReferenceKind, name: string): Text {
  return `\u0001${kind}:${name}\u0002`;
}

/** The public address of the edge: an IP address, known once the cloud has given it. */
export const address: Text = refer("cloud", "address");

/** The text cut into plain strings and references, in order. */
export function parts(text: Text): (string | Reference)[] {
  const found: (string | Reference)[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) found.push(text.slice(end, match.index));
    found.push({ kind: match[1] as ReferenceKind, name: match[2]! });
    end = match.index + match[0].length;
  }
  if (end < text.length || found.length === 0) found.push(text.slice(end));
  return found;
}

/** Whether the text holds a reference of any kind. */
export function hasReference(text: Text): boolean {
  return text.includes("\u0001");
}

/** Whether a reference stands for a value that only the running application may see. */
export function isSecret({ kind, name }: Reference): boolean {
  if (kind === "cloud") return false;
  if (kind === "database") return !/\.(host|port|readHosts)$/.test(name);
  return true;
}

/** Whether any part of the text is secret. */
export function hasSecret(text: Text): boolean {
  return parts(text).some((part) => typeof part !== "string" && isSecret(part));
}

/** What stands for a secret where its value is not shown, or not known: an offline preview decrypts nothing. */
export const hidden = "[secret]";

/**
 * What stands for a config value that is encrypted here. It differs with the ciphertext, so that two plans of different
 * ciphertexts differ where the value is used; people see `[secret]` (`unsealed`).
 */
export function sealed(ciphertext: string): string {
  return `[secret:${createHash("sha256").update(ciphertext).digest("hex").slice(0, 16)}]`;
}

const seal = /\[secret:[0-9a-f]{16}\]/g;

/** The text as people see it: `[secret]` for each encrypted value in it. */
export function unsealed(text: string): string {
  return text.includes("[secret:") ? text.replace(seal, hidden) : text;
}

/** Whether a part of the text is not known here, being encrypted. */
export function holdsHidden(text: string): boolean {
  return unsealed(text).includes(hidden);
}

/** The text with each reference replaced, for people to read: `[secret]`, or what `show` gives. */
export function display(text: Text, show: (reference: Reference) => string = () => hidden): string {
  return parts(text)
    .map((part) => (typeof part === "string" ? part : show(part)))
    .join("");
}

/** Secret values that were read while loading, by `kind:name`; handed to realising, never to the plan. */
export type SecretValues = ReadonlyMap<string, string>;

/** Names whose value is taken for a secret: `DB_PASSWORD`, `API_KEY`, `SENTRY_DSN`. */
const secretName =
  /(PASS|PWD|SECRET|TOKEN|CREDENTIAL|PRIVATE|DSN|KEY(?!CLOAK|BOARD|SPACE|NAME))(?!.*_FILE$)/i;
/** A URL with a password in it. */
const secretUrl = /:\/\/[^/\s:@]*:[^/\s@]+@/;

/** Whether a variable's value is kept from previews, logs and plain state: by its parts, its name, or its look. */
export function looksSecret(name: string, value: Text): boolean {
  return hasSecret(value) || (value !== "" && (secretName.test(name) || secretUrl.test(value)));
}
