import { createHash, scryptSync } from "node:crypto";

/**
 * A short name for what a container is made of: the same inputs, the same name, so that an interrupted
 * update finds its leftovers (rule 10), and different inputs a different one, so that the new container
 * can stand beside the old.
 *
 * @param secret Whether the inputs hold a secret: then the digest is slow to compute, because the name is
 * for all to see and a short password could be guessed from a fast one.
 */
export function contentHash(inputs: unknown, salt: string, secret: boolean): string {
  const digest = createHash("sha256").update(salt).update(stable(inputs)).digest();
  const key = secret ? slow(digest, salt) : digest;
  return key.toString("hex").slice(0, 10);
}

const slowDigests = new Map<string, Buffer>();

function slow(digest: Buffer, salt: string): Buffer {
  const key = digest.toString("hex");
  const known = slowDigests.get(key) ?? scryptSync(digest, salt, 16, { N: 4096 });
  slowDigests.set(key, known);
  return known;
}

/** JSON whose keys are in order, so that the order of writing does not matter. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : Number(a > b))))
      : part,
  );
}
