import { complain } from "../../context";
import type { Option } from "./static";
import { list, lose, refuse, switchOf, tell, type Label, type Labels, type Source } from "./label";
import type { Carried } from "./middlewares";
import type { Reading } from "./reading";
import { priorityOf, type LabelledRoute } from "./route";
import type { Syntax } from "./matchers";
import { readRule } from "./rules";

const http = "traefik.http.";
const ofRouter = /^traefik\.http\.routers\.([^.]+)\./;
const ofService = /^traefik\.http\.services\.([^.]+)\./;

/** Routes of labels of Traefik 2 and 3 (https://doc.traefik.io/traefik/v3.5/reference/routing-configuration/other-providers/docker/). */
export function readRouters(reading: Reading, labels: Labels): LabelledRoute[] {
  const routers = labels.names(ofRouter);
  const [service, ...others] = labels.names(ofService);
  if (routers.length > 0 || service === undefined || others.length > 0)
    return routers.flatMap((router) => routesOf(reading, labels, router));
  // Traefik makes a router of its default rule for it.
  const at = labels.find(ofService)[0]!;
  const target = serviceOf(reading, labels, service);
  if (target === undefined || !reading.entryPoints.of([]).reachable) return [];
  const own = reading.entryPoints.of([]).middlewares.map((one) => ofEntryPoint(reading, one));
  tellDefaultRule(reading, at);
  return [
    {
      ...{
        at,
        router: service,
        host: undefined,
        path: "/",
        answers: true,
        secure: true,
        stated: false,
      },
      ...target,
      middlewares: own.flatMap(({ middlewares }) => middlewares),
    },
  ];
}

function routesOf(reading: Reading, labels: Labels, router: string): LabelledRoute[] {
  const { context, entryPoints, middlewares } = reading;
  const start = `${http}routers.${router}.`;
  const rule = labels.take(`${start}rule`);
  // Without a rule Traefik takes its default one.
  const at = rule ?? labels.find(ofRouter).find(({ name }) => name.startsWith(start))!;
  const names = list(labels.value(`${start}entrypoints`) ?? "");
  const tls = labels
    .takeAll(/^traefik\.http\.routers\.[^.]+\.tls(\.|$)/)
    .filter(({ name }) => name.startsWith(`${start}tls`));
  const priority = labels.value(`${start}priority`);
  const syntax = labels.value(`${start}rulesyntax`)?.toLowerCase();
  const chain = labels.take(`${start}middlewares`);
  const target = targetOf(reading, labels, router, at);
  const entry = entryPoints.of(names);
  if (!entry.reachable) {
    notReachable(reading, at, names);
    return [];
  }
  if (target === undefined) return [];
  const own = chain === undefined ? undefined : middlewares.carry(chain.value, chain);
  const secured = tls.some(({ name, value }) => name !== `${start}tls` || switchOf(value) === true);
  const secure = entry.secure || names.length === 0 || secured;
  if (own?.redirectsToHttps === true && !secure) return [];
  const given = entry.middlewares.map((option) => ofEntryPoint(reading, option));
  refuseClientCertificates(reading, [...tls, ...entry.tlsOptions.map(asLabel)], start);
  const matches =
    rule === undefined
      ? [{ path: "/", answers: true }]
      : readRule(
          rule.value,
          (["v2", "v3"].includes(syntax ?? "") ? syntax : reading.syntax) as Syntax,
        );
  if (typeof matches === "string") {
    complain(
      context,
      `services.${at.service}.${at.key}`,
      `${matches}; write a rule of Traefik 3, or the route in berth:routes`,
    );
    return [];
  }
  if (rule === undefined) tellDefaultRule(reading, at);
  return matches.map((match) => ({
    at,
    router,
    host: rule === undefined ? undefined : (match.host ?? ""),
    path: match.path,
    answers: match.answers,
    ...(match.rule === undefined ? {} : { rule: match.rule }),
    ...target,
    secure,
    ...priorityOf(priority, rule),
    middlewares: [...given, ...(own === undefined ? [] : [own])].flatMap((one) => one.middlewares),
  }));
}

/** A template of the file's own Traefik is not read. */
function tellDefaultRule({ context, own }: Reading, at: Source): void {
  const rule = own?.options.get("providers.docker.defaultrule");
  if (rule !== undefined)
    lose(
      context,
      at,
      `${own!.service} has the default rule ${rule.value}, which is not read: the host is the service's name below berth:domain; give the router a rule`,
    );
}

function notReachable({ context, own }: Reading, at: Source, names: readonly string[]): void {
  const all = names.length === 0 ? "its entrypoint" : `the entrypoint ${names.join(", ")}`;
  const why =
    own === undefined ? `${all} is not one for everyone` : `${own.service} does not publish ${all}`;
  lose(
    context,
    at,
    `no route is made: ${why}; for one, write berth:routes: { HOST: { to: ${at.service}, internal: true } }`,
  );
}

function ofEntryPoint({ middlewares }: Reading, { value, at }: Option): Carried {
  return middlewares.carry(value, at);
}

const asLabel = ({ value, at }: Option): Label => ({
  ...at,
  name: "tls.options",
  written: "tls.options",
  value,
});

