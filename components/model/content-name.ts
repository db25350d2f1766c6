import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** A secret among the inputs of a hash. */
class Hidden {
  constructor(readonly value: unknown) {}
}

/**
 * A short name for what something is made of: the same inputs, the same name, so that an interrupted update
 * finds its leftovers (decisions.md: content-named-containers), and different inputs a different one, so that the new
 * container can stand beside the old.
 *
 * The name is public, so all secrets together contribute at most eight bits: it does not confirm a guess of a
 * password. A changed secret that results in the same name is treated like a leftover container.
 */
export function contentName(base: string, inputs: unknown): pulumi.Output<string> {
  return pulumi.unsecret(
    marked(inputs).apply((known) => {
      const secrets: unknown[] = [];
      const open = stable(known, secrets);
      const name = `${base}-${digest(base, open).slice(0, 8)}`;
      return secrets.length === 0
        ? `${name}00`
        : `${name}${digest(base, stable(secrets, [])).slice(0, 2)}`;
    }),
  );
}

/** A hash of plain data, ten digits long. */
export function contentHash(data: unknown): string {
  return digest("", stable(data, [])).slice(0, 10);
}

function digest(salt: string, text: string): string {
  return createHash("sha256").update(salt).update(text).digest("hex");
}

/** The inputs once all of them are known, the secret ones as `Hidden`. */
function marked(value: unknown): pulumi.Output<unknown> {
  if (pulumi.Output.isInstance(value))
    return pulumi
      .all([value, pulumi.isSecret(value)])
      .apply(([known, secret]) => (secret ? new Hidden(known) : known));
  if (Array.isArray(value)) return pulumi.all(value.map(marked));
  if (value !== null && typeof value === "object")
    return pulumi.all(
      Object.fromEntries(Object.entries(value).map(([key, part]) => [key, marked(part)])),
    );
  return pulumi.output(value);
}

/** JSON whose keys are in order, so that the order of writing does not matter. */
function stable(value: unknown, secrets: unknown[]): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Hidden) {
      secrets.push(part.value);
      return null;
    }
    if (part === null || typeof part !== "object" || Array.isArray(part)) return part;
    return Object.fromEntries(
      Object.entries(part).sort(([a], [b]) => (a < b ? -1 : Number(a > b))),
    );
  });
}
