import { isIP } from "node:net";
import { readUsers } from "../model/basic-auth";
import { bytes } from "../model/units";

/** Checks of single texts: each gives what is wrong and what to do, or undefined. */

const name = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i;

/** A CIDR block, IPv4 or IPv6. */
export function cidr(text: string): string | undefined {
  const [address = "", bits, ...rest] = text.split("/");
  const version = address.includes("%") ? 0 : isIP(address);
  if (version === 0 || rest.length > 0)
    return `"${text}" is not a CIDR block; write an address range such as 203.0.113.0/24`;
  const most = version === 4 ? 32 : 128;
  if (bits === undefined) return `"${text}" has no prefix length; write "${text}/${most}"`;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > most)
    return `"/${bits}" is not a prefix length; give one from /0 to /${most}`;
  return undefined;
}

/** A DNS name without scheme, port or path. */
export function domain(text: string): string | undefined {
  if (/^[a-z]+:\/\//i.test(text))
    return `"${text}" is a URL; write the name alone: "${text.replace(/^[a-z]+:\/\//i, "").replace(/[/:].*$/, "")}"`;
  if (text.length <= 253 && text.split(".").every((part) => label.test(part))) return undefined;
  return `"${text}" is not a domain name; write one such as example.com`;
}

/** The host of a route: a DNS name, or one whose first label is a star. */
function host(text: string): string | undefined {
  if (text === "") return "has no host; write host/path, such as app.example.com/api";
  return domain(text.replace(/^\*\./, ""));
}

/** The key of a route: `host[/path]`. */
export function routeKey(text: string): string | undefined {
  return host(text.replace(/\/.*$/, ""));
}

/** `service[:port]`. */
export function target(text: string): string | undefined {
  const [service = "", port, ...rest] = text.split(":");
  if (!name.test(service) || rest.length > 0)
    return `"${text}" is not a service; write service or service:port, such as web:8000`;
  return port === undefined ? undefined : portNumber(port);
}

function portNumber(text: string): string | undefined {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535) return undefined;
  return `"${text}" is not a port; give a number from 1 to 65535`;
}

/** The first and the last of `50000-50100`, or one port twice. */
export function portRange(text: string): readonly [number, number] {
  const [first = "", last = first] = text.split("-");
  return [Number(first), Number(last)];
}

/** Each is an entrypoint of the edge, and a port of its container. */
const mostPorts = 500;

function ports(text: string): string | undefined {
  const both = text.split("-");
  if (both.length > 2) return `"${text}" is not a range; write it as 50000-50100`;
  const wrong = both.map(portNumber).find((one) => one !== undefined);
  if (wrong !== undefined) return wrong;
  const [first, last] = portRange(text);
  if (last < first) return `"${text}" ends before it starts; write the lower port first`;
  return last - first < mostPorts
    ? undefined
    : `"${text}" is more than ${mostPorts} ports; open fewer`;
}

/** The key of an open port or a range of them: `port[-port][/udp]`. */
export function openPort(text: string): string | undefined {
  const [range = "", protocol = "tcp", ...rest] = text.split("/");
  if (rest.length > 0 || !["tcp", "udp"].includes(protocol))
    return `"${text}" is not a port; write port or port/udp, such as 53/udp`;
  const wrong = ports(range);
  if (wrong !== undefined) return wrong;
  const [first, last] = portRange(range);
  const own = [80, 443].find((port) => port >= first && port <= last);
  if (protocol === "tcp" && own !== undefined)
    return `${own} is the edge's own; give the service a route instead`;
  return undefined;
}

/** `service[:port[-port]]`. */
export function openTarget(text: string): string | undefined {
  const [service = "", range, ...rest] = text.split(":");
  if (!name.test(service) || rest.length > 0)
    return `"${text}" is not a service; write service or service:port, such as web:8000`;
  return range === undefined ? undefined : ports(range);
}

export function email(text: string): string | undefined {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)
    ? undefined
    : `"${text}" is not an email address; write one such as ops@example.com`;
}

const cronFields = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day of month", min: 1, max: 31 },
  { name: "month", min: 1, max: 12 },
  { name: "day of week", min: 0, max: 7 },
] as const;

