import type { Service as ComposeService } from "../../compose/app";

/** What a service's Traefik labels say about one router. */
export interface LabelledRoute {
  /** The router's name, and the label that it starts from. */
  readonly router: string;
  readonly label: string;
  readonly host?: string;
  readonly path: string;
  /** The whole rule, when it is more than a host and a path. */
  readonly rule?: string;
  readonly priority?: number;
  readonly port?: number;
  readonly sticky?: boolean;
  readonly allow?: readonly string[];
  readonly auth?: string;
  readonly stripPrefix?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly redirect?: string;
  readonly maxBody?: number;
}

export interface Labels {
  readonly enabled: boolean;
  readonly routes: readonly LabelledRoute[];
  /** Labels that say something Berth's edge does not do. */
  readonly unknown: readonly string[];
}

/** Labels that only concern Traefik's own discovery, or that Berth's edge does for every route. */
const settled =
  /^traefik\.(docker\.|tags$|enable$|http\.routers\.[^.]+\.(entrypoints|tls(\..*)?|service|middlewares)$|http\.middlewares\.[^.]+\.(redirectscheme|compress|retry)(\..*)?$|http\.middlewares\.[^.]+\.compress$|http\.services\.[^.]+\.loadbalancer\.(passhostheader|server\.scheme|healthcheck\..*|sticky\.cookie(\..*)?)$|frontend\.(entrypoints|passhostheader)|protocol$|backend(\.|$)|http\.routers\.[^.]+\.priority$)/;

/**
 * Traefik labels, of version 1 (`traefik.frontend.rule`) and of 2 and 3 (`traefik.http.*`), as routes.
 * Source: https://doc.traefik.io/traefik/routing/providers/docker/ and its 1.7 predecessor.
 */
export function readLabels({ labels, deploy }: ComposeService): Labels {
  const all = Object.entries({ ...deploy?.labels, ...labels })
    .filter(([key]) => /^traefik\./i.test(key))
    .map(([key, value]) => [key.toLowerCase(), value] as const);
  const map = new Map(all);
  if (map.get("traefik.enable") === "false") return { enabled: false, routes: [], unknown: [] };
  const read = new Set<string>();
  const take = (key: string): string | undefined => {
    read.add(key);
    return map.get(key);
  };
  const routes = [...second(map, take), ...first(map, take)];
  const unknown = all.map(([key]) => key).filter((key) => !read.has(key) && !settled.test(key));
  return { enabled: true, routes, unknown };
}

type Take = (key: string) => string | undefined;

function* second(map: ReadonlyMap<string, string>, take: Take): Generator<LabelledRoute> {
  const routers = new Set<string>();
  for (const key of map.keys()) {
    const router = /^traefik\.http\.routers\.([^.]+)\.rule$/.exec(key)?.[1];
    if (router !== undefined) routers.add(router);
  }
  const ports = new Map<string, number>();
  for (const key of map.keys()) {
    const service = /^traefik\.http\.services\.([^.]+)\.loadbalancer\.server\.port$/.exec(key)?.[1];
    if (service !== undefined) ports.set(service, Number(take(key)));
  }
  for (const router of routers) {
    const start = `traefik.http.routers.${router}`;
    const service = take(`${start}.service`) ?? router;
    const port = ports.get(service.replace(/@.*/, "")) ?? [...ports.values()][0];
    const priority = take(`${start}.priority`);
    const sticky = [...map.keys()].some((key) => /\.loadbalancer\.sticky/.test(key));
    const label = `${start}.rule`;
    const names = (take(`${start}.middlewares`) ?? "")
      .split(",")
      .map((name) => name.trim().replace(/@.*/, ""));
    const chained = Object.assign(
      {},
      ...names.map((name) => middleware(map, take, name)),
    ) as Partial<LabelledRoute>;
    for (const match of matches(take(label)!))
      yield {
        router,
        label,
        ...match,
        ...(port === undefined ? {} : { port }),
        ...(priority === undefined ? {} : { priority: Number(priority) }),
        ...(sticky ? { sticky } : {}),
        ...chained,
      };
  }
}

