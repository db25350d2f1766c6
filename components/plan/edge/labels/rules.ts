/**
 * Rules of Traefik 2 and 3 as rules of version 3.
 * Sources: https://doc.traefik.io/traefik/v2.11/routing/routers/#rule and its successor for version 3.
 */

import { NotARule, translated, type Call, type Expression, type Syntax } from "./matchers";

/** One alternative of a rule. */
export interface Match {
  /** The host, `*.example.com` for any host below it; undefined where the rule names none. */
  readonly host?: string;
  readonly path: string;
  /** Whether anything answers at the path: a regular expression names none. */
  readonly answers: boolean;
  /** The rule in version 3's language, where it says more than the host. */
  readonly rule?: string;
}

/** More alternatives than this stay one rule. */
const most = 32;

/**
 * The alternatives of a rule: each is a route of its own, with a URL where it names a host.
 *
 * @param syntax The version whose language it is; undefined where only its form can tell.
 * @returns What is wrong with it, as a text, where it cannot be translated.
 */
export function readRule(rule: string, syntax?: Syntax): readonly Match[] | string {
  try {
    const expression = parse(rule, syntax);
    const alternatives = disjuncts(expression);
    return alternatives === undefined
      ? [{ path: "/", answers: false, rule: render(expression) }]
      : alternatives.map(matchOf);
  } catch (error) {
    if (error instanceof NotARule) return error.message;
    throw error;
  }
}

function matchOf(calls: readonly Call[]): Match {
  const first = (...names: string[]): string | undefined =>
    calls.find(({ name, negated }) => negated !== true && names.includes(name))?.args[0];
  const regexp = first("HostRegexp");
  const host = first("Host") ?? (regexp === undefined ? undefined : wildcardOf(regexp));
  const path = first("PathPrefix", "Path");
  const rest = calls.filter(
    ({ name, args, negated }) => negated === true || name !== "PathPrefix" || args[0] !== "/",
  );
  const plain =
    rest.length === 1 &&
    rest[0]!.name === "Host" &&
    rest[0]!.negated !== true &&
    host !== undefined;
  const all = rest.length === 0 ? calls : rest;
  return {
    ...(host === undefined ? {} : { host }),
    path: path ?? "/",
    answers: path !== undefined || first("PathRegexp") === undefined,
    ...(plain ? {} : { rule: all.map(shownCall).join(" && ") }),
  };
}

/** `*.example.com` of a regular expression for the hosts below a domain. */
function wildcardOf(regexp: string): string | undefined {
  const below = /^\^?(?:\(.*\)|\[.*\]|\.)[^.\\]*\\\.((?:[a-z0-9-]+\\\.)+[a-z0-9-]+)\$?$/i.exec(
    regexp,
  );
  return below === null ? undefined : `*.${below[1]!.replaceAll("\\", "").toLowerCase()}`;
}

/** The alternatives, each a list of conditions that all have to hold. */
function disjuncts(expression: Expression): Call[][] | undefined {
  switch (expression.kind) {
    case "call":
      return [[expression.call]];
    case "not":
      return expression.of.kind === "call"
        ? [[{ ...expression.of.call, negated: true }]]
        : [[{ name: "", args: [], negated: true, text: render(expression.of) }]];
    case "or": {
      const all = expression.of.map(disjuncts);
      return limited(all.every((one) => one !== undefined) ? all.flat() : undefined);
    }
    case "and": {
      let all: Call[][] | undefined = [[]];
      for (const each of expression.of) {
        const more = disjuncts(each);
        all =
          more === undefined
            ? undefined
            : limited(all?.flatMap((start) => more.map((end) => [...start, ...end])));
      }
      return all;
    }
  }
}

const limited = (all: Call[][] | undefined): Call[][] | undefined =>
  all !== undefined && all.length <= most ? all : undefined;

function render(expression: Expression): string {
  switch (expression.kind) {
    case "call":
      return shownCall(expression.call);
    case "not":
      return `!(${render(expression.of)})`;
    case "or":
      return `(${expression.of.map(render).join(" || ")})`;
    case "and":
      return expression.of.map(render).join(" && ");
  }
}

function shownCall({ name, args, negated, text }: Call): string {
  const call = text === undefined ? `${name}(${args.map(quoted).join(", ")})` : `(${text})`;
  return `${negated === true ? "!" : ""}${call}`;
}

const quoted = (text: string): string =>
  text.includes("`") ? JSON.stringify(text) : `\`${text}\``;

/** Recursive descent over `||`, `&&`, `!`, parentheses and calls. */
function parse(rule: string, syntax: Syntax): Expression {
  const tokens = tokensOf(rule);
  let at = 0;
  const is = (text: string): boolean => tokens[at] === text;
  const expect = (text: string): void => {
    if (!is(text)) throw new NotARule(`"${rule}" lacks a "${text}"`);
    at++;
  };
  const several = (kind: "and" | "or", sign: string, next: () => Expression): Expression => {
    const of = [next()];
    while (is(sign)) {
      at++;
      of.push(next());
    }
    return of.length === 1 ? of[0]! : { kind, of };
  };
  const either = (): Expression => several("or", "||", both);
  const both = (): Expression => several("and", "&&", one);
  const one = (): Expression => {
    if (is("!")) {
      at++;
      return { kind: "not", of: one() };
    }
    if (is("(")) {
      at++;
      const inner = either();
      expect(")");
      return inner;
    }
    const name = tokens[at++];
    if (name === undefined || !/^\w+$/.test(name)) throw new NotARule(`"${rule}" is not a rule`);
    expect("(");
    const args: string[] = [];
    while (at < tokens.length && !is(")")) {
      const arg = tokens[at++]!;
      if (!/^["'`]/.test(arg))
        throw new NotARule(`"${rule}" is not a rule: ${arg} is not in quotes`);
      args.push(arg.slice(1, -1));
      if (is(",")) at++;
    }
    expect(")");
    return translated(name, args, syntax);
  };
  const whole = either();
  if (at < tokens.length) throw new NotARule(`"${rule}" is not a rule: it goes on after its end`);
  return whole;
}

function tokensOf(rule: string): string[] {
  const tokens = rule.match(/\|\||&&|[!(),]|\w+|`[^`]*`|"(?:[^"\\]|\\.)*"|'[^']*'|\S/g) ?? [];
  return tokens.map((token) =>
    token.startsWith('"') && token.length > 1 ? `"${unescaped(token)}"` : token,
  );
}

function unescaped(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    return token.slice(1, -1);
  }
}
