import { complain } from "../../context";
import type { Middleware } from "../../plan";
import { list, lose, refuse, switchOf, tell, type Label, type Labels } from "./label";
import { guardsOf, headersOf } from "./legacy-guards";
import type { Reading } from "./reading";
import { priorityOf, type LabelledRoute } from "./route";
import { schemeOf } from "./routers";
import { readRule, type Match } from "./rules";

const ofFrontend = /^traefik\.(?:([^.]+)\.)?frontend\./;

/**
 * Routes of labels of Traefik 1 (https://doc.traefik.io/traefik/v1.7/configuration/backends/docker/#labels-overriding-default-behavior).
 * A segment, `traefik.<segment>.frontend.rule`, is a frontend of its own.
 */
export function readFrontends(reading: Reading, labels: Labels): LabelledRoute[] {
  const starts = new Set(
    labels.find(ofFrontend).map(({ name }) => {
      const segment = ofFrontend.exec(name)![1];
      return segment === undefined ? "traefik." : `traefik.${segment}.`;
    }),
  );
  // A port alone has Traefik's default rule.
  if (starts.size === 0 && labels.find(/^traefik\.port$/).length > 0) starts.add("traefik.");
  return [...starts].flatMap((start) => routesOf(reading, labels, start));
}

function routesOf(reading: Reading, labels: Labels, start: string): LabelledRoute[] {
  const { context, entryPoints } = reading;
  const frontend = `${start}frontend.`;
  const at = labels
    .find(/^traefik\./)
    .find(({ name }) => name.startsWith(frontend) || name === "traefik.port")!;
  const rule = labels.take(`${frontend}rule`);
  const names = list(labels.value(`${frontend}entrypoints`) ?? "");
  const priority = labels.value(`${frontend}priority`);
  const port = labels.take(`${start}port`) ?? labels.take("traefik.port");
  const protocol = labels.take(`${start}protocol`) ?? labels.take("traefik.protocol");
  const passHost = labels.take(`${frontend}passhostheader`);
  const stickiness =
    labels.take(`${start}backend.loadbalancer.stickiness`) ??
    labels.take("traefik.backend.loadbalancer.stickiness") ??
    labels.take("traefik.backend.loadbalancer.sticky");
  for (const name of [`${start}backend`, "traefik.backend"]) labels.take(name);
  const redirect = redirectOf(labels, frontend);
  const guards = guardsOf(context, labels, frontend);
  const headers = headersOf(context, labels, frontend);
  const source = rule ?? at;
  const entry = entryPoints.of(names);
  if (!entry.reachable) {
    lose(
      context,
      source,
      `no route is made: the entrypoint ${names.join(", ")} is not one for everyone; for one, write berth:routes: { HOST: { to: ${labels.service}, internal: true } }`,
    );
    return [];
  }
  const translated = rule === undefined ? {} : ruleOf(rule.value);
  const matches =
    typeof translated === "string" || translated.rule === undefined
      ? translated
      : readRule(translated.rule, "v2");
  if (typeof translated === "string" || typeof matches === "string") {
    complain(
      context,
      `services.${source.service}.${source.key}`,
      `${matches as string}; write the route in berth:routes`,
    );
    return [];
  }
  const scheme = schemeOf(protocol?.value);
  if (scheme === undefined)
    lose(context, protocol!, `"${protocol!.value}" is no scheme; write http, https or h2c`);
  return (
    Array.isArray(matches) ? (matches as readonly Match[]) : [{ path: "/", answers: true }]
  ).map((match: Match) => ({
    at: source,
    service: labels.service,
    router: start,
    host: translated.rule === undefined ? undefined : (match.host ?? ""),
    path: match.path,
    answers: match.answers,
    ...(match.rule === undefined ? {} : { rule: match.rule }),
    ...(port === undefined ? {} : { port: Number(port.value) }),
    ...(scheme === undefined || scheme === "http" ? {} : { scheme }),
    passHost: switchOf(passHost?.value ?? "true") !== false,
    sticky: switchOf(stickiness?.value ?? "false") === true,
    secure: entry.secure,
    ...priorityOf(priority, rule),
    middlewares: [...guards, ...redirect, ...headers, ...(translated.changes ?? [])],
  }));
}

/** Matchers of version 1, and those of version 2 that they are. */
const matchers: Readonly<Record<string, string>> = {
  host: "Host",
  hostregexp: "HostRegexp",
  path: "Path",
  pathstrip: "Path",
  pathstripregex: "Path",
  pathprefix: "PathPrefix",
  pathprefixstrip: "PathPrefix",
  pathprefixstripregex: "PathPrefix",
  method: "Method",
};

interface Translated {
  /** In version 2's language. */
  readonly rule?: string;
  /** What the rule does to the request's path. */
  readonly changes?: readonly Middleware[];
}