/** `hourly`, `daily`, `weekly`, or five cron fields in UTC. */
export function schedule(text: string): string | undefined {
  if (["hourly", "daily", "weekly"].includes(text)) return undefined;
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5)
    return `"${text}" is not a schedule; write hourly, daily, weekly, or five cron fields such as "0 3 * * *"`;
  for (const [index, field] of fields.entries()) {
    const { name, min, max } = cronFields[index]!;
    const inRange = (number: string): boolean => Number(number) >= min && Number(number) <= max;
    const right = field.split(",").every((part) => {
      const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/([1-9]\d*))?$/.exec(part);
      return match !== null && [match[1], match[2]].every((n) => n === undefined || inRange(n));
    });
    if (!right)
      return `"${field}" is not a cron ${name}; give ${min} to ${max}, a range, a list, */n or *`;
  }
  return undefined;
}

/** A weekly moment: `Sun 04:00`. */
export function weekly(text: string): string | undefined {
  const day = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
  return new RegExp(`^${day}(?:,${day})* (?:[01]\\d|2[0-3]):[0-5]\\d$`).test(text)
    ? undefined
    : `"${text}" is not a weekly time; write a day and an hour such as "Sun 04:00"`;
}

/** An image reference: `[registry/]name[:tag][@digest]`. */
export function image(text: string): string | undefined {
  return /^[a-zA-Z0-9][\w.:/-]*(@sha256:[0-9a-f]{64})?$/.test(text) && !text.endsWith(":")
    ? undefined
    : `"${text}" is not an image; write one such as registry.example/app:1.4`;
}

export function serviceName(text: string): string | undefined {
  return name.test(text)
    ? undefined
    : `"${text}" is not a name of the Compose file; use letters, digits, "_", "." and "-"`;
}

export function variableName(text: string): string | undefined {
  return /^[^\s=]+$/.test(text)
    ? undefined
    : `"${text}" is not a variable name; use letters, digits and "_"`;
}

export function size(text: string): string | undefined {
  return bytes(text) === undefined
    ? `"${text}" is not a size; write bytes, or a size such as 10m`
    : undefined;
}

/** The URL of a database that exists already. */
export function databaseUrl(text: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\/[^\s/]+/i.test(text)
    ? undefined
    : "is not a URL; write one such as postgres://user:password@host:5432/name";
}

/** `service.key: reason`. */
export function acceptance(text: string): string | undefined {
  return /^[^\s:]+:\s*\S/.test(text)
    ? undefined
    : `"${text}" gives no reason; write "service.key: reason"`;
}

export function url(text: string): string | undefined {
  return /^https?:\/\/[^\s/]+/.test(text)
    ? undefined
    : `"${text}" is not a URL; write one such as https://example.com`;
}

/** The users of a route's `auth`; a message never shows a password. */
export function basicAuth(text: string): string | undefined {
  const found = readUsers(text);
  return typeof found === "string" ? found : undefined;
}

/** What is asked whether a request may pass: `service[:port][/path]`, or a URL. */
export function asked(text: string): string | undefined {
  return /^(https?:\/\/)?[\w.-]+(:\d{1,5})?([/?][^\s#]*)?$/i.test(text)
    ? undefined
    : `"${text}" is not a URL to ask; write one such as http://authelia:9091/api/authz/forward-auth`;
}

/** A bucket's name, as S3, Cloud Storage and Spaces allow it. */
export const isBucketName = (text: string): boolean =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text);

/** A bucket of the stack's cloud by its name, or a repository that restic reaches over the network from where the application runs (https://restic.readthedocs.io/en/stable/030_preparing_a_new_repo.html). */
export function repository(text: string): string | undefined {
  if (/^rest:https?:\/\/[^/:@]*:[^/@]*@/.test(text))
    return "names a password; give it in backups.credentials as RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD";
  return isBucketName(text) ||
    /^(s3:[^/\s]|s3:https?:\/\/[^/\s]|gs:[^/\s]|azure:[^/\s]|b2:[^/\s]|swift:[^/\s]|rest:https?:\/\/)\S+$/.test(
      text,
    )
    ? undefined
    : `"${text}" is not a repository that restic reaches from a machine; write one such as s3:https://s3.eu-central-1.amazonaws.com/bucket, gs:bucket:/, azure:container:/, b2:bucket or rest:https://host/`;
}