/** Options of TLS may ask for clients' certificates. */
function refuseClientCertificates(
  { context }: Reading,
  tls: readonly Label[],
  start: string,
): void {
  for (const label of tls) {
    const option = label.name.replace(start, "");
    if (option === "tls.options" && label.value.trim() !== "" && label.value !== "default")
      refuse(
        context,
        label,
        `the TLS options ${label.value}, which may ask for clients' certificates, are not carried over`,
      );
  }
}

type Target = Pick<LabelledRoute, "service" | "port" | "scheme" | "passHost" | "sticky">;

/** Where a router leads; undefined, with a notice or a problem, where that is nowhere here. */
function targetOf(
  reading: Reading,
  labels: Labels,
  router: string,
  at: Source,
): Target | undefined {
  const { context } = reading;
  const named = labels.take(`${http}routers.${router}.service`);
  const [name = "", provider = "docker"] = (named?.value ?? "").trim().toLowerCase().split("@");
  if (!["docker", "swarm"].includes(provider)) {
    lose(context, named!, `no route is made: ${named!.value} is no service of the Compose file`);
    return undefined;
  }
  const defined = labels.names(ofService);
  const elsewhere =
    name === "" || defined.includes(name)
      ? undefined
      : reading.all.find((other) => other.names(ofService).includes(name));
  const from = elsewhere ?? labels;
  const service =
    name !== "" && from.names(ofService).includes(name)
      ? name
      : defined.includes(router)
        ? router
        : defined[0];
  if (name === "" && defined.length > 1 && !defined.includes(router)) {
    complain(
      context,
      `services.${at.service}.${at.key}`,
      `leads to one of the services ${defined.join(", ")}; name it in ${http}routers.${router}.service`,
    );
    return undefined;
  }
  return service === undefined
    ? { service: labels.service, passHost: true, sticky: false }
    : serviceOf(reading, from, service);
}

function serviceOf({ context }: Reading, labels: Labels, name: string): Target | undefined {
  const start = `${http}services.${name}.loadbalancer.`;
  const url = labels.take(`${start}server.url`);
  if (url !== undefined) {
    lose(context, url, "no route is made: the edge leads to services of the Compose file only");
    return undefined;
  }
  const port = labels.take(`${start}server.port`);
  const scheme = labels.take(`${start}server.scheme`);
  const passHost = labels.take(`${start}passhostheader`);
  const known = schemeOf(scheme?.value);
  if (known === undefined)
    lose(context, scheme!, `"${scheme!.value}" is no scheme; write http, https or h2c`);
  if (port !== undefined && !/^\d+$/.test(port.value.trim()))
    complain(
      context,
      `services.${port.service}.${port.key}`,
      `"${port.value}" is not a port; give a number from 1 to 65535`,
    );
  return {
    service: labels.service,
    ...(port === undefined ? {} : { port: Number(port.value) }),
    ...(known === undefined || known === "http" ? {} : { scheme: known }),
    passHost: switchOf(passHost?.value ?? "true") !== false,
    sticky: stickyOf(labels, start),
  };
}

export function schemeOf(value = "http"): "http" | "https" | "h2c" | undefined {
  const found = value.trim().toLowerCase();
  return found === "http" || found === "https" || found === "h2c" ? found : undefined;
}

/** The cookie's options are the edge's own; the labels that say the same count as read. */
function stickyOf(labels: Labels, start: string): boolean {
  const own = labels.find(/\.sticky(\.|$)/).filter(({ name }) => name.startsWith(start));
  for (const label of own) {
    const option = label.name.slice(start.length);
    const same: Readonly<Record<string, RegExp>> = {
      sticky: /./,
      "sticky.cookie": /./,
      "sticky.cookie.httponly": /^(1|t|true)$/i,
      "sticky.cookie.secure": /^(1|t|true)$/i,
      "sticky.cookie.samesite": /^lax$/i,
    };
    if (same[option]?.test(label.value.trim()) === true) labels.settle(label);
  }
  return own.some(
    ({ name, value }) => !/\.sticky(\.cookie)?$/.test(name) || switchOf(value) !== false,
  );
}

/** Notices for what is left of a service's labels of Traefik 2 and 3. */
export function tellRest(reading: Reading, labels: Labels, healthy: boolean): void {
  const { context } = reading;
  for (const label of labels.unread) {
    const { name } = label;
    if (/\.loadbalancer\.sticky\.cookie\./.test(name))
      lose(
        context,
        label,
        "the cookie is the edge's own: berth_sticky, HttpOnly, SameSite=Lax, Secure where there is TLS",
      );
    else if (/\.(loadbalancer\.)?healthcheck\./.test(name)) {
      if (healthy) tell(context, label, "the service's own healthcheck decides instead");
      else lose(context, label, "the edge makes no health checks; give the service a healthcheck");
    } else if (/^traefik\.http\.middlewares\./.test(name))
      tell(context, label, "no route has this middleware");
    else if (/^traefik\.(swarm|docker)\.(network|lbswarm)$/.test(name))
      tell(
        context,
        label,
        "is not needed: the edge is on a network with every service it leads to",
      );
    else lose(context, label, "is not supported by Berth's edge; use berth:routes, or accept it");
  }
}
