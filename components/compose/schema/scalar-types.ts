import {
  boolean,
  converted,
  measure,
  number,
  orNull,
  string,
  stringOrNumber,
  text,
  type Wrong,
} from "../../model/schema";
import * as net from "node:net";
import { bytes, durationText, nanoseconds } from "../../model/units";
import { parsePort, protocolWrong, range } from "../normalise/ports";
import { parseVolume } from "../normalise/volumes";
import { words } from "../normalise/words";
import { get, isNull, type Node } from "../../model/tree";
import { either, list, named } from "./structures";
import { type Type } from "./types";

/** A duration such as `1m30s`; its normal form is Go's. */
export const duration = measure(
  "a string",
  (value) =>
    nanoseconds(value) === undefined
      ? `"${value}" is not a duration; write one such as 30s or 1m30s`
      : undefined,
  (value) => durationText(nanoseconds(value) ?? 0n),
  ["string"],
);

/** A duration where zero is as good as none. */
export const timespan = converted(duration, (node) => {
  const normal = duration.convert(node);
  return normal === "0s" ? undefined : normal;
});

/** Bytes, as a string; `-1` is "without limit" where Docker has one. */
export const size = measure(
  "a string or number",
  (value) =>
    value === "-1" || bytes(value) !== undefined
      ? undefined
      : `"${value}" is not a size; write one such as 512m, 2g or a number of bytes`,
  (value) => (value === "-1" ? value : sizeText(bytes(value) ?? 0)),
);

function sizeText(value: number): string | undefined {
  return value === 0 ? undefined : String(value);
}

export const cpus = number(0);

export const strings = list(string());

/** One string, or a list of them; a list in the normal form. */
export const stringOrList = either(
  converted(string(), (node) => (node.kind === "scalar" ? [node.text] : [])),
  strings,
);

/** A mapping, or a list of `NAME=value`, as a mapping. `empty` is the value of a name alone. */
function pairs<E extends string | null>(
  empty: E,
  wrong?: Wrong,
): Type<Readonly<Record<string, string | E>>> {
  const type = converted(either(named(orNull(text())), list(string(wrong))), (node) => {
    const result: Record<string, string | E> = {};
    if (node.kind === "mapping")
      for (const [key, { value: inner }] of node.entries)
        result[key] = inner.kind === "scalar" && !isNull(inner) ? inner.text : empty;
    else if (node.kind === "sequence")
      for (const item of node.items) {
        if (item.kind !== "scalar") continue;
        const equals = item.text.indexOf("=");
        if (equals < 0) result[item.text] = empty;
        else result[item.text.slice(0, equals)] = item.text.slice(equals + 1);
      }
    return result;
  });
  return { ...type, pairs: true };
}

/** `labels`, `sysctls`: every name has a value, an empty one at the least. */
export const labels = pairs("");

/** `environment`: a name without a value takes it from elsewhere. */
export const environment = pairs(null, (value) =>
  /^[^=]*\s(=|$)/.test(value)
    ? `"${value}" has a space after its name; write NAME=value`
    : undefined,
);

/** Options of a driver. */
export const options = converted(named(orNull(stringOrNumber())), (node) => labels.convert(node));

export const command = converted(
  either(
    string((value) => {
      const cut = words(value);
      return typeof cut === "string" ? cut : undefined;
    }),
    strings,
    orNull(string()),
  ),
  (node): readonly string[] | null | undefined => {
    if (node.kind === "sequence") return strings.convert(node);
    if (node.kind === "mapping" || node.value === null) return null;
    const cut = words(node.text);
    return typeof cut === "string" ? [node.text] : cut;
  },
  true,
);

export const healthTest = converted(either(string(), list(string())), (node) =>
  node.kind === "scalar" ? ["CMD-SHELL", node.text] : strings.convert(node),
);

