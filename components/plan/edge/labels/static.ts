import { parse } from "yaml";
import type { App, Service as ComposeService } from "../../../compose/app";
import { imageParts } from "../../../model/image-name";
import { hasReference } from "../../../model/reference";
import type { Source } from "./label";

/** One option of a Traefik's static configuration, and what in the Compose file states it. */
export interface Option {
  readonly value: string;
  readonly at: Source;
}

/** The static configuration of a Traefik that the Compose file runs. */
export interface Static {
  readonly service: string;
  readonly compose: ComposeService;
  /** By the dotted name in lower case: `entrypoints.web.address`. */
  readonly options: ReadonlyMap<string, Option>;
  /** A file of options that is not read: it is not YAML, or not in the project. */
  readonly unread?: Source;
}

/** The Traefik of the Compose file, where it has one. */
export function ownTraefik(app: App): Static | undefined {
  for (const [service, compose] of Object.entries(app.services)) {
    if (imageParts(compose.image ?? "").base !== "traefik") continue;
    const options = new Map<string, Option>();
    fromEnvironment(service, compose, options);
    const flags = new Map<string, Option>();
    fromFlags(service, [...(compose.entrypoint ?? []), ...(compose.command ?? [])], flags);
    for (const [name, option] of flags) options.set(name, option);
    const unread = fromFile(app, service, compose, flags.get("configfile")?.value, options);
    return { service, compose, options, ...(unread === undefined ? {} : { unread }) };
  }
  return undefined;
}

/** `--name=value`, `--name value`, and `--name` alone, which is `true`. */
function fromFlags(service: string, words: readonly string[], into: Map<string, Option>): void {
  const at = { service, key: "command" };
  words.forEach((word, index) => {
    const flag = /^--?([A-Za-z][^=]*)(?:=([^]*))?$/.exec(word);
    if (flag === null) return;
    const next = words[index + 1];
    const value = flag[2] ?? (next === undefined || next.startsWith("-") ? "true" : next);
    into.set(flag[1]!.toLowerCase(), { value, at });
  });
}

/** `TRAEFIK_ENTRYPOINTS_WEB_ADDRESS`. */
function fromEnvironment(
  service: string,
  { environment }: ComposeService,
  into: Map<string, Option>,
): void {
  for (const [variable, value] of Object.entries(environment ?? {})) {
    const name = /^TRAEFIK_(.+)$/i.exec(variable)?.[1];
    if (name === undefined || value === null) continue;
    const at = { service, key: `environment.${variable}` };
    into.set(name.toLowerCase().replaceAll("_", "."), { value, at });
  }
}

const usualFile = /^\/etc\/traefik\/traefik\.(ya?ml|toml)$/;

/** A YAML file of options that is mounted from the project. Returns what names one that is not read. */
function fromFile(
  app: App,
  service: string,
  { volumes, configs }: ComposeService,
  named: string | undefined,
  into: Map<string, Option>,
): Source | undefined {
  const wanted = (target: string): boolean =>
    named === undefined ? usualFile.test(target) : target === named;
  const read = (content: string | undefined, path: string, at: Source): Source | undefined => {
    if (content === undefined || hasReference(content)) return at;
    // TOML is not read; only what may be a guard matters.
    if (path.endsWith(".toml")) return /middlewares|options/i.test(content) ? at : undefined;
    try {
      flatten(parse(content), "", (name, value) => into.set(name.toLowerCase(), { value, at }));
      return undefined;
    } catch {
      return at;
    }
  };
  for (const { type, source, target } of volumes ?? []) {
    if (type !== "bind" || source === undefined) continue;
    for (const file of app.files[source]?.files ?? []) {
      const path = file.path === "" ? target : `${target.replace(/\/$/, "")}/${file.path}`;
      if (wanted(path))
        return read(file.binary ? undefined : file.content, path, { service, key: "volumes" });
    }
    if (wanted(target) || named?.startsWith(`${target}/`) === true)
      return { service, key: "volumes" };
  }
  for (const { source, target } of configs ?? []) {
    const path = target;
    if (wanted(path)) return read(app.configs[source]?.content, path, { service, key: "configs" });
  }
  return named === undefined ? undefined : { service, key: "command" };
}

function flatten(value: unknown, name: string, set: (name: string, value: string) => void): void {
  if (Array.isArray(value)) set(name, value.join(","));
  else if (value === null) set(name, "true");
  else if (typeof value === "object")
    for (const [key, below] of Object.entries(value))
      flatten(below, name === "" ? key : `${name}.${key}`, set);
  else if (typeof value === "string") set(name, value);
  else if (typeof value === "number" || typeof value === "boolean") set(name, String(value));
}
