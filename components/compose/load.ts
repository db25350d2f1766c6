import * as path from "node:path";
import type { Position, Problem } from "../model/problem";
import { display } from "../model/reference";
import type { App, Service } from "./app";
import { check } from "./check/check";
import { Context } from "./read/context";
import { resolveEnvironment, resolveLabels } from "./resolve/environment";
import { loadFiles } from "./read/files";
import { withImpliedKeys } from "./normalise/defaults";
import { interpolate } from "./resolve/interpolate";
import { fileObjects } from "./resolve/objects";
import type { LoadOptions } from "./load-options";
import { positionsOf } from "./resolve/positions";
import { resources } from "./schema/schema";
import { serviceType } from "./schema/service";
import { snapshots } from "./resolve/snapshot";
import { get, getString, texts, type Entry, type Mapping } from "../model/tree";
import { plain, type Type } from "../model/schema";
import { envBeside, readVariables, type Variables } from "./resolve/variables";

export interface Loaded {
  /** Absent when there is any problem. */
  readonly app?: App;
  readonly problems: Problem[];
  /** Files that are named and missing on this computer: sources of builds, secrets. The caller decides whether that is an error. */
  readonly absent: readonly Problem[];
  /** Values behind references of kind "file", by `file:<name>`. */
  readonly values: Map<string, string>;
}

/**
 * Reads Compose files into an App, as `docker compose config` (v2.40) understands them. Never throws
 * for bad input: all problems are returned together. The process environment is not read.
 */
export function load(options: LoadOptions): Loaded {
  const [first = path.resolve("compose.yaml")] = options.files;
  const folder = path.dirname(first);
  const context = new Context(folder, options.lenient ?? false);
  const given = readVariables(
    envBeside(folder),
    new Map(Object.entries(options.variables)),
    context,
  );
  const name = projectName(options.files, given, folder, context);
  const variables: Variables = new Map([...given, ["COMPOSE_PROJECT_NAME", name]]);
  const root = loadFiles(options.files, { folder, variables, context, trail: [] });
  if (root.kind !== "mapping")
    return { problems: context.problems, absent: context.absent, values: context.values };
  const app = build(withImpliedKeys(root, name, variables), name, variables, options, context);
  const { problems } = context;
  const { absent, values } = context;
  return { ...(problems.length === 0 ? { app } : {}), problems, absent, values };
}

/** The project's name: COMPOSE_PROJECT_NAME, else the last file's `name`, else the folder's. */
function projectName(
  files: readonly string[],
  variables: Variables,
  folder: string,
  context: Context,
): string {
  const forced = variables.get("COMPOSE_PROJECT_NAME");
  if (forced !== undefined && forced !== "") {
    const name = context.open(forced);
    if (!/^[a-z0-9][a-z0-9_-]*$/.test(name))
      context.complain(
        undefined,
        "COMPOSE_PROJECT_NAME",
        `"${display(name)}" is not a project name; use lower-case letters, digits, dashes and underscores`,
      );
    return name;
  }
  let written = "";
  for (const file of files) {
    const documents = context.parsed(file);
    if ("wrong" in documents) continue;
    for (const { root } of documents) written = getString(root, "name") ?? written;
  }
  const name = interpolate(
    written,
    (variable) => {
      const value = variables.get(variable);
      return value === undefined ? undefined : context.open(value);
    },
    () => undefined,
  );
  return normalName(name) || normalName(path.basename(folder)) || "default";
}

function normalName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");
}

function entriesOf(root: Mapping, key: string): ReadonlyMap<string, Entry> {
  const node = get(root, key);
  return node?.kind === "mapping" ? node.entries : new Map<string, Entry>();
}

