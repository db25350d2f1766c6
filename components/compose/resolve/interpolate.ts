import type { Text } from "../../model/reference";

/** Gives a variable's value, or undefined when it is not set. */
export type Lookup = (name: string) => Text | undefined;

/** What can go wrong in a template. */
export type Trouble =
  /** A variable without a default is not set. */
  | { readonly kind: "missing"; readonly name: string; readonly offset: number }
  /** `${V:?message}` */
  | {
      readonly kind: "required";
      readonly name: string;
      readonly offset: number;
      readonly reason: string;
    }
  /** Not a form that Compose knows. */
  | { readonly kind: "invalid"; readonly offset: number; readonly form: string };

const name = /[_a-zA-Z][_a-zA-Z0-9]*/y;

/**
 * The template with its variables replaced, as Compose does: `$V`, `${V}`, `${V:-default}`,
 * `${V-default}`, `${V:?message}`, `${V?message}`, `${V:+other}`, `${V+other}`, nested, and `$$` for
 * one `$`. References in values pass through untouched.
 */
export function interpolate(
  template: string,
  lookup: Lookup,
  trouble: (trouble: Trouble) => void,
  start = 0,
): Text {
  let result = "";
  let at = 0;
  for (;;) {
    const dollar = template.indexOf("$", at);
    if (dollar < 0) return result + template.slice(at);
    result += template.slice(at, dollar);
    const next = template[dollar + 1];
    const offset = start + dollar;
    if (next === "$") {
      result += "$";
      at = dollar + 2;
    } else if (next === "{") {
      const end = closing(template, dollar + 1);
      if (end < 0) {
        trouble({ kind: "invalid", offset, form: template.slice(dollar) });
        return result + template.slice(dollar);
      }
      result += braced(template.slice(dollar + 2, end), lookup, trouble, offset);
      at = end + 1;
    } else {
      name.lastIndex = dollar + 1;
      const found = name.exec(template)?.[0];
      if (found === undefined) {
        result += "$";
        at = dollar + 1;
      } else {
        const value = lookup(found);
        if (value === undefined) trouble({ kind: "missing", name: found, offset });
        result += value ?? "";
        at = dollar + 1 + found.length;
      }
    }
  }
}

/** Where the brace that opens at `open` closes; braces inside count. */
function closing(template: string, open: number): number {
  let depth = 0;
  for (let at = open; at < template.length; at++)
    if (template[at] === "{") depth++;
    else if (template[at] === "}" && --depth === 0) return at;
  return template.indexOf("}", open) < 0 ? -1 : template.lastIndexOf("}");
}

function braced(
  inner: string,
  lookup: Lookup,
  trouble: (trouble: Trouble) => void,
  offset: number,
): Text {
  const [, variable, operator, rest] =
    /^([_a-zA-Z][_a-zA-Z0-9]*)(?:(:?[-+?])([\s\S]*))?$/.exec(inner) ?? [];
  if (variable === undefined) {
    trouble({ kind: "invalid", offset, form: `\${${inner}}` });
    return "";
  }
  const value = lookup(variable);
  if (operator === undefined || rest === undefined) {
    if (value === undefined) trouble({ kind: "missing", name: variable, offset });
    return value ?? "";
  }
  const there = value !== undefined && (!operator.startsWith(":") || value !== "");
  const other = (): Text =>
    interpolate(rest, lookup, trouble, offset + 2 + variable.length + operator.length);
  switch (operator.at(-1)) {
    case "-":
      return there ? value : other();
    case "+":
      return there ? other() : (value ?? "");
    default:
      if (there) return value;
      trouble({ kind: "required", name: variable, offset, reason: other() });
      return "";
  }
}
