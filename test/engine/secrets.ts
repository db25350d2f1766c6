import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { EngineStack } from "../rig/engine";

/** Every value that the engine keeps encrypted for a stack, opened: what a search must not find. */
export async function secretValues(stack: EngineStack): Promise<string[]> {
  const found = new Set<string>();
  const strings = (value: unknown): void => {
    // Certificates are for all to see, and OpenSSH's form of a key repeats the public one.
    if (typeof value === "string" && !/BEGIN (CERTIFICATE|OPENSSH)|^tcp:/.test(value))
      // Of a PEM each line but the last counts, which is of the public key; short words, and the paths beside uploads, stand everywhere.
      for (const line of value.split("\n"))
        if (line.trim().length >= 12 && !/^(-----|#|\/run\/)|^.{1,40}==$/.test(line.trim()))
          found.add(line.trim());
    if (typeof value === "object" && value !== null) Object.values(value).forEach(strings);
  };
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const { plaintext } = value as { plaintext?: string };
    if (plaintext !== undefined) strings(JSON.parse(plaintext));
    else Object.values(value).forEach(visit);
  };
  const { deployment } = await stack.export({ showSecrets: true });
  for (const { type, inputs, outputs } of deployment.resources ?? []) {
    // A machine's user-data is secret for one key in it; most of it is this program's own text.
    const { userData: _, ...rest } = inputs ?? {};
    visit(rest);
    if (!/:(Droplet|Instance)$/.test(type)) visit(outputs);
  }
  return [...found];
}

/** The texts in which `bytes` holds a secret as it is or as base64, at whatever offset. */
export function leaks(bytes: Buffer, secrets: readonly string[]): string[] {
  return secrets.filter((secret) =>
    [secret, ...encodings(secret)].some((form) => bytes.includes(form)),
  );
}

/** Base64 of a text that stands anywhere in a longer one, without the digits that its neighbours share. */
function encodings(secret: string): string[] {
  return [0, 1, 2].map((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
    const whole = padded.subarray(0, padded.length - (padded.length % 3)).toString("base64");
    return whole.slice(offset === 0 ? 0 : 4);
  });
}

/** All files that the engine wrote for a stack; of event logs all but the SDK's debug messages. */
export function written(stack: EngineStack): [string, Buffer][] {
  return readdirSync(stack.folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(stack.folder, name))
    .filter((name) => statSync(name).isFile())
    .map((name) => {
      const bytes = readFileSync(name);
      if (!/events-\d+\.json$/.test(name)) return [name, bytes];
      // Those of an option that these tests alone use, PULUMI_DEBUG_COMMANDS.
      const lines = bytes.toString().split("\n");
      return [name, Buffer.from(lines.filter((line) => !line.includes(debug)).join("\n"))];
    });
}

const debug = '"severity":"debug"';
