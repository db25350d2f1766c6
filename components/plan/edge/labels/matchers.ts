import { literal } from "../../../model/units";

/** A matcher call in version 3's language. */
export interface Call {
  readonly name: string;
  readonly args: readonly string[];
  readonly negated?: boolean;
  /** The whole condition, where it is more than one call: `!(a || b)`. */
  readonly text?: string;
}

export type Expression =
  | { readonly kind: "and" | "or"; readonly of: readonly Expression[] }
  | { readonly kind: "not"; readonly of: Expression }
  | { readonly kind: "call"; readonly call: Call };

export type Syntax = "v2" | "v3" | undefined;

/** A rule, or a part of one, that is not in Traefik's language. */
export class NotARule extends Error {}

const call = (name: string, ...args: string[]): Expression => ({
  kind: "call",
  call: { name, args },
});

function any(all: readonly Expression[]): Expression {
  return all.length === 1 ? all[0]! : { kind: "or", of: all };
}

function every(all: readonly Expression[]): Expression {
  return all.length === 1 ? all[0]! : { kind: "and", of: all };
}

/** A call of version 2 or 3 in version 3's language. */
export function translated(name: string, args: readonly string[], syntax: Syntax): Expression {
  const each = (make: (arg: string) => Expression): Expression => any(args.map(make));
  const isTemplate = (text: string): boolean => syntax !== "v3" && template.test(text);
  const pairs = (kind: string): Expression => {
    if (args.length % 2 !== 0) throw new NotARule(`${name} takes a name and a value`);
    return every(
      args.flatMap((arg, index) => (index % 2 === 0 ? [call(kind, arg, args[index + 1]!)] : [])),
    );
  };
  if (args.length === 0 || args[0] === "") throw new NotARule(`${name} has no value`);
  if (!/quer|header/i.test(name) && args.includes(""))
    throw new NotARule(`${name} has an empty value`);
  switch (name.toLowerCase()) {
    case "host":
    case "hostheader":
      return each((arg) => call("Host", arg.toLowerCase()));
    case "hostregexp":
      return each((arg) =>
        syntax === "v2" || isTemplate(arg)
          ? call("HostRegexp", `^${regexpOf(arg, "[^.]+", true)}$`)
          : call("HostRegexp", arg),
      );
    case "path":
      return each((arg) =>
        isTemplate(arg) ? call("PathRegexp", `^${regexpOf(arg, "[^/]+")}$`) : call("Path", arg),
      );
    case "pathprefix":
      return each((arg) =>
        isTemplate(arg)
          ? call("PathRegexp", `^${regexpOf(arg, "[^/]+")}`)
          : call("PathPrefix", arg),
      );
    case "pathregexp":
      return each((arg) => call("PathRegexp", arg));
    case "method":
      return each((arg) => call("Method", arg.toUpperCase()));
    case "clientip":
      return each((arg) => call("ClientIP", arg));
    case "header":
    case "headers":
      return pairs("Header");
    case "headerregexp":
    case "headersregexp":
      return pairs("HeaderRegexp");
    case "query":
      return args.length === 2 && !args[0]!.includes("=")
        ? call("Query", args[0]!, args[1]!)
        : every(args.map((arg) => queryOf(arg, isTemplate)));
    case "queryregexp":
      if (args.length > 2) throw new NotARule(`${name} takes a name and a value`);
      return call("QueryRegexp", ...args);
    default:
      throw new NotARule(`the edge knows no matcher ${name}`);
  }
}

/** `key=value` of version 2. */
function queryOf(arg: string, isTemplate: (text: string) => boolean): Expression {
  const cut = arg.indexOf("=");
  if (cut < 0) return call("Query", arg);
  const [key, value] = [arg.slice(0, cut), arg.slice(cut + 1)];
  return isTemplate(value)
    ? call("QueryRegexp", key, `^${regexpOf(value, ".*")}$`)
    : call("Query", key, value);
}

/** Version 2's way to have a regular expression in a value. */
const template = /\{[A-Za-z_]\w*(:[^]*)?\}/;

/** A template of version 2, `{name:regexp}` or `{name}` among plain text, as a regular expression. */
function regexpOf(template: string, any: string, lower = false): string {
  let made = "";
  let at = 0;
  while (at < template.length) {
    if (template[at] !== "{") {
      const plain = lower ? template[at]!.toLowerCase() : template[at]!;
      made += literal(plain);
      at++;
      continue;
    }
    const end = closing(template, at);
    const inner = template.slice(at + 1, end);
    const cut = inner.indexOf(":");
    const pattern = cut < 0 ? any : inner.slice(cut + 1);
    made += /^(\[[^\]]*\]|\.)[*+]?$/.test(pattern) ? pattern : `(?:${pattern})`;
    at = end + 1;
  }
  return made;
}

/** The position of the brace that closes the one at `start`. */
function closing(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "{") depth++;
    if (text[at] === "}" && --depth === 0) return at;
  }
  throw new NotARule(`"${text}" lacks a closing brace`);
}
