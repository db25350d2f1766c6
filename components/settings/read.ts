import { resolve } from "node:path";
import { catalogs } from "../clouds/catalogs";
import { cloudNames, type CloudName } from "../clouds/list";
import { nearest, type Position, type Problem } from "../model/problem";
import { suggestion } from "../model/schema";
import type { Path } from "../model/tree";
import { readBaselines } from "./baseline";
import { Entry, merge, Reader } from "./reader";
import type { Row, Stack } from "./row";
import { keyNames, schema, type KeyName } from "./schema";
import type { KeySettings, Settings } from "./settings";
import { candidates, isMapping, parseValue, readConfigFile, type ConfigFile } from "./stackfile";

/** A stack's config as the engine hands it over. */
export interface StackInput {
  readonly project: string;
  readonly stack: string;
  /** The folder of Pulumi.yaml. */
  readonly folder: string;
  /** Full keys (`berth:cloud`, `aws:region`); structured values are JSON. */
  readonly config: Readonly<Record<string, string>>;
  /** The keys that the engine calls secret: of each, one leaf at least is. */
  readonly secretKeys: readonly string[];
  /** Which leaves are secret, by key, where the caller knows. */
  readonly secretPaths?: Readonly<Record<string, readonly Path[]>>;
  /** The files that the config comes from, where the caller knows. */
  readonly files?: readonly string[];
}

export interface ReadResult {
  /** Absent when there are problems. */
  readonly settings?: Settings;
  /** Secret values by reference: `config:variables.DB_PASSWORD`. */
  readonly values: Map<string, string>;
  readonly problems: readonly Problem[];
  /** Where a dotted key stands (`berth:scale.web.queue.service`), or the nearest key around it. */
  readonly locate: (key: string) => Position | undefined;
}

/** A stack's config, checked: all problems at once, or Settings with references for what is secret. */
export function read(input: StackInput): ReadResult {
  const { folder, config } = input;
  const files = stackFiles(input);
  const secretKeys = new Set(input.secretKeys);
  const entries = new Map(
    Object.entries(config).map(([key, value]) => [
      key,
      new Entry(key, value, files, secretKeys.has(key), input.secretPaths?.[key]),
    ]),
  );
  const reader = new Reader(folder, entries);
  const own = Object.fromEntries([...entries].map(([key, entry]) => [key, entry.value]));

  const first = own["berth:extends"];
  if (first !== undefined) {
    const path = reader.read(schema.extends.type, "berth:extends", first);
    if (path !== undefined) reader.baselines = readBaselines(reader, path, folder);
  }
  const given = withBaselines(own, reader.baselines);

  checkNames(reader, Object.keys(given), input.project);
  const stack = stackOf(reader, given, input);
  const keys = readKeys(reader, given, stack);
  const provider =
    stack.cloud === undefined ? {} : readProvider(reader, given, stack.cloud, stack.cluster);
  const { problems, values } = reader;
  const locate = (key: string): Position | undefined => positionOf(reader, given, key);
  if (problems.length > 0) return { values, problems, locate };
  const regionKey = stack.cloud === undefined ? undefined : catalogs[stack.cloud]().config.region;
  const region = provider[regionKey ?? ""];
  const settings: Settings = {
    project: input.project,
    stack: input.stack,
    folder,
    ...keys,
    ...(region !== undefined && { region }),
    provider,
    stated: new Set(statedPaths(given)),
  };
  return { settings, values, problems, locate };
}

/** Names of services, volumes and hosts have dots in them: at each step the longest key that fits is meant. */
function positionOf(
  reader: Reader,
  given: Readonly<Record<string, unknown>>,
  dotted: string,
): Position | undefined {
  const path: string[] = [];
  let inside: unknown = given;
  for (let rest = dotted; rest !== "" && isMapping(inside);) {
    const [key] = Object.keys(inside)
      .filter((name) => rest === name || rest.startsWith(`${name}.`))
      .sort((a, b) => b.length - a.length);
    if (key === undefined) break;
    path.push(key);
    inside = inside[key];
    rest = rest.slice(key.length + 1);
  }
  const [key, ...below] = path;
  return key === undefined ? undefined : reader.position(key, below);
}

function stackFiles({ folder, stack, config, files }: StackInput): ConfigFile[] {
  const compose = parseValue(config["berth:compose"] ?? "compose.yaml");
  const named = (Array.isArray(compose) ? compose : [compose]).filter(
    (path): path is string => typeof path === "string",
  );
  const paths = [...(files ?? []), ...candidates(folder, stack, named)];
  return [...new Set(paths.map((path) => resolve(folder, path)))].flatMap((path) => {
    const result = readConfigFile(path, folder);
    return "file" in result ? [result.file] : [];
  });
}

