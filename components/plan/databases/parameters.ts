import { engines } from "../../databases";
import type { Engine } from "../../databases/engine";
import type { Setting } from "../../databases/settings/settings";
import type { ManagedEngine } from "../../model/catalog";
import type { EngineName } from "../../model/engine-name";
import { taken } from "../../model/parameter";
import { hasReference } from "../../model/reference";
import type { Context } from "../context";
import type { Database, Service } from "../plan";

interface Managed {
  readonly engine: EngineName;
  readonly managedEngine: ManagedEngine;
}

/**
 * What a service sets in its server, as the parameters of the managed one that takes its place and the settings of
 * the database in it; with a notice for what neither takes.
 */
export function planParameters(
  context: Context,
  service: Service,
  { engine, managedEngine }: Managed,
): Pick<Database, "parameters" | "settings"> {
  const { notices, settings: config } = context;
  const { title, settings: server }: Engine = engines[engine];
  const parameters: Record<string, string> = {};
  const settings: Record<string, string> = {};
  if (server === null) return { parameters, settings };
  const keep = `keep the container with berth:databases.${service.name}: container`;
  const on = `a managed ${title} on ${config.cloud}`;
  const { settings: stated, unread } = server.read(service);
  for (const { key, what } of unread)
    notices.loss(
      service.name,
      key,
      `"${what}" is not run: ${on} takes the container's place; ${keep}`,
    );
  const own = new Map<string, Set<string>>();
  for (const setting of lastOfEach(stated)) {
    const { name, value, key } = setting;
    const hidden = hasReference(value)
      ? "has a secret in it"
      : /\$[\w{(]/.test(value)
        ? "is worked out by a shell"
        : undefined;
    if (hidden !== undefined) {
      if (!/^(own|same)$/.test(server.instead(name, "") ?? ""))
        notices.loss(service.name, key, `${name} ${hidden}, which ${on} does not take; ${keep}`);
      continue;
    }
    const plain = server.canonical(name, value);
    const instead = server.instead(name, plain);
    if (instead === "same") continue;
    const found = taken(name, plain, managedEngine.parameters?.[name]);
    if (found !== undefined) Object.assign(parameters, found.parameters);
    if (found === undefined && instead === "database") settings[name] = plain;
    else if (found === undefined && instead === "own")
      own.set(key, (own.get(key) ?? new Set()).add(name));
    const lost =
      found === undefined && instead === undefined ? [shown(setting)] : withName(name, found?.lost);
    for (const one of lost)
      notices.loss(service.name, key, `${one} is not supported by ${on}; ${keep}`);
  }
  for (const [key, names] of own)
    notices.info(service.name, key, `${on} decides by itself: ${[...names].join(", ")}`);
  return { parameters, settings };
}

const shown = ({ name, value }: Setting): string => `${name}=${value === "" ? '""' : value}`;

const withName = (name: string, values: readonly string[] = []): string[] =>
  values.map((value) => `${name}=${value}`);

/** Of each name the setting that takes effect; those that add up, as `save`, once. */
function lastOfEach(settings: readonly Setting[]): Setting[] {
  return [...new Map(settings.map((setting) => [setting.name, setting])).values()];
}
