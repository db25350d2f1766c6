import type { Script } from "../logins";
import type { Credentials } from "../proxy";

/**
 * The users that first-start scripts make with a password that stands in them: PgBouncer has to know each, and no
 * managed server shows its password hashes, so `auth_query` cannot be used.
 *
 * @param variables What shell scripts are given besides: `POSTGRES_PASSWORD`.
 */
export function loginsInScripts(
  scripts: readonly Script[],
  variables: Readonly<Record<string, string>>,
): Credentials[] {
  const found = new Map<string, string>();
  for (const { path, content } of scripts) {
    const text = path.endsWith(".sql") ? content : expanded(content, variables);
    for (const { groups } of text.matchAll(statement))
      found.set(nameOf(groups!.name!), groups!.password!.replace(/''/g, "'"));
  }
  return [...found].map(([user, password]) => ({ user, password }));
}

const statement =
  /\b(?:create|alter)\s+(?:user|role)\s+(?<name>"(?:[^"]|"")+"|[\w$]+)\s[^;']*?\bpassword\s+'(?<password>(?:[^']|'')*)'/gi;

const expanded = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replace(
    /\$(?:(\w+)|\{(\w+)\})/g,
    (whole, plain?: string, braced?: string) => variables[plain ?? braced ?? ""] ?? whole,
  );

const nameOf = (name: string): string =>
  name.startsWith('"') ? name.slice(1, -1).replace(/""/g, '"') : name.toLowerCase();
