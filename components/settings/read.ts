import { resolve } from "node:path";
import { nearest, type Position, type Problem } from "../model/problem";
import { readBaselines } from "./baseline";
import { Entry, merge, Reader } from "./reader";
import { keyNames, schema, type KeyName, type Stated } from "./schema";
import type { CloudName, Settings } from "./settings";
import {
  candidates,
  isSecure,
  parseValue,
  readConfigFile,
  type ConfigFile,
  type Path,
} from "./stackfile";
import { isMapping, shown, suggestion } from "./types";
import { toSettings } from "./convert";

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
  const reader = new Reader(entries);
  const own = Object.fromEntries([...entries].map(([key, entry]) => [key, entry.value]));

  const first = own["berth:extends"];
  if (first !== undefined) {
    const path = schema.extends.type.read(first, reader.at("berth:extends"));
    if (path !== null) reader.baselines = readBaselines(reader, path, folder);
  }
  const given = withBaselines(own, reader.baselines);

  checkNames(reader, Object.keys(given), input.project);
  const stated = readKeys(reader, given);
  const cloud = stated.cloud;
  requireKeys(reader, given, stated);
  const provider = cloud === undefined ? {} : readProvider(reader, given, cloud, stated);
  const settings = toSettings({ input, reader, stated, given, provider });
  const { problems, values } = reader;
  const locate = (key: string): Position | undefined => positionOf(reader, given, key);
  return settings === undefined || problems.length > 0
    ? { values, problems, locate }
    : { settings, values, problems, locate };
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
const namespaces = ["berth", "pulumi", "aws", "gcp", "digitalocean", "docker", "kubernetes"];

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

function readKeys(reader: Reader, given: Readonly<Record<string, unknown>>): Stated {
  const stated: Record<string, unknown> = {};
  for (const name of keyNames) {
    const key = `berth:${name}`;
    if (name === "extends" || !(key in given)) continue;
    const at = reader.at(key);
    const value = given[key];
    if (value === null) at.problem("has no value; give one, or remove the key");
    else if (!isSecure(value)) {
      const read = schema[name].type.read(value, at);
      if (read !== null) stated[name] = read;
    }
  }
  return stated;
}

function requireKeys(
  reader: Reader,
  given: Readonly<Record<string, unknown>>,
  { cloud, shape }: Stated,
): void {
  const missing = (name: KeyName): boolean => !(`berth:${name}` in given);
  if (missing("cloud"))
    reader.problem(
      "berth:cloud",
      [],
      "is required; set it to aws, gcp, digitalocean or local (local needs no account)",
    );
  if (cloud === undefined || cloud === "local") return;
  if (missing("operators"))
    reader.problem(
      "berth:operators",
      [],
      'is required on a cloud; list the CIDRs that you work from, such as ["203.0.113.7/32"], or write "anywhere"',
    );
  if (shape === "cluster" && missing("domain"))
    reader.problem(
      "berth:domain",
      [],
      "is required for a cluster on a cloud; give the base domain of its routes, such as example.com",
    );
}

/** The namespaces that a cloud's provider reads. */
function providerNamespace(cloud: CloudName, { shape }: Stated): string {
  if (cloud !== "local") return cloud;
  return shape === "cluster" ? "kubernetes" : "docker";
}

/**
 * The provider's own keys, whole (decisions.md: default-providers-off): explicit providers read no config themselves.
 */
function readProvider(
  reader: Reader,
  given: Readonly<Record<string, unknown>>,
  cloud: CloudName,
  stated: Stated,
): Record<string, string> {
  const start = `${providerNamespace(cloud, stated)}:`;
  const found: Record<string, string> = {};
  for (const [key, value] of Object.entries(given)) {
    if (!key.startsWith(start)) continue;
    const name = key.slice(start.length);
    const at = reader.at(key);
    const written = isMapping(value) || Array.isArray(value) ? JSON.stringify(value) : value;
    const text = ["string", "number", "boolean"].includes(typeof written)
      ? String(written)
      : undefined;
    if (text === undefined) at.problem(`must be a value, not ${shown(value)}`);
    else if (!isConcealed(reader, key)) found[name] = text;
    else if (name === "region" || name === "zone" || name === "context") at.structural();
    else found[name] = at.conceal(text);
  }
  return found;
}

function isConcealed(reader: Reader, key: string): boolean {
  return reader.entries.get(key)?.hasSecret === true;
}