/** Additional lines of /etc/hosts, `host=address`, sorted. */
export const hosts = converted(
  either(
    named(either(string(), strings)),
    list(
      string((value) =>
        /^[^=:]+[=:].+$/.test(value)
          ? undefined
          : `"${value}" gives no address; write host=address`,
      ),
    ),
  ),
  (node) => {
    const lines: string[] = [];
    const add = (host: string, addresses: readonly string[]): void => {
      for (const ip of addresses) lines.push(`${host}=${ip.replace(/^\[(.+)\]$/, "$1")}`);
    };
    if (node.kind === "mapping")
      for (const [host, { value }] of node.entries)
        add(
          host,
          value.kind === "sequence"
            ? (strings.convert(value) ?? [])
            : [value.kind === "scalar" ? value.text : ""],
        );
    else if (node.kind === "sequence")
      for (const item of node.items) {
        if (item.kind !== "scalar") continue;
        const separator = item.text.includes("=") ? "=" : ":";
        const at = item.text.indexOf(separator);
        add(item.text.slice(0, at), item.text.slice(at + 1).split(","));
      }
    return lines.sort();
  },
);

export const shortPort = either(
  string((value) => {
    const ports = parsePort(value);
    return typeof ports === "string" ? ports : undefined;
  }),
  measure(
    "a string, number or mapping",
    (value) => {
      const port = range(value);
      return typeof port === "string" ? port : undefined;
    },
    (value) => value,
    ["number"],
  ),
);

export const targetPort = measure(
  "a number",
  (value) => {
    const port = range(value);
    return typeof port === "string"
      ? port
      : port.start !== port.end || port.start === 0
        ? `"${value}" is not a single port; write a number from 1 to 65535`
        : undefined;
  },
  Number,
);

export const publishedPort = measure(
  "a string or number",
  (value) => {
    const port = value === "" ? undefined : range(value);
    return typeof port === "string" ? port : undefined;
  },
  (value) => value,
);

export const protocol = converted(
  string((value) => protocolWrong(value.toLowerCase())),
  (node) => (node.kind === "scalar" ? node.text.toLowerCase() : undefined),
);

export const ip = string((value) =>
  net.isIP(value) === 0 ? `"${value}" is not an IP address; write one such as 10.0.0.5` : undefined,
);

export const shortVolume = string((value) => {
  const volume = parseVolume(value);
  return typeof volume === "string" ? volume : undefined;
});

/** File permissions: an octal string, or a number (`0440` is octal in YAML). */
const mode = measure(
  "a string or number",
  (value) => (/^\d+$/.test(value) ? undefined : `"${value}" is not an octal mode; write "0440"`),
  (value) => value,
);

/** `0440`, from a string of octal digits or from a number. */
export const fileMode = converted(
  {
    ...mode,
    check: (node, path, context) =>
      node.kind === "scalar" && typeof node.value === "string" && !/^0?o?[0-7]+$/.test(node.value)
        ? (context.complain(node.at, path, `"${node.value}" is not an octal mode; write "0440"`),
          undefined)
        : mode.check(node, path, context),
  },
  (node) => {
    if (node.kind !== "scalar") return undefined;
    const value = typeof node.value === "string" ? parseInt(node.value, 8) : Number(node.value);
    return `0${value.toString(8)}`;
  },
);

/** Names may hold what a person can type in any shell. */
export const name = {
  wrong: (text: string): string | undefined =>
    /^[a-zA-Z0-9._-]+$/.test(text)
      ? undefined
      : "is not a valid name; use letters, digits, dots, dashes and underscores",
};

/** `external: true`; the older `external: { name }` has become that by now. */
export const external = either(
  boolean,
  converted(named(string()), () => true),
);

/** A number of devices, or `all`. */
export const deviceCount = measure(
  "a string or number",
  (value) =>
    /^\d+$/.test(value) || value.toLowerCase() === "all"
      ? undefined
      : `"${value}" is not a count; write a number, or all`,
  (value) => (value.toLowerCase() === "all" ? -1 : Number(value)),
);

/** A limit with one value, or with a soft and a hard one. */
export function ulimitOf(node: Node): number | { readonly soft: number; readonly hard: number } {
  if (node.kind === "scalar") return Number(node.text);
  const part = (key: string): number => {
    const value = get(node, key);
    return value?.kind === "scalar" ? Number(value.text) : 0;
  };
  return { soft: part("soft"), hard: part("hard") };
}