/** Every key with its value: the stack's own over the baselines', the nearest first. */
function withBaselines(
  own: Readonly<Record<string, unknown>>,
  baselines: readonly ConfigFile[],
): Record<string, unknown> {
  const layers = [...baselines].reverse().map(({ config }) => config);
  const merged: Record<string, unknown> = {};
  for (const layer of [...layers, own])
    for (const [key, value] of Object.entries(layer)) {
      const known = key.replace(/^berth:/, "");
      const replaced =
        !key.startsWith("berth:") || (isKey(known) && schema[known].replaced === true);
      merged[key] = !replaced && key in merged ? merge(merged[key], value) : value;
    }
  return merged;
}

function isKey(name: string): name is KeyName {
  return Object.hasOwn(schema, name);
}

/** Namespaces of providers and of Pulumi itself, which are not ours to check. */
const namespaces = [
  "berth",
  "pulumi",
  ...cloudNames.flatMap((name) => {
    const { namespace } = catalogs[name]().config;
    return typeof namespace === "string" ? [namespace] : Object.values(namespace);
  }),
];

function checkNames(reader: Reader, keys: readonly string[], project: string): void {
  for (const key of keys) {
    const [namespace = "", ...rest] = key.split(":");
    const name = rest.join(":");
    if (namespace === "berth") {
      if (!isKey(name))
        reader.problem(key, [], `unknown key; ${suggestion(name, keyNames, "berth:")}`);
    } else if (namespace === project && isKey(name))
      reader.problem(key, [], `is in the namespace of the project; write "berth:${name}"`);
    else if (!namespaces.includes(namespace) && nearest(namespace, ["berth"]) !== undefined)
      reader.problem(key, [], `unknown namespace; did you mean "berth:${name}"?`);
  }
}

/** The stack as checks and defaults of other keys need it. */
function stackOf(
  { values }: Reader,
  given: Readonly<Record<string, unknown>>,
  { project, stack, folder }: StackInput,
): Stack {
  const cloud = cloudNames.find((name) => name === given["berth:cloud"]);
  const local = cloud === "local";
  const cluster = given["berth:shape"] === "cluster";
  return { project, stack, folder, values, cloud, local, cluster };
}

/**
 * Each key of Settings: what is stated over its default, checked and read as its row says. A key with a
 * problem is absent: then there are no Settings.
 */
function readKeys(
  reader: Reader,
  given: Readonly<Record<string, unknown>>,
  stack: Stack,
): KeySettings {
  const found: Partial<Record<KeyName, unknown>> = {};
  for (const name of keyNames) {
    const key = `berth:${name}`;
    const row = schema[name] as Row<unknown, unknown, unknown>;
    const at = reader.at(key);
    const before = reader.problems.length;
    const stated: unknown = given[key];
    if (name === "extends") continue;
    let value = row.defaultOn?.(stack) ?? row.default;
    if (stated === null) at.problem("has no value; give one, or remove the key");
    else if (key in given) {
      const own = reader.read(row.type, key, stated);
      value = isMapping(own) && isMapping(value) ? { ...value, ...own } : own;
    } else {
      const why = stack.cloud === undefined && name !== "cloud" ? undefined : row.required?.(stack);
      if (why !== undefined) at.problem(why);
    }
    if (value === undefined || reader.problems.length > before) continue;
    row.check?.(value, at, stack);
    value = row.read === undefined ? value : row.read(value, at, stack);
    if (value !== undefined) found[name] = value;
  }
  return found as KeySettings;
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

/**
 * The provider's own keys, whole (decisions.md: default-providers-off): explicit providers read no config themselves.
 */
function readProvider(
  reader: Reader,
  given: Readonly<Record<string, unknown>>,
  cloud: CloudName,
  cluster: boolean,
): Record<string, string> {
  const { namespace, region, plain = [] } = catalogs[cloud]().config;
  const start = `${typeof namespace === "string" ? namespace : namespace[cluster ? "cluster" : "vm"]}:`;
  const found: Record<string, string> = {};
  for (const [key, value] of Object.entries(given)) {
    if (!key.startsWith(start)) continue;
    const name = key.slice(start.length);
    const at = reader.at(key);
    const written = typeof value === "string" ? value : JSON.stringify(value);
    if (value === null) at.problem("has no value; give one, or remove the key");
    else if (reader.entries.get(key)?.hasSecret !== true) found[name] = written;
    else if (name === region || plain.includes(name)) at.refuseSecret();
    else found[name] = at.conceal(written);
  }
  return found;
}
