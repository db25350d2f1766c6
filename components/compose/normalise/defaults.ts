import * as path from "node:path";
import type { Text } from "../../model/reference";
import { get, isNull, mapping, scalar, sequence, withEntries } from "../../model/tree";
import type { Entry, Mapping, Node } from "../../model/tree";
import type { Variables } from "../resolve/variables";

/**
 * The tree with what the reference implementation adds: the default network, dependencies that
 * `links`, `volumes_from` and shared namespaces imply, names of resources, values of variables that
 * `environment` and build arguments only name.
 */
export function withImpliedKeys(root: Mapping, project: string, variables: Variables): Mapping {
  const services = entriesOf(get(root, "services"));
  const networks = new Map(entriesOf(get(root, "networks")));
  const done = new Map<string, Entry>();
  let standard = false;
  for (const [name, { at, value }] of services) {
    const service = value.kind === "mapping" ? onNetwork(value) : value;
    if (get(get(service, "networks"), "default") !== undefined) standard = true;
    done.set(name, {
      at,
      value: service.kind === "mapping" ? complete(service, variables) : service,
    });
  }
  if (standard && !networks.has("default"))
    networks.set("default", { at: root.at, value: scalar(root.at, null) });
  return withEntries(root, {
    services: mapping(get(root, "services")?.at ?? root.at, done),
    networks: withNames(mapping(root.at, networks), project),
    volumes: withNames(get(root, "volumes"), project),
    secrets: withNames(get(root, "secrets"), project),
    configs: withNames(get(root, "configs"), project),
  });
}

function entriesOf(node: Node | undefined): ReadonlyMap<string, Entry> {
  return node?.kind === "mapping" ? node.entries : new Map<string, Entry>();
}

function onNetwork(service: Mapping): Mapping {
  if (service.entries.has("provider") || service.entries.has("network_mode")) return service;
  const networks = get(service, "networks");
  return networks?.kind === "mapping" && networks.entries.size > 0
    ? service
    : withEntries(service, {
        networks: mapping(service.at, [
          ["default", { at: service.at, value: scalar(service.at, null) }],
        ]),
      });
}

function complete(service: Mapping, variables: Variables): Mapping {
  const dependsOn = dependencies(service);
  return withEntries(service, {
    ...(dependsOn.entries.size === 0 ? {} : { depends_on: dependsOn }),
    build: withArguments(get(service, "build"), variables),
    environment: resolved(get(service, "environment"), variables),
    pull_policy: pullPolicy(get(service, "pull_policy")),
    volumes: cleanTargets(get(service, "volumes")),
  });
}

function pullPolicy(node: Node | undefined): Node | undefined {
  return node?.kind === "scalar" && node.value === "if_not_present"
    ? scalar(node.at, "missing")
    : node;
}

function dependencies(service: Mapping): Mapping {
  const given = get(service, "depends_on");
  const all = new Map<string, Entry>(entriesOf(given));
  const add = (item: Node, name: string, restart: boolean): void => {
    const { at } = item;
    if (!all.has(name))
      all.set(name, {
        at,
        value: mapping(at, [
          ["condition", { at, value: scalar(at, "service_started") }],
          ["restart", { at, value: scalar(at, restart) }],
          ["required", { at, value: scalar(at, true) }],
        ]),
      });
  };
  for (const [item, text] of texts(get(service, "links"))) {
    const fields = text.split(":");
    add(item, fields.length === 2 ? fields[0]! : text, true);
  }
  for (const key of ["network_mode", "ipc", "pid", "uts", "cgroup"])
    for (const [item, text] of texts(get(service, key)))
      if (text.startsWith("service:")) add(item, text.slice("service:".length), true);
  for (const [item, text] of texts(get(service, "volumes_from")))
    if (!text.startsWith("container:")) add(item, text.split(":", 1)[0]!, false);
  return mapping(given?.at ?? service.at, all);
}

function texts(node: Node | undefined): [Node, string][] {
  if (node === undefined) return [];
  return (node.kind === "sequence" ? node.items : [node]).flatMap((item): [Node, string][] =>
    item.kind === "scalar" && item.value !== null ? [[item, item.text]] : [],
  );
}

/** Names without a value take that of the variable; others stay without one. */
function resolved(node: Node | undefined, variables: Variables): Node | undefined {
  if (node?.kind !== "mapping") return node;
  return mapping(
    node.at,
    [...node.entries].map(([key, entry]) => {
      const value = isNull(entry.value) ? variables.get(key) : undefined;
      return [
        key,
        value === undefined ? entry : { at: entry.at, value: scalar(entry.value.at, value) },
      ];
    }),
  );
}

/** Drops build arguments whose variable is not set. */
function withArguments(build: Node | undefined, variables: Variables): Node | undefined {
  if (build?.kind !== "mapping") return build;
  const given = get(build, "args");
  let args: Node | undefined;
  if (given?.kind === "mapping") {
    const filled = resolved(given, variables) as Mapping;
    args = mapping(
      given.at,
      [...filled.entries].filter(([, { value }]) => !isNull(value)),
    );
  } else if (given?.kind === "sequence") {
    const value = (text: string): Text | undefined =>
      text.includes("=") ? text : withName(text, variables.get(text));
    args = sequence(
      given.at,
      given.items.flatMap((item) => {
        const text = item.kind === "scalar" ? value(item.text) : undefined;
        return text === undefined ? [] : [scalar(item.at, text)];
      }),
    );
  }
  const inline = build.entries.has("dockerfile_inline");
  return withEntries(build, {
    ...(args === undefined ? {} : { args }),
    ...(build.entries.has("dockerfile") || inline
      ? {}
      : { dockerfile: scalar(build.at, "Dockerfile") }),
  });
}

function withName(name: string, value: Text | undefined): Text | undefined {
  return value === undefined ? undefined : `${name}=${value}`;
}

function cleanTargets(volumes: Node | undefined): Node | undefined {
  if (volumes?.kind !== "sequence") return volumes;
  return sequence(
    volumes.at,
    volumes.items.map((item) => {
      const target = get(item, "target");
      return item.kind === "mapping" && target?.kind === "scalar"
        ? withEntries(item, { target: scalar(target.at, cleanPath(target.text)) })
        : item;
    }),
  );
}

/** A container's path without `.`, `..`, doubled or trailing slashes. */
function cleanPath(target: string): string {
  return path.posix.normalize(target).replace(/(.)\/$/, "$1");
}

function withNames(node: Node | undefined, project: string): Node | undefined {
  if (node?.kind !== "mapping") return node;
  return mapping(
    node.at,
    [...node.entries].map(([key, { at, value }]) => {
      const resource = value.kind === "mapping" ? value : mapping(value.at, []);
      if (resource.entries.has("name")) return [key, { at, value: resource }];
      const external = get(resource, "external");
      const theirs = external?.kind === "scalar" && /^(true|t|1|yes|y|on)$/i.test(external.text);
      return [
        key,
        {
          at,
          value: withEntries(resource, {
            name: scalar(at, theirs ? key : `${project}_${key}`),
          }),
        },
      ];
    }),
  );
}
