import { statSync } from "node:fs";
import { resolve } from "node:path";
import { readDatabases } from "./databases";
import { readText } from "./files";
import { bytes } from "../model/units";
import type { Reader } from "./reader";
import type { Stated } from "./schema";
import type {
  Autoscale,
  CloudName,
  OpenPortSetting,
  RouteSetting,
  Settings,
  SiteSetting,
  Tls,
} from "./settings";
import { isMapping, type At } from "./types";

interface Material {
  readonly input: { readonly project: string; readonly stack: string; readonly folder: string };
  readonly reader: Reader;
  readonly stated: Stated;
  /** Every key with its value, as it arrived. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly provider: Readonly<Record<string, string>>;
}

/** What was stated, with the defaults of the README's table; undefined without a cloud. */
export function toSettings({
  input,
  reader,
  stated,
  given,
  provider,
}: Material): Settings | undefined {
  const { folder, project, stack } = input;
  const at = (name: string): At => reader.at(`berth:${name}`);
  const { cloud } = stated;
  const local = cloud === "local";
  const sites = readSites(stated, folder, at("sites"));
  const maintenancePage = readPage(stated.maintenancePage, folder, at("maintenancePage"));
  const tls = readTls(stated.tls, local, folder, at("tls"));
  const nodes = { min: 2, max: 5, ...stated.nodes };
  if (stated.nodes?.max === undefined) nodes.max = Math.max(nodes.min, nodes.max);
  if (nodes.min > nodes.max) at("nodes").problem(moreThan("min", nodes.min, nodes.max));
  const scale = readScale(stated, at("scale"));
  const listen = { http: 8080, https: 8443, ...stated.listen };
  if (listen.http === listen.https)
    at("listen").problem(`http and https are both ${listen.http}; give each its own port`);
  if (cloud === undefined) return undefined;
  const region = provider["region"];
  return {
    project,
    stack,
    folder,
    cloud,
    shape: stated.shape ?? "vm",
    compose: (stated.compose ?? ["compose.yaml"]).map((file) => resolve(folder, file)),
    profiles: stated.profiles ?? [],
    location: stated.location ?? "europe",
    ...(region !== undefined && { region }),
    provider,
    machine: stated.machine ?? "small",
    disk: stated.disk ?? 40,
    ...(stated.account !== undefined && { account: stated.account }),
    operators: local ? [] : (stated.operators ?? []),
    ...(stated.domain !== undefined && { domain: stated.domain }),
    listen,
    tls,
    routes: readRoutes(stated, at("routes")),
    variables: stated.variables ?? {},
    secrets: readSecrets(stated, at("secrets")),
    volumes: stated.volumes ?? {},
    images: stated.images ?? {},
    scale,
    databases: readDatabases(stated, at("databases"), reader.values, folder),
    nodes,
    sites,
    ...readDns(stated, cloud, at("dns")),
    ...(stated.registry !== undefined && { registry: stated.registry }),
    openPorts: readOpenPorts(stated),
    monitoring: stated.monitoring ?? {},
    backups: { schedule: "daily", keep: 7, ...stated.backups },
    updates: { reboot: "Sun 04:00", ...stated.updates },
    tags: { project, stack: stack.split("/").at(-1)!, ...stated.tags },
    timeouts: stated.timeouts ?? {},
    accept: new Map((stated.accept ?? []).map((entry) => cut(entry, /:\s*/))),
    ...(maintenancePage !== undefined && { maintenancePage }),
    protect: stated.protect ?? !local,
    stated: new Set(statedPaths(given)),
  };
}

const moreThan = (name: string, min: number, max: number): string =>
  `${name} is ${min} and max is ${max}; max must be at least min`;

/** The two parts around the first match. */
function cut(text: string, at: RegExp): [string, string] {
  const match = at.exec(text);
  return match === null
    ? [text, ""]
    : [text.slice(0, match.index), text.slice(match.index + match[0].length)];
}

function serviceAndPort(text: string): { service: string; port?: number } {
  const [service, port] = cut(text, /:/);
  return { service, ...(port !== "" && { port: Number(port) }) };
}

function readRoutes({ routes = {} }: Stated, at: At): RouteSetting[] {
  return Object.entries(routes).map(([key, value]) => {
    const [host, rest] = cut(key, /(?=\/)/);
    const place = { host, path: rest === "" ? "/" : rest };
    if (typeof value === "string") return { ...place, ...serviceAndPort(value) };
    const { to, maxBody, ...options } = value;
    if (to === undefined && options.redirect === undefined)
      at.child(key).problem("to is missing; give service or service:port, or a redirect");
    return {
      ...place,
      ...serviceAndPort(to ?? ""),
      ...options,
      ...(maxBody !== undefined && { maxBody: bytes(maxBody)! }),
    };
  });
}

function readOpenPorts({ openPorts = {} }: Stated): OpenPortSetting[] {
  return Object.entries(openPorts).map(([key, value]) => {
    const [port, protocol] = cut(key, /\//);
    const { service, port: target } = serviceAndPort(value);
    return {
      port: Number(port),
      protocol: protocol === "udp" ? "udp" : "tcp",
      service,
      ...(target !== undefined && { target }),
    };
  });
}

function readScale({ scale = {} }: Stated, at: At): Record<string, number | Autoscale> {
  for (const [service, value] of Object.entries(scale)) {
    if (typeof value === "number") continue;
    if (value.min > value.max) at.child(service).problem(moreThan("min", value.min, value.max));
    if (value.min === 0 && value.queue === undefined)
      at.child(service).problem("min is 0 without a queue to wake it; give a queue, or min 1");
  }
  return scale;
}

function readSecrets(
  { secrets = {} }: Stated,
  at: At,
): Record<string, string | { readonly generate: true }> {
  const found: Record<string, string | { readonly generate: true }> = {};
  for (const [name, value] of Object.entries(secrets))
    if (typeof value === "string") found[name] = value;
    else if (value.generate) found[name] = { generate: true };
    else at.child(name).problem("generate is false; write { generate: true }, or give the secret");
  return found;
}

function readSites({ sites = {} }: Stated, folder: string, at: At): Record<string, SiteSetting> {
  return Object.fromEntries(
    Object.entries(sites).map(([name, { path, spa = false, ...rest }]) => {
      const full = resolve(folder, path);
      if (!isFolder(full))
        at.child(name)
          .child("path")
          .problem(`"${path}" is not a folder; build the site first, or correct the path`);
      return [name, { path: full, spa, ...rest }];
    }),
  );
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function readPage(path: string | undefined, folder: string, at: At): string | undefined {
  return path === undefined ? undefined : readText(path, folder, at);
}

function readDns({ dns }: Stated, cloud: CloudName, at: At): Pick<Settings, "dns"> {
  if (dns === undefined) return {};
  if (dns.cloud === undefined && cloud === "local")
    at.problem("cloud is missing; name the cloud that has the zone: aws, gcp or digitalocean");
  return { dns: { zone: dns.zone, cloud: dns.cloud ?? cloud } };
}

function readTls(stated: Stated["tls"], local: boolean, folder: string, at: At): Tls {
  if (stated === undefined) return { mode: local ? "off" : "letsencrypt" };
  if (typeof stated === "string") return { mode: stated };
  const { cert, key, ...acme } = stated;
  if (cert === undefined && key === undefined) {
    if (acme.dnsProvider === undefined && acme.dnsVariables !== undefined)
      at.child("dnsVariables").problem("is given without dnsProvider; name the provider");
    return { mode: "letsencrypt", ...acme };
  }
  for (const name of Object.keys(acme))
    at.child(name).problem("is for letsencrypt and cannot stand beside cert and key; remove it");
  if (cert === undefined || key === undefined) {
    at.problem(`${cert === undefined ? "cert" : "key"} is missing; give cert and key together`);
    return { mode: "files" };
  }
  const pem = (text: string, place: At): string | undefined =>
    text.includes("-----BEGIN") || place.secret ? text : readText(text, folder, place);
  const certificate = pem(cert, at.child("cert"));
  const secret = pem(key, at.child("key"));
  return {
    mode: "files",
    ...(certificate !== undefined && { cert: certificate }),
    ...(secret !== undefined && {
      key: at.child("key").secret ? secret : at.child("key").conceal(secret),
    }),
  };
}

/** Every key and every path below it, dotted: `databases`, `databases.postgres`, … */
function statedPaths(given: Readonly<Record<string, unknown>>): string[] {
  const below = (value: unknown, path: string): string[] => [
    path,
    ...(isMapping(value)
      ? Object.entries(value).flatMap(([key, item]) => below(item, `${path}.${key}`))
      : []),
  ];
  return Object.entries(given)
    .filter(([key]) => key.startsWith("berth:"))
    .flatMap(([key, value]) => below(value, key.slice("berth:".length)));
}
