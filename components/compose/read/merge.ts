import type { Context } from "./context";
import { below, get, isNull, mapping, rewrite, rules, scalar, sequence } from "./tree";
import type { Entry, Mapping, Node, Path, Rules, Sequence } from "./tree";
import { volumeTarget } from "../normalise/volumes";

/** Merges a value into an earlier one of the same key. */
type Merger = (base: Node, over: Node, path: Path, context: Context) => Node;

/** Keys that do not merge by default: mappings by key, lists appended, the later scalar wins. */
const mergers: Rules<Merger> = rules<Merger>({
  "networks.*.ipam.config": pools,
  "networks.*.labels": lists,
  "volumes.*.labels": lists,
  "services.*.annotations": lists,
  "services.*.build": build,
  "services.*.build.args": lists,
  "services.*.build.additional_contexts": lists,
  "services.*.build.extra_hosts": hosts,
  "services.*.build.labels": lists,
  "services.*.command": later,
  "services.*.depends_on": dependencies,
  "services.*.deploy.labels": lists,
  "services.*.dns": lists,
  "services.*.dns_opt": lists,
  "services.*.dns_search": lists,
  "services.*.entrypoint": later,
  "services.*.env_file": lists,
  "services.*.environment": lists,
  "services.*.extra_hosts": hosts,
  "services.*.healthcheck.test": later,
  "services.*.label_file": lists,
  "services.*.labels": lists,
  "services.*.logging": logging,
  "services.*.models": keyed,
  "services.*.networks": keyed,
  "services.*.sysctls": lists,
  "services.*.tmpfs": lists,
  "services.*.ulimits.*": later,
  "services.*.volumes.*.volume.labels": lists,
});

/** A whole file merged over what came before it. */
export function merge(base: Node, over: Node, context: Context): Node {
  return values(base, over, [], mergers, context);
}

/** A service merged over the one that it extends. */
export function mergeService(base: Node, over: Node, name: string, context: Context): Node {
  const at = mergers.below.get("services")?.below.get("*");
  return values(base, over, ["services", name], at, context);
}

function values(
  base: Node,
  over: Node,
  path: Path,
  at: Rules<Merger> | undefined,
  context: Context,
): Node {
  if (at?.rule !== undefined) return at.rule(base, over, path, context);
  if (isNull(over)) return base;
  if (base.kind === "scalar") return over;
  if (base.kind === "mapping" && over.kind === "mapping")
    return entries(base, over, path, at, context);
  if (base.kind === "sequence" && over.kind === "sequence")
    return sequence(over.at, [...base.items, ...over.items]);
  context.complain(
    over.at,
    path,
    `cannot override a ${base.kind === "mapping" ? "mapping" : "list"} (${base.at.file}:${base.at.line}) with another kind of value; write the same kind, or !override`,
  );
  return base;
}

function entries(
  base: Mapping,
  over: Mapping,
  path: Path,
  at: Rules<Merger> | undefined,
  context: Context,
): Mapping {
  const merged = new Map<string, Entry>(base.entries);
  for (const [key, entry] of over.entries) {
    const earlier = merged.get(key);
    merged.set(
      key,
      earlier === undefined
        ? entry
        : {
            at: entry.at,
            value: values(earlier.value, entry.value, [...path, key], below(at, key), context),
          },
    );
  }
  return mapping(base.at, merged);
}

function later(_base: Node, over: Node): Node {
  return over;
}

function lists(base: Node, over: Node): Node {
  return sequence(over.at, [...listed(base), ...listed(over)]);
}

function hosts(base: Node, over: Node): Node {
  const first = listed(base);
  const known = new Set(first.map((item) => (item.kind === "scalar" ? item.text : "")));
  return sequence(over.at, [
    ...first,
    ...listed(over).filter((item) => item.kind !== "scalar" || !known.has(item.text)),
  ]);
}

/** A mapping, list or single string as a list: `NAME=value` items from a mapping. */
function listed(node: Node): readonly Node[] {
  if (node.kind === "sequence") return node.items;
  if (node.kind === "scalar") return node.value === null ? [] : [node];
  const items: Node[] = [];
  for (const [key, { at, value }] of node.entries)
    if (value.kind === "sequence")
      for (const item of value.items)
        items.push(scalar(at, `${key}=${item.kind === "scalar" ? item.text : ""}`));
    else if (isNull(value)) items.push(scalar(at, key));
    else items.push(scalar(at, `${key}=${value.kind === "scalar" ? value.text : ""}`));
  return items;
}

function build(base: Node, over: Node, path: Path, context: Context): Node {
  const long = (node: Node): Mapping =>
    node.kind === "mapping" ? node : mapping(node.at, [["context", { at: node.at, value: node }]]);
  const at = mergers.below.get("services")?.below.get("*")?.below.get("build");
  return entries(long(base), long(over), path, at, context);
}

function dependencies(base: Node, over: Node, path: Path, context: Context): Node {
  const long = (item: Node): Node =>
    mapping(item.at, [
      ["condition", { at: item.at, value: scalar(item.at, "service_started") }],
      ["required", { at: item.at, value: scalar(item.at, true) }],
    ]);
  return entries(asMapping(base, long), asMapping(over, long), path, undefined, context);
}

function keyed(base: Node, over: Node, path: Path, context: Context): Node {
  const empty = (item: Node): Node => scalar(item.at, null);
  return entries(asMapping(base, empty), asMapping(over, empty), path, undefined, context);
}