function middleware(
  map: ReadonlyMap<string, string>,
  take: Take,
  name: string,
): Partial<LabelledRoute> {
  const start = `traefik.http.middlewares.${name}.`;
  const found: { -readonly [Key in keyof LabelledRoute]?: LabelledRoute[Key] } = {};
  for (const key of map.keys()) {
    if (!key.startsWith(start)) continue;
    const option = key.slice(start.length);
    if (/^(ipallowlist|ipwhitelist)\.sourcerange$/.test(option)) found.allow = list(take(key)!);
    else if (option === "basicauth.users") found.auth = list(take(key)!).join("\n");
    else if (option === "stripprefix.prefixes") found.stripPrefix = list(take(key)!)[0]!;
    else if (option.startsWith("headers.customresponseheaders."))
      found.headers = {
        ...found.headers,
        [option.slice("headers.customresponseheaders.".length)]: take(key)!,
      };
    else if (option === "buffering.maxrequestbodybytes") found.maxBody = Number(take(key));
  }
  return found;
}

function* first(map: ReadonlyMap<string, string>, take: Take): Generator<LabelledRoute> {
  for (const key of map.keys()) {
    const named = /^traefik\.(?:([^.]+)\.)?frontend\.rule$/.exec(key);
    if (named === null) continue;
    const router = named[1] ?? "frontend";
    const start = named[1] === undefined ? "traefik" : `traefik.${named[1]}`;
    const port = take(`${start}.port`) ?? take("traefik.port");
    const auth = take(`${start}.frontend.auth.basic`) ?? take(`${start}.frontend.auth.basic.users`);
    const allow = take(`${start}.frontend.whitelist.sourcerange`);
    const sticky = take(`${start}.backend.loadbalancer.stickiness`) === "true";
    const redirect = take(`${start}.frontend.redirect.replacement`);
    const clauses = take(key)!.split(";");
    const values = (name: RegExp): string[] =>
      clauses.flatMap((clause) => {
        const [kind = "", ...rest] = clause.split(":");
        return name.test(kind.trim()) ? list(rest.join(":")) : [];
      });
    const paths = values(/^(Path|PathPrefix|PathPrefixStrip|PathStrip)$/i);
    const strip = values(/Strip$/i)[0];
    for (const host of values(/^Host$/i))
      for (const path of paths.length === 0 ? ["/"] : paths)
        yield {
          router,
          label: key,
          host,
          path,
          ...(port === undefined ? {} : { port: Number(port) }),
          ...(auth === undefined ? {} : { auth: list(auth).join("\n") }),
          ...(allow === undefined ? {} : { allow: list(allow) }),
          ...(sticky ? { sticky } : {}),
          ...(strip === undefined ? {} : { stripPrefix: strip }),
          ...(redirect === undefined ? {} : { redirect }),
        };
  }
}

/** A rule of hosts, path prefixes, `&&` and `||` as pairs of host and path; anything more stays a rule. */
function matches(rule: string): { host?: string; path: string; rule?: string }[] {
  const found: { host: string; path: string }[] = [];
  for (const alternative of rule.split("||")) {
    const bare = alternative.trim().replace(/^\((.*)\)$/, "$1");
    const hosts: string[] = [];
    const paths: string[] = [];
    for (const clause of bare.split("&&")) {
      const call = /^\s*\(?\s*(Host|PathPrefix|Path)\(([^()]*)\)\s*\)?\s*$/i.exec(clause);
      if (call === null) return [opaque(rule)];
      const values = [...call[2]!.matchAll(/[`'"]([^`'"]+)[`'"]/g)].map(([, value]) => value!);
      if (values.length === 0) return [opaque(rule)];
      (/^host$/i.test(call[1]!) ? hosts : paths).push(...values);
      if (/^path$/i.test(call[1]!)) return [opaque(rule)];
    }
    if (hosts.length === 0) return [opaque(rule)];
    for (const host of hosts)
      for (const path of paths.length === 0 ? ["/"] : paths) found.push({ host, path });
  }
  return found;
}

function opaque(rule: string): { host?: string; path: string; rule: string } {
  const host = /Host\(\s*[`'"]([^`'"]+)[`'"]/i.exec(rule)?.[1];
  const path = /PathPrefix\(\s*[`'"]([^`'"]+)[`'"]/i.exec(rule)?.[1] ?? "/";
  return { ...(host === undefined ? {} : { host }), path, rule };
}

function list(value: string): string[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
