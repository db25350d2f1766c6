import { asMapping } from "../read/merge";
import { parsePort } from "./ports";
import { nodeOf, parseVolume } from "./volumes";
import { get, mapping, rewrite, rules, scalar, sequence, withEntries } from "../read/tree";
import type { Mapping, Node, Path } from "../read/tree";

/** Replaces a checked value by its canonical form. */
type Rule = (node: Node, path: Path) => Node;

/** A mapping made at one place. */
function made(at: Node["at"], values: Readonly<Record<string, Node>>): Mapping {
  return mapping(
    at,
    Object.entries(values).map(([key, value]) => [key, { at, value }]),
  );
}

/** Adds the keys that are missing. */
function otherwise(node: Node, values: Readonly<Record<string, string | boolean>>): Node {
  if (node.kind !== "mapping") return node;
  const missing = Object.entries(values).filter(([key]) => !node.entries.has(key));
  return missing.length === 0
    ? node
    : withEntries(
        node,
        Object.fromEntries(missing.map(([key, value]) => [key, scalar(node.at, value)])),
      );
}

const empty = (item: Node): Node => scalar(item.at, null);

const inList: Rule = (node) => (node.kind === "scalar" ? sequence(node.at, [node]) : node);

/** Drops empty entries, which mostly come from variables that are not set. */
const servers: Rule = (node) =>
  sequence(
    node.at,
    (node.kind === "sequence" ? node.items : [node]).filter(
      (item) => item.kind !== "scalar" || item.text !== "",
    ),
  );

const source: Rule = (node) => (node.kind === "scalar" ? made(node.at, { source: node }) : node);

const build: Rule = (node) => (node.kind === "scalar" ? made(node.at, { context: node }) : node);

const contexts: Rule = (node) =>
  node.kind === "sequence"
    ? mapping(
        node.at,
        node.items.map((item) => {
          const [, key = "", value = ""] =
            /^([^=]*)=?(.*)$/s.exec(item.kind === "scalar" ? item.text : "") ?? [];
          return [key, { at: item.at, value: scalar(item.at, value) }] as const;
        }),
      )
    : node;

const dependsOn: Rule = (node) => {
  const defaults = { condition: "service_started", required: true };
  const named = asMapping(node, (item) => otherwise(mapping(item.at, []), defaults));
  return mapping(
    named.at,
    [...named.entries].map(([key, { at, value }]) => [
      key,
      { at, value: otherwise(value, defaults) },
    ]),
  );
};

const envFiles: Rule = (node) =>
  sequence(
    node.at,
    (node.kind === "sequence" ? node.items : [node]).map((item) =>
      otherwise(item.kind === "scalar" ? made(item.at, { path: item }) : item, { required: true }),
    ),
  );

const names: Rule = (node) => (node.kind === "sequence" ? asMapping(node, empty) : node);

const gpus: Rule = (node) =>
  node.kind === "scalar"
    ? sequence(node.at, [made(node.at, { count: scalar(node.at, "all") })])
    : node;

const device: Rule = (node) => {
  if (node.kind !== "scalar") {
    const path = get(node, "source");
    return path?.kind === "scalar" ? otherwise(node, { target: path.text }) : node;
  }
  const [from = "", to, permissions = "rwm"] = node.text.split(":");
  return made(node.at, {
    source: scalar(node.at, from),
    target: scalar(node.at, to === undefined || to === "" ? from : to),
    permissions: scalar(node.at, permissions),
  });
};

const volume: Rule = (node) => {
  if (node.kind !== "scalar") return node;
  const parsed = parseVolume(node.text);
  return typeof parsed === "string" ? node : nodeOf(parsed, node.at);
};

const ports: Rule = (node) =>
  node.kind === "sequence"
    ? sequence(
        node.at,
        node.items.flatMap((item) => {
          if (item.kind !== "scalar") return [item];
          const parsed = parsePort(item.text);
          return typeof parsed === "string" ? [] : parsed.map((port) => nodeOf(port, item.at));
        }),
      )
    : node;

/** `external: { name: x }` of older files is `external: true` with `name: x`. */
const external: Rule = (node) => {
  const value = get(node, "external");
  if (node.kind !== "mapping" || value?.kind !== "mapping") return node;
  const older = get(value, "name");
  return withEntries(node, {
    external: scalar(value.at, true),
    ...(older === undefined || node.entries.has("name") ? {} : { name: older }),
  });
};

const canonicalRules = rules<Rule>({
  "configs.*": external,
  "networks.*": external,
  "secrets.*": external,
  "services.*.build": build,
  "services.*.build.additional_contexts": contexts,
  "services.*.build.secrets.*": source,
  "services.*.configs.*": source,
  "services.*.depends_on": dependsOn,
  "services.*.devices.*": device,
  "services.*.dns": servers,
  "services.*.env_file": envFiles,
  "services.*.gpus": gpus,
  "services.*.label_file": inList,
  "services.*.models": names,
  "services.*.networks": names,
  "services.*.ports": ports,
  "services.*.secrets.*": source,
  "services.*.volumes.*": volume,
  "volumes.*": external,
});

/** The tree in long syntax. */
export function toLongSyntax(root: Node): Node {
  return rewrite(root, canonicalRules);
}

const everything: Rule = (node) =>
  node.kind === "mapping" && !node.entries.has("count") && !node.entries.has("device_ids")
    ? otherwise(node, { count: "all" })
    : node;

const defaultRules = rules<Rule>({
  "services.*.build": (node) => otherwise(node, { context: "." }),
  "services.*.deploy.resources.reservations.devices.*": everything,
  "services.*.gpus.*": everything,
  "services.*.ports.*": (node) => otherwise(node, { protocol: "tcp", mode: "ingress" }),
  "services.*.secrets.*": (node) => {
    const from = get(node, "source");
    return otherwise(node, {
      target: `/run/secrets/${from?.kind === "scalar" ? from.text : ""}`,
    });
  },
});

/** The tree with the defaults that the reference writes out. */
export function withDefaults(root: Node): Node {
  return rewrite(root, defaultRules);
}
