import { readUserList } from "../../../model/basic-auth";
import { hasReference } from "../../../model/reference";
import type { Context } from "../../context";
import type { Middleware } from "../../plan";
import { askedService } from "../forward-auth";
import { list, lose, refuse, type Label, type Labels, type Source } from "./label";
import { foreign, foreignGuards, kinds, needless, valueOf, type Kind } from "./options";

/** The middlewares of a chain as a route has them. */
export interface Carried {
  readonly middlewares: readonly Middleware[];
  /** It redirects to HTTPS, which the edge does for every host. */
  readonly redirectsToHttps: boolean;
}

const start = /^traefik\.http\.middlewares\.([^.]+)(?:\.|$)/;
const http = "traefik.http.middlewares.";

/**
 * The middlewares of all services: a router may name one that another service's labels define, as Traefik reads the
 * labels of all containers into one namespace.
 */
export class Middlewares {
  readonly #defined = new Map<string, Label[]>();
  readonly #services: ReadonlyMap<string, Labels>;

  constructor(
    private readonly context: Context,
    all: readonly Labels[],
  ) {
    this.#services = new Map(all.map((labels) => [labels.service, labels]));
    for (const labels of all)
      for (const label of labels.find(start)) {
        const name = start.exec(label.name)![1]!;
        this.#defined.set(name, [...(this.#defined.get(name) ?? []), label]);
      }
  }

  /**
   * What a list of names stands for, in its order.
   *
   * @param at What names them.
   */
  carry(names: string, at: Source, within: readonly string[] = []): Carried {
    const parts = list(names).map((name) => this.#one(name, at, within));
    return {
      middlewares: parts.flatMap(({ middlewares }) => middlewares),
      redirectsToHttps: parts.some(({ redirectsToHttps }) => redirectsToHttps),
    };
  }

  /** Whether one of these names redirects to HTTPS; it reports nothing. */
  redirects(names: string): boolean {
    return list(names).some((name) =>
      this.#defined
        .get(name.toLowerCase().split("@")[0]!)
        ?.some((label) => label.name.endsWith(".redirectscheme.scheme") && isHttps(label.value)),
    );
  }

  #one(reference: string, at: Source, within: readonly string[]): Carried {
    const { context } = this;
    const [name = "", provider = "docker"] = reference.toLowerCase().split("@");
    const labels = this.#defined.get(name);
    if (!["docker", "swarm"].includes(provider)) {
      refuse(context, at, `the middleware ${reference} is defined outside of the Compose file`);
      return none;
    }
    if (labels === undefined) {
      refuse(context, at, `no service's labels define the middleware ${reference}`);
      return none;
    }
    if (within.includes(name)) {
      refuse(context, at, `the middleware ${reference} leads back to itself`);
      return none;
    }
    const [first, ...others] = grouped(labels, ({ service }) => service).values();
    const same = (one: readonly Label[]): string =>
      JSON.stringify(one.map(({ name: each, value }) => [each, value]).sort());
    if (others.some((other) => same(other) !== same(first!))) {
      refuse(context, at, `several services define the middleware ${reference}, each differently`);
      return none;
    }
    for (const label of labels) this.#services.get(label.service)?.settle(label);
    const byKind = grouped(
      first!,
      (label) => label.name.slice(http.length + name.length + 1).split(".")[0]!,
    );
    return joined(
      [...byKind].map(([kind, own]) =>
        this.#ofKind(kind, own, http.length + name.length + 1, [...within, name]),
      ),
    );
  }

