import { scryptSync } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { contentHash } from "../../model/content-name";

/**
 * A name with a hash of the content: when the content changes, so does the name, and pods that use it are replaced.
 *
 * @param secret Whether the content is secret: then the hash is slow to compute, because names are visible in
 * the whole cluster and a fast hash would allow guessing a short password.
 */
export function contentName(
  base: string,
  content: unknown,
  secret: boolean,
): pulumi.Output<string> {
  const known = pulumi.output(content as Record<string, unknown>);
  return pulumi.unsecret(
    known.apply((plain) => {
      const hash = contentHash([base, plain]);
      return `${base}-${secret ? slow(hash, JSON.stringify(plain)) : hash}`;
    }),
  );
}

const digests = new Map<string, string>();

function slow(salt: string, text: string): string {
  const key = `${salt}${text}`;
  const known =
    digests.get(key) ?? scryptSync(text, salt, 16, { N: 4096 }).toString("hex").slice(0, 10);
  digests.set(key, known);
  return known;
}