function build(
  root: Mapping,
  name: string,
  variables: Variables,
  options: LoadOptions,
  context: Context,
): App {
  const chosen =
    options.profiles.length > 0
      ? options.profiles
      : context.open(variables.get("COMPOSE_PROFILES") ?? "").split(",");
  const services: Record<string, Service> = {};
  const disabled: string[] = [];
  const profiles = new Map<string, readonly string[]>();
  const positions = new Map<string, Position>();
  for (const [key, { at }] of root.entries) positions.set(key, at);
  for (const [key, entry] of [...entriesOf(root, "services")].sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    if (entry.value.kind !== "mapping") {
      context.complain(entry.at, ["services", key], "is empty; give it an image or a build");
      continue;
    }
    positionsOf(entry, ["services", key], positions);
    profiles.set(key, texts(get(entry.value, "profiles")));
    if (enabled(profiles.get(key)!, chosen))
      services[key] = toService(key, entry.value, variables, positions, context);
    else disabled.push(key);
  }
  for (const kind of ["networks", "volumes", "secrets", "configs"] as const)
    for (const [key, entry] of entriesOf(root, kind)) {
      positionsOf(entry, [kind, key], positions);
      if (kind === "volumes") foreignVolume(key, entry, context);
    }
  const convert = <T>(kind: string, type: Type<T>): Record<string, T> =>
    Object.fromEntries(
      [...entriesOf(root, kind)].map(([key, { value }]) => [key, type.convert(value)!]),
    );
  const app: App = {
    name,
    folder: context.folder,
    services,
    networks: convert("networks", resources.networks),
    volumes: convert("volumes", resources.volumes),
    secrets: fileObjects("secrets", entriesOf(root, "secrets"), services, options, context),
    configs: fileObjects("configs", entriesOf(root, "configs"), services, options, context),
    disabled,
    files: snapshots(services, context.folder),
    extensions: Object.fromEntries(
      [...root.entries]
        .filter(([key]) => key.startsWith("x-"))
        .map(([key, { value }]) => [key, plain(value)]),
    ),
    positions,
  };
  const names = (kind: string): ReadonlySet<string> => new Set(entriesOf(root, kind).keys());
  check(
    app,
    {
      networks: names("networks"),
      volumes: names("volumes"),
      secrets: names("secrets"),
      configs: names("configs"),
      models: names("models"),
      profiles,
    },
    context,
  );
  return onlyNeeded(app);
}

/** An external volume may have no settings here. */
function foreignVolume(name: string, { value }: Entry, context: Context): void {
  const external = get(value, "external");
  if (value.kind !== "mapping" || external?.kind !== "scalar" || external.text !== "true") return;
  for (const [key, { at }] of value.entries)
    if (key !== "name" && key !== "external")
      context.complain(
        at,
        ["volumes", name, key],
        "has no effect on an external volume; remove it, or external",
      );
}

function enabled(profiles: readonly string[], chosen: readonly string[]): boolean {
  return (
    profiles.length === 0 ||
    chosen.includes("*") ||
    profiles.some((profile) => chosen.includes(profile))
  );
}

function toService(
  name: string,
  node: Mapping,
  variables: Variables,
  positions: Map<string, Position>,
  context: Context,
): Service {
  const { env_file: _, label_file: __, ...service } = serviceType.convert(node)!;
  const { deploy, scale } = service;
  const resolved = resolveEnvironment(name, node, service.environment ?? {}, variables, context);
  for (const [variable, at] of resolved.positions) {
    const key = `services.${name}.environment.${variable}`;
    if (!positions.has(key)) positions.set(key, at);
  }
  const labels = resolveLabels(name, node, service.labels ?? {}, context);
  return {
    ...service,
    ...(Object.keys(resolved.environment).length > 0 && { environment: resolved.environment }),
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(deploy !== undefined &&
      scale !== undefined &&
      deploy.replicas === undefined && { deploy: { ...deploy, replicas: scale } }),
  };
}

/** The App without networks, volumes, secrets and configs that no service uses. */
function onlyNeeded(app: App): App {
  const used = {
    networks: new Set<string>(),
    volumes: new Set<string>(),
    secrets: new Set<string>(),
    configs: new Set<string>(),
  };
  for (const service of Object.values(app.services)) {
    for (const network of Object.keys(service.networks ?? {})) used.networks.add(network);
    for (const { type, source } of service.volumes ?? [])
      if (type === "volume" && source !== undefined) used.volumes.add(source);
    for (const { source } of service.secrets ?? []) used.secrets.add(source);
    for (const { source } of service.build?.secrets ?? []) used.secrets.add(source);
    for (const { source } of service.configs ?? []) used.configs.add(source);
  }
  const keep = <T>(all: Readonly<Record<string, T>>, names: ReadonlySet<string>) =>
    Object.fromEntries(Object.entries(all).filter(([key]) => names.has(key)));
  return {
    ...app,
    networks: keep(app.networks, used.networks),
    volumes: keep(app.volumes, used.volumes),
    secrets: keep(app.secrets, used.secrets),
    configs: keep(app.configs, used.configs),
  };
}
