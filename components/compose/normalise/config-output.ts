import { stringify } from "yaml";
import { parts, type Reference } from "../../model/reference";
import type { App, FileObject } from "../app";

/**
 * The App as the reference implementation's `docker compose config --format json` prints it, a `$`
 * doubled. References are shown through `show`.
 */
export function configOutput(
  app: App,
  show: (reference: Reference) => string = () => "[secret]",
): object {
  const objects = (all: Readonly<Record<string, FileObject>>, hide: (o: FileObject) => boolean) =>
    mapValues(all, (object) => {
      const { binary: _, content, ...rest } = object;
      return content === undefined || hide(object) ? rest : { ...rest, content };
    });
  const services = mapValues(app.services, (service) => ({
    ...service,
    ...(service.ulimits === undefined ? {} : { ulimits: mapValues(service.ulimits, limit) }),
    ...(service.configs === undefined
      ? {}
      : {
          configs: service.configs.map(({ target, ...rest }) =>
            target === `/${rest.source}` ? rest : { ...rest, target },
          ),
        }),
  }));
  const optional = {
    networks: mapValues(app.networks, ({ ipam: { options: _, ...ipam } = {}, ...network }) => ({
      ...network,
      ipam,
    })),
    volumes: app.volumes,
    secrets: objects(app.secrets, () => true),
    configs: objects(
      app.configs,
      ({ file, environment }) => file !== undefined || environment !== undefined,
    ),
  };
  return printable(
    {
      name: app.name,
      services,
      ...Object.fromEntries(
        Object.entries(optional).filter(([, entries]) => Object.keys(entries).length > 0),
      ),
      ...app.extensions,
    },
    show,
  ) as object;
}

/** The normal form as YAML, for `compose.resolved.yaml`. */
export function configYaml(app: App, show?: (reference: Reference) => string): string {
  return stringify(configOutput(app, show), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** The reference implementation omits zeros here, too. */
function limit(value: number | { readonly soft: number; readonly hard: number }): unknown {
  if (typeof value === "number") return value === 0 ? {} : value;
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== 0));
}

function mapValues<T, U>(
  all: Readonly<Record<string, T>>,
  convert: (value: T) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, convert(value)]));
}

function printable(value: unknown, show: (reference: Reference) => string): unknown {
  if (typeof value === "string")
    return parts(value)
      .map((part) => (typeof part === "string" ? part : show(part)))
      .join("")
      .replaceAll("$", "$$$$");
  if (Array.isArray(value)) return value.map((item) => printable(item, show));
  if (typeof value === "object" && value !== null)
    return mapValues(value as Record<string, unknown>, (inner) => printable(inner, show));
  return value;
}
