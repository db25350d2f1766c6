import * as schema from "../model/schema";
import type { Checks, JsonSchema, Type } from "../model/schema";
import { holdsHidden } from "../model/reference";
import { isNull, scalar, type Node, type Path } from "../model/tree";

/** A leaf for editors: where it may be secret, also in the form that `pulumi config set --secret` writes. */
function leaf(json: JsonSchema, secret: boolean): JsonSchema {
  if (!secret) return json;
  const secure = { type: "object", properties: { secure: { type: "string" } } };
  return { anyOf: [json, { ...secure, required: ["secure"], additionalProperties: false }] };
}

/**
 * A text; numbers and switches are taken as they are written.
 *
 * @param what What it is, for messages and the documentation: `a path`.
 * @param check What is wrong with the text and what to do, or undefined. An encrypted text is not checked.
 * @param secret `may`: it may be encrypted; `always`: it is a secret, encrypted or not; `checked`: the same, and an
 * encrypted one is checked too, by a check whose messages do not show it.
 */
export function text(
  what: string,
  check?: (text: string) => string | undefined,
  secret?: "may" | "always" | "checked",
): Type<string> {
  const plain = schema.text(what, (value) =>
    value === "" ? `is empty; give ${what}` : check?.(value),
  );
  return secret === undefined
    ? { ...plain, json: { ...plain.json, title: title(what) } }
    : secretText(plain, secret !== "may", secret === "checked");
}

/** The value of a variable: it may be encrypted, and may be empty. */
export const value: Type<string> = filled(secretText(schema.text("a value"), false, false));

function filled(type: Type<string>): Type<string> {
  return {
    ...type,
    check(node, path, checks) {
      if (!isNull(node)) return type.check(node, path, checks);
      checks.complain(node.at, path, 'must be a value; write "" for an empty one');
      return undefined;
    },
  };
}

function secretText(plain: Type<string>, always: boolean, checkedToo: boolean): Type<string> {
  return {
    ...plain,
    secret: true,
    json: leaf({ ...plain.json, title: title(plain.what) }, true),
    check(node: Node, path: Path, checks: Checks): Node | undefined {
      const conceal = (found: Node): Node =>
        found.kind === "scalar" && checks.secrets !== undefined
          ? scalar(found.at, checks.secrets.conceal(path, found.text))
          : found;
      if (checks.secrets?.has(path) === true) {
        // The type itself would refuse an encrypted value: it is checked as if it were none.
        const known = checkedToo && node.kind === "scalar" && !holdsHidden(node.text);
        const plainly: Checks = { complain: (...all) => checks.complain(...all) };
        if (known && plain.check(node, path, plainly) === undefined) return undefined;
        if (plain.fits(node)) return conceal(node);
        schema.misfit(plain, node, path, checks);
        return undefined;
      }
      const checked = plain.check(node, path, checks);
      return checked !== undefined && always ? conceal(checked) : checked;
    },
  };
}

/** `CIDR block` of `a CIDR block`. */
function title(what: string): string {
  return what.replace(/^(an?|the) /, "");
}