/** `Host:a.example.com,b.example.com;PathPrefixStrip:/app`; a text where it is none. */
function ruleOf(text: string): Translated | string {
  const conditions: string[] = [];
  const changes: Middleware[] = [];
  for (const clause of text.split(";").map((each) => each.trim())) {
    if (clause === "") continue;
    const cut = clause.indexOf(":");
    const kind = clause.slice(0, Math.max(cut, 0)).trim().toLowerCase();
    const value = clause.slice(cut + 1).trim();
    const values = outsideBraces(value);
    const matcher = matchers[kind];
    const quoted = values.map((one) => `\`${one}\``).join(", ");
    if (values.length === 0) return `"${clause}" is not a rule of Traefik 1`;
    if (matcher !== undefined) conditions.push(`${matcher}(${quoted})`);
    else if (kind === "headers" || kind === "headersregexp") {
      if (values.length !== 2) return `"${clause}" has not a name and a value`;
      conditions.push(`${kind === "headers" ? "Headers" : "HeadersRegexp"}(${quoted})`);
    } else if (kind === "query") conditions.push(`Query(${quoted})`);
    else if (kind === "addprefix") changes.push({ kind: "addPrefix", options: { prefix: value } });
    else if (kind === "replacepath")
      changes.push({ kind: "replacePath", options: { path: value } });
    else if (kind === "replacepathregex") {
      const [, regex, replacement] = /^(\S+)\s+(\S+)$/.exec(value) ?? [];
      if (regex === undefined) return `"${clause}" has not a regular expression and a replacement`;
      changes.push({ kind: "replacePathRegex", options: { regex, replacement } });
    } else return `the edge knows no matcher ${clause.slice(0, Math.max(cut, 0))}`;
    if (/strip$/.test(kind)) changes.push({ kind: "stripPrefix", options: { prefixes: values } });
    if (/stripregex$/.test(kind))
      changes.push({ kind: "stripPrefixRegex", options: { regex: values.map(stripped) } });
  }
  return { ...(conditions.length === 0 ? {} : { rule: conditions.join(" && ") }), changes };
}

/** A template of version 1 as the expression of what is stripped. */
const stripped = (template: string): string =>
  `^${template.replace(/\{\w+:([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}/g, "($1)").replace(/\{\w+\}/g, "[^/]+")}`;

/** The parts by commas that stand in no braces. */
function outsideBraces(value: string): string[] {
  const found = [""];
  let depth = 0;
  for (const sign of value) {
    if (sign === "{") depth++;
    if (sign === "}") depth--;
    if (sign === "," && depth === 0) found.push("");
    else found.push(`${found.pop() ?? ""}${sign}`);
  }
  return found.map((part) => part.trim()).filter((part) => part !== "");
}

/** A redirect to the entrypoint `https` is the edge's own. */
function redirectOf(labels: Labels, frontend: string): Middleware[] {
  const take = (option: string): Label | undefined => labels.take(`${frontend}redirect.${option}`);
  const [regex, replacement, permanent] = [take("regex"), take("replacement"), take("permanent")];
  take("entrypoint");
  if (replacement === undefined) return [];
  return [
    {
      kind: "redirectRegex",
      options: {
        regex: regex?.value ?? "^.*$",
        replacement: replacement.value,
        ...(permanent === undefined ? {} : { permanent: switchOf(permanent.value) === true }),
      },
    },
  ];
}

/** Beside labels of Traefik 2 and 3 those of version 1 have no effect. */
export function tellLegacyUnused({ context }: Reading, labels: Labels): void {
  for (const label of labels.takeAll(legacy))
    tell(context, label, "has no effect beside the labels of Traefik 2 and 3");
}

const legacy =
  /^traefik\.(port|protocol|weight|backend|domain|([^.]+\.)?(frontend|backend)\..*|[^.]+\.port)$/;

/** Notices for what is left of a service's labels of Traefik 1; the rest is told with those of later versions. */
export function tellLegacyRest({ context }: Reading, labels: Labels, healthy: boolean): void {
  for (const label of labels.unread) {
    const option = /^traefik\.(?:[^.]+\.)?(frontend|backend)\.(.*)$/.exec(label.name);
    if (/^traefik\.(tags|constraint-label|domain|([^.]+\.)?backend)$/.test(label.name)) {
      labels.settle(label);
      tell(context, label, "is for Traefik's own discovery, which the edge does without");
    } else if (option?.[1] === "backend" && option[2]!.startsWith("healthcheck")) {
      labels.settle(label);
      if (healthy) tell(context, label, "the service's own healthcheck decides instead");
      else lose(context, label, "the edge makes no health checks; give the service a healthcheck");
    } else if (option?.[1] === "frontend" && /^(auth|whitelist|passtls)/.test(option[2]!)) {
      labels.settle(label);
      refuse(context, label, `${option[2]!} is not supported by the edge`);
    }
  }
}
