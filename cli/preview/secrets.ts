import { createHmac, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { BadInput } from "../options";
import { secretsIn, type Recording } from "../recording";
import { identity, type PreviewDocument } from "./document";

const variable = "BERTH_PREVIEW_KEY";
/** Of a key that somebody gives: as hexadecimal digits, 128 bits. */
const shortest = 32;

/** A key for the hashes of a saved plan's secrets (decisions.md: saved-secrets). */
export interface SecretsKey {
  readonly key: string;
  /** Why a later preview will not have it; undefined: it will. */
  readonly lost?: string;
}

/**
 * The key of this computer: BERTH_PREVIEW_KEY, else that of the user's configuration, which is made where it is
 * missing.
 *
 * @throws BadInput when BERTH_PREVIEW_KEY is short enough to be guessed.
 */
export function secretsKey(env: NodeJS.ProcessEnv = process.env): SecretsKey {
  const given = env[variable];
  if (given !== undefined && given !== "") {
    if (given.length < shortest)
      throw new BadInput([
        `${variable}: is shorter than ${shortest} characters; make one with openssl rand -hex 32`,
      ]);
    return { key: given };
  }
  const file = join(env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"), "berth", "preview-key");
  try {
    return { key: storedKey(file) };
  } catch (error) {
    return { key: randomKey(), lost: (error as Error).message };
  }
}

/** @throws when it can be neither read nor made. */
function storedKey(file: string): string {
  try {
    const found = readFileSync(file, "utf8").trim();
    if (found.length >= shortest) return found;
    throw new Error(`${file} is not a key; remove it`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const key = randomKey();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, `${key}\n`, { mode: 0o600, flag: "wx" });
    return key;
  } catch (error) {
    // Another preview made one meanwhile.
    if ((error as NodeJS.ErrnoException).code === "EEXIST")
      return readFileSync(file, "utf8").trim();
    throw error;
  }
}

function randomKey(): string {
  return randomBytes(32).toString("hex");
}

/**
 * The document with a keyed hash of each secret input. Resource and path are part of what is hashed, so that equal
 * secrets do not show as equal.
 */
export function withSecretHashes(
  document: PreviewDocument,
  { resources }: Recording,
  { key }: SecretsKey,
): PreviewDocument {
  const hash = (...parts: unknown[]): string =>
    createHmac("sha256", key).update(JSON.stringify(parts)).digest("base64url").slice(0, 22);
  const hashes = new Map(
    resources.map(({ urn, inputs }) => [
      urn,
      Object.fromEntries(
        secretsIn(inputs).map(({ path, value }) => [path, hash(identity({ urn }), path, value)]),
      ),
    ]),
  );
  return {
    ...document,
    resources: document.resources.map((resource) => {
      const secrets = hashes.get(resource.urn) ?? {};
      return Object.keys(secrets).length === 0 ? resource : { ...resource, secrets };
    }),
    secretsKey: hash("key"),
  };
}