  /** @param prefix How much of a label's name comes before the kind. */
  #ofKind(
    kind: string,
    labels: readonly Label[],
    prefix: number,
    within: readonly string[],
  ): Carried {
    const { context } = this;
    const first = labels[0]!;
    if (kind === "chain")
      return joined(
        labels.map((label) =>
          label.name.endsWith(".chain.middlewares")
            ? this.carry(label.value, label, within)
            : refused(context, label, "is no option of a chain"),
        ),
      );
    if (kind === "redirectscheme") return redirectScheme(context, labels);
    if (kind in foreign) {
      for (const label of labels) lose(context, label, foreign[kind]!);
      return none;
    }
    const known = kinds[kind];
    if (known === undefined)
      return refused(context, first, foreignGuards[kind] ?? `the edge knows no middleware ${kind}`);
    const options = this.#options(known, kind, labels, prefix);
    if (options === undefined) return none;
    return { middlewares: middleware(context, known, options, first), redirectsToHttps: false };
  }

  /** Undefined where what the middleware cannot do without was refused. */
  #options(
    kind: Kind,
    kindName: string,
    labels: readonly Label[],
    prefix: number,
  ): Record<string, unknown> | undefined {
    const { context } = this;
    const options: Record<string, unknown> = {};
    const needed = essential[kind.name];
    const dropped: Label[] = [];
    const drop = (label: Label, what: string): void => {
      dropped.push(label);
      if (kind.guard === true) refuse(context, label, what);
      else lose(context, label, `${what}; write it in berth:routes where it has it, or accept it`);
    };
    for (const label of labels) {
      const option = label.name.slice(prefix + kindName.length + 1);
      if (needless.test(`${kindName}.${option}`)) continue;
      if (option === "") {
        if (kind.bare !== true) drop(label, `${kind.name} has no options`);
        continue;
      }
      const mapping = kind.options[option.split(".")[0]!];
      const [path, type] =
        mapping?.[1] === "names" ? mapping : (kind.options[option] ?? [undefined, "text" as const]);
      if (path === undefined) {
        drop(label, reasons[`${kindName}.${option}`] ?? unsupported(kind, option));
        continue;
      }
      const value = valueOf(type, label.value);
      if (value === undefined) drop(label, `"${label.value}" is no value of ${kind.name}.${path}`);
      else if (type === "names")
        put(
          options,
          [path, label.written.slice(prefix + kindName.length + 1 + path.length + 1)],
          value,
        );
      else put(options, path.split("."), value);
    }
    // Said already.
    return dropped.length > 0 && needed !== undefined && options[needed] === undefined
      ? undefined
      : options;
  }
}

const none: Carried = { middlewares: [], redirectsToHttps: false };

function grouped<T>(all: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}

function joined(parts: readonly Carried[]): Carried {
  return {
    middlewares: parts.flatMap(({ middlewares }) => middlewares),
    redirectsToHttps: parts.some(({ redirectsToHttps }) => redirectsToHttps),
  };
}

function refused(context: Context, label: Label, what: string): Carried {
  refuse(context, label, what);
  return none;
}

const reasons: Readonly<Record<string, string>> = {
  "basicauth.usersfile": "a file of users is not read",
};

function unsupported(kind: Kind, option: string): string {
  return /ipstrategy/.test(option)
    ? `${option} of ${kind.name} asks for the addresses in X-Forwarded-For, which the edge takes from no one`
    : `${option} of ${kind.name} is not supported by the edge`;
}

function put(
  into: Record<string, unknown>,
  [first, ...rest]: readonly string[],
  value: unknown,
): void {
  if (rest.length === 0) into[first!] = value;
  else put((into[first!] ??= {}) as Record<string, unknown>, rest, value);
}

/** What a guard cannot do without. */
const essential: Readonly<Record<string, string>> = {
  basicAuth: "users",
  forwardAuth: "address",
  ipAllowList: "sourceRange",
};

/**
 * A middleware with its options; none, with a problem, where a guard has not what it needs.
 *
 * @param at What defines it.
 */
export function middleware(
  context: Context,
  kind: Kind,
  options: Record<string, unknown>,
  at: Source,
): Middleware[] {
  const { name } = kind;
  const needed = essential[name];
  if (needed !== undefined && (options[needed] === undefined || options[needed] === "")) {
    refuse(context, at, `${name} without ${needed} lets no one in, or everyone`);
    return [];
  }
  if (name === "basicAuth") {
    const users = options["users"] as string;
    const found = hasReference(users) ? [] : readUserList(users);
    if (typeof found === "string") refuse(context, at, found);
    return typeof found === "string" ? [] : [{ kind: name, options }];
  }
  if (name !== "forwardAuth") return [{ kind: name, options }];
  const { address, ...rest } = options;
  const asked = askedService(context, address as string);
  if (typeof asked !== "string") return [{ kind: name, options: rest, asks: asked }];
  refuse(context, at, asked);
  return [];
}

const isHttps = (scheme: string): boolean => scheme.trim().toLowerCase() === "https";

/** To HTTPS the edge redirects anyway. */
function redirectScheme(context: Context, labels: readonly Label[]): Carried {
  const scheme = labels.find(({ name }) => name.endsWith(".redirectscheme.scheme"));
  if (scheme !== undefined && isHttps(scheme.value)) {
    for (const label of labels)
      if (label.name.endsWith(".port") && label.value.trim() !== "443")
        lose(context, label, "the edge redirects to its own HTTPS port");
    return { middlewares: [], redirectsToHttps: true };
  }
  for (const label of labels)
    lose(context, label, "the edge redirects to HTTPS only; write a redirect in berth:routes");
  return none;
}