/** A list of names as a mapping. */
export function asMapping(node: Node, value: (item: Node) => Node): Mapping {
  if (node.kind === "mapping") return node;
  const items = node.kind === "sequence" ? node.items : [];
  return mapping(
    node.at,
    items
      .filter((item) => item.kind === "scalar")
      .map((item) => [item.text, { at: item.at, value: value(item) }] as const),
  );
}

/** Options merge only when both files name the same driver, or one names none. */
function logging(base: Node, over: Node, path: Path, context: Context): Node {
  const [mine, theirs] = [get(base, "driver"), get(over, "driver")];
  const alike =
    mine === undefined ||
    theirs === undefined ||
    (mine.kind === "scalar" && theirs.kind === "scalar" && mine.value === theirs.value);
  return alike && base.kind === "mapping" && over.kind === "mapping"
    ? entries(base, over, path, undefined, context)
    : over;
}

/** Address pools merge by subnet. */
function pools(base: Node, over: Node, path: Path, context: Context): Node {
  if (base.kind !== "sequence" || over.kind !== "sequence") return over;
  const subnet = (node: Node): string | undefined => {
    const value = get(node, "subnet");
    return value?.kind === "scalar" ? value.text : undefined;
  };
  const merged = base.items.map((mine) => {
    const theirs = over.items.find((other) => subnet(other) === subnet(mine));
    return mine.kind === "mapping" && theirs?.kind === "mapping"
      ? entries(mine, theirs, path, undefined, context)
      : mine;
  });
  const known = new Set(base.items.map(subnet));
  return sequence(over.at, [...merged, ...over.items.filter((item) => !known.has(subnet(item)))]);
}

/** The tree without what stands at the paths: `!reset` and `!override` drop what came before. */
export function without(root: Node, paths: readonly Path[]): Node {
  return paths.reduce<Node>((node, path) => dropped(node, path), root);
}

function dropped(node: Node, [key, ...rest]: Path): Node {
  if (node.kind !== "mapping" || typeof key !== "string") return node;
  const entry = node.entries.get(key);
  if (entry === undefined) return node;
  const kept = new Map(node.entries);
  if (rest.length === 0) kept.delete(key);
  else kept.set(key, { at: entry.at, value: dropped(entry.value, rest) });
  return mapping(node.at, kept);
}

/** Returns what identifies a list's item; undefined for an item that is never a duplicate. */
type Identity = (item: Node) => string | undefined;

const identities: Readonly<Record<string, Identity>> = {
  "networks.*.labels": byName,
  "services.*.annotations": byName,
  "services.*.build.additional_contexts": byName,
  "services.*.build.args": byName,
  "services.*.build.labels": byName,
  "services.*.build.tags": byName,
  "services.*.cap_add": byName,
  "services.*.cap_drop": byName,
  "services.*.configs": mount(""),
  "services.*.deploy.labels": byName,
  "services.*.devices": device,
  "services.*.dns": byName,
  "services.*.dns_opt": byName,
  "services.*.dns_search": byName,
  "services.*.env_file": envFile,
  "services.*.environment": byName,
  "services.*.expose": text,
  "services.*.labels": byName,
  "services.*.links": byName,
  "services.*.networks.*.aliases": byName,
  "services.*.networks.*.link_local_ips": byName,
  "services.*.ports": port,
  "services.*.profiles": byName,
  "services.*.secrets": mount("/run/secrets"),
  "services.*.sysctls": byName,
  "services.*.tmpfs": byName,
  "services.*.volumes": volumeTarget,
};

const uniques = rules(
  Object.fromEntries(
    Object.entries(identities).map(([pattern, identity]) => [
      pattern,
      (node: Node): Node => (node.kind === "sequence" ? distinct(node, identity) : node),
    ]),
  ),
);

/** The tree without duplicate list items: the last one stays, at the first one's position. */
export function unique(root: Node): Node {
  return rewrite(root, uniques);
}

function distinct(node: Sequence, identity: Identity): Sequence {
  const items: Node[] = [];
  const places = new Map<string, number>();
  for (const item of node.items) {
    const key = identity(item);
    const place = key === undefined ? undefined : places.get(key);
    if (place !== undefined) items[place] = item;
    else {
      if (key !== undefined) places.set(key, items.length);
      items.push(item);
    }
  }
  return items.length === node.items.length && places.size === items.length
    ? node
    : sequence(node.at, items);
}

function text(item: Node): string | undefined {
  return item.kind === "scalar" ? item.text : undefined;
}

function byName(item: Node): string | undefined {
  return text(item)?.split("=", 1)[0];
}

function mount(folder: string): Identity {
  return (item) => {
    const target = get(item, "target");
    if (target !== undefined) return text(target);
    const source = item.kind === "mapping" ? get(item, "source") : item;
    return source === undefined ? undefined : `${folder}/${text(source) ?? ""}`;
  };
}

function device(item: Node): string | undefined {
  if (item.kind === "mapping") return text(get(item, "target") ?? get(item, "source") ?? item);
  const [source, target] = text(item)?.split(":") ?? [];
  return target ?? source;
}

function envFile(item: Node): string | undefined {
  return text(item.kind === "mapping" ? (get(item, "path") ?? item) : item);
}

function port(item: Node): string | undefined {
  if (item.kind !== "mapping") return text(item);
  const part = (key: string, otherwise: string): string =>
    text(get(item, key) ?? scalar(item.at, otherwise)) ?? otherwise;
  return `${part("host_ip", "0.0.0.0")}:${part("published", "")}:${part("target", "")}/${part("protocol", "tcp")}`;
}
