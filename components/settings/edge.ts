import { boolean, either, fields, list, named, oneOf, type Value } from "../model/schema";
import { bytes } from "../model/units";
import * as formats from "./formats";
import type { Place } from "./reader";
import { text, value } from "./text";

const operator = text("a CIDR block", formats.cidr);

const anywhere = oneOf("anywhere");
export const operators = either(
  // Any other text is one CIDR block.
  { ...anywhere, fits: (node) => node.kind === "scalar" && node.text === "anywhere" },
  list(operator, true),
);

export const target = text("service[:port]", formats.target);

const asked = text("service:port/path, or a URL", formats.asked);
const header = text("a header");

const forwardAuth = fields(
  {
    to: asked,
    responseHeaders: list(header, true),
    responseHeadersRegex: text("a regular expression"),
    requestHeaders: list(header, true),
    trustForwardHeader: boolean,
  },
  { required: ["to"] },
);

export const route = fields({
  to: target,
  internal: boolean,
  allow: list(operator, true),
  auth: text("user:password", formats.basicAuth, "checked"),
  forwardAuth: either(asked, forwardAuth),
  redirect: text("a URL", formats.url),
  headers: named(text("a text"), { of: "header" }),
  sticky: boolean,
  maxBody: text("a size", formats.size),
  scheme: oneOf("http", "https", "h2c"),
});

/** What the edge serves at a host and path. */
export type RouteSetting = Omit<
  Value<typeof route>,
  "to" | "maxBody" | "scheme" | "forwardAuth"
> & {
  readonly host: string;
  /** `/` when the key names none. */
  readonly path: string;
  /** Empty for a redirect. */
  readonly service: string;
  readonly port?: number;
  /** Bytes of a request's body. */
  readonly maxBody?: number;
  /** `http` where it is not there. */
  readonly scheme?: "https" | "h2c";
  readonly forwardAuth?: Value<typeof forwardAuth>;
};

export interface OpenPortSetting {
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  readonly service: string;
  readonly target?: number;
}

/** The two parts around the first match. */
export function cut(text: string, at: RegExp): [string, string] {
  const match = at.exec(text);
  return match === null
    ? [text, ""]
    : [text.slice(0, match.index), text.slice(match.index + match[0].length)];
}

function serviceAndPort(text: string): { service: string; port?: number } {
  const [service, port] = cut(text, /:/);
  return { service, ...(port !== "" && { port: Number(port) }) };
}

export function readRoute(
  key: string,
  value: string | Value<typeof route>,
  at: Place,
): RouteSetting {
  const [host, rest] = cut(key, /(?=\/)/);
  const place = { host, path: rest === "" ? "/" : rest };
  if (typeof value === "string") return { ...place, ...serviceAndPort(value) };
  const { to, maxBody, scheme, forwardAuth, ...options } = value;
  if (to === undefined && options.redirect === undefined)
    at.problem("to is missing; give service or service:port, or a redirect");
  return {
    ...place,
    ...serviceAndPort(to ?? ""),
    ...options,
    ...(maxBody !== undefined && { maxBody: bytes(maxBody)! }),
    ...(scheme !== undefined && scheme !== "http" && { scheme }),
    ...(forwardAuth !== undefined && {
      forwardAuth: typeof forwardAuth === "string" ? { to: forwardAuth } : forwardAuth,
    }),
  };
}

/** Each port of a range by itself, as the edge listens on each. */
export function readOpenPorts(
  all: Readonly<Record<string, string>>,
  at: Place,
): readonly OpenPortSetting[] {
  const open = new Map<string, OpenPortSetting>();
  for (const [key, value] of Object.entries(all)) {
    const [range, written] = cut(key, /\//);
    const protocol = written === "udp" ? "udp" : "tcp";
    const [first, last] = formats.portRange(range);
    const [service, inside] = cut(value, /:/);
    const [start, end] = formats.portRange(inside === "" ? range : inside);
    if (end - start !== last - first) {
      at.child(key).problem(
        `${inside} has ${end - start + 1} ports and ${range} has ${last - first + 1}; name as many, or the service alone`,
      );
      continue;
    }
    for (let port = first; port <= last; port += 1) {
      if (open.has(`${port}/${protocol}`))
        at.child(key).problem(`${port} is in another key too; open it once`);
      open.set(`${port}/${protocol}`, {
        port,
        protocol,
        service,
        ...(inside !== "" && { target: start + port - first }),
      });
    }
  }
  return [...open.values()];
}

export const openTarget = text("service[:port]", formats.openTarget);

const pem = text("PEM, or the path of a PEM file", undefined, "may");

const modes = oneOf("letsencrypt", "staging", "self-signed", "off");
const options = fields({
  email: text("an email address", formats.email),
  dnsProvider: text("a DNS provider of Traefik, such as cloudflare"),
  dnsVariables: named(value, { of: "variable", wrong: formats.variableName }),
  cert: pem,
  key: pem,
});

export const tls = either(modes, options);

/** Where certificates come from; `cert` and `key` are PEM, there when the mode is `files`. */
export type Tls = Value<typeof options> & { readonly mode: Value<typeof modes> | "files" };

export function readTls(stated: Value<typeof tls>, at: Place): Tls {
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
  const content = (text: string, place: Place): string | undefined =>
    text.includes("-----BEGIN") || place.secret ? text : place.file(text);
  const certificate = content(cert, at.child("cert"));
  const secret = content(key, at.child("key"));
  return {
    mode: "files",
    ...(certificate !== undefined && { cert: certificate }),
    ...(secret !== undefined && {
      key: at.child("key").secret ? secret : at.child("key").conceal(secret),
    }),
  };
}
