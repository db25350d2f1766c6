import { asMapping, get, mapping, scalar, sequence, withEntries } from "../../model/tree";
import type { Mapping, Node } from "../../model/tree";
import { parsePort } from "./ports";
import { nodeOf, parseVolume } from "./volumes";

/** Short syntaxes as the long ones that they stand for, key by key. */

/** A mapping made at one place. */
function made(at: Node["at"], values: Readonly<Record<string, Node>>): Mapping {
  return mapping(
    at,
    Object.entries(values).map(([key, value]) => [key, { at, value }]),
  );
}

/** The mapping with keys that it does not have. */
export function withMissing(
  node: Node,
  values: Readonly<Record<string, string | boolean | ((node: Mapping) => string)>>,
): Node {
  if (node.kind !== "mapping") return node;
  const missing = Object.entries(values).filter(([key]) => !node.entries.has(key));
  return missing.length === 0
    ? node
    : withEntries(
        node,
        Object.fromEntries(
          missing.map(([key, value]) => [
            key,
            scalar(node.at, typeof value === "function" ? value(node) : value),
          ]),
        ),
      );
}

/** A single value as a list. */
export function inList(node: Node): Node {
  return node.kind === "scalar" ? sequence(node.at, [node]) : node;
}

/** A value as the mapping that has it under a key. */
export function under(key: string): (node: Node) => Node {
  return (node) => (node.kind === "scalar" ? made(node.at, { [key]: node }) : node);
}

/** Names of servers as a list. Drops empty entries, which mostly come from variables that are not set. */
export function servers(node: Node): Node {
  return sequence(
    node.at,
    (node.kind === "sequence" ? node.items : [node]).filter(
      (item) => item.kind !== "scalar" || item.text !== "",
    ),
  );
}

/** A list of `NAME=value` as a mapping. */
export function fromPairs(node: Node): Node {
  return node.kind === "sequence"
    ? mapping(
        node.at,
        node.items.map((item) => {
          const [, key = "", value = ""] =
            /^([^=]*)=?(.*)$/s.exec(item.kind === "scalar" ? item.text : "") ?? [];
          return [key, { at: item.at, value: scalar(item.at, value) }] as const;
        }),
      )
    : node;
}

/** A list of names as a mapping of `value`s. */
export function fromNames(value: (item: Node) => Node): (node: Node) => Node {
  return (node) => (node.kind === "sequence" ? asMapping(node, value) : node);
}

export function nothingAt(item: Node): Node {
  return scalar(item.at, null);
}

export function emptyAt(item: Node): Node {
  return mapping(item.at, []);
}

/** `gpus: all`. */
export function allGpus(node: Node): Node {
  return sequence(node.at, [made(node.at, { count: scalar(node.at, "all") })]);
}

/** A request for devices without a number or ids asks for all. */
export function allDevices(node: Node): Node {
  return get(node, "device_ids") === undefined ? withMissing(node, { count: "all" }) : node;
}

/** `source[:target[:permissions]]`. */
export function device(node: Node): Node {
  if (node.kind !== "scalar") return node;
  const [from = "", to, permissions = "rwm"] = node.text.split(":");
  return made(node.at, {
    source: scalar(node.at, from),
    target: scalar(node.at, to === undefined || to === "" ? from : to),
    permissions: scalar(node.at, permissions),
  });
}

/** `[source:]target[:options]`. */
export function volume(node: Node): Node {
  if (node.kind !== "scalar") return node;
  const parsed = parseVolume(node.text);
  return typeof parsed === "string" ? node : nodeOf(parsed, node.at);
}

/** `[[ip:]host:]container[/protocol]`; a range gives one port each. */
export function ports(node: Node): Node {
  return node.kind === "sequence"
    ? sequence(
        node.at,
        node.items.flatMap((item) => {
          if (item.kind !== "scalar") return [item];
          const parsed = parsePort(item.text);
          return typeof parsed === "string" ? [] : parsed.map((port) => nodeOf(port, item.at));
        }),
      )
    : node;
}

/** `external: { name: x }` of older files is `external: true` with `name: x`. */
export function external(node: Node): Node {
  const value = get(node, "external");
  if (node.kind !== "mapping" || value?.kind !== "mapping") return node;
  const older = get(value, "name");
  return withEntries(node, {
    external: scalar(value.at, true),
    ...(older === undefined || node.entries.has("name") ? {} : { name: older }),
  });
}
