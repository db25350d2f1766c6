import { engineOf, engines } from "../../databases";
import { derivedOf, serverVersion } from "../../databases/derived";
import type { Engine } from "../../databases/engine";
import type { EngineName } from "../../model/engine-name";
import { imageParts } from "../../model/image-name";
import type { DatabaseSetting } from "../../settings/settings";
import { complain, type Context } from "../context";
import { imageOf } from "../images";
import type { Database, MountedFile, Service } from "../plan";
import type { ManagedEngine } from "../../model/catalog";
import { decide, managedOnly } from "./mode";
import { checkReplaced, ofContainer } from "./replaced";
import { planParameters } from "./parameters";
import { literal, replicaName } from "../../model/units";

/** Every service that is a database, and whether the cloud runs it or a container does. */
export function planDatabases(context: Context, services: readonly Service[]): Database[] {
  const { settings } = context;
  for (const name of Object.keys(settings.databases))
    if (!services.some((service) => service.name === name))
      context.problems.push({
        key: `berth:databases.${name}`,
        message: `no service ${name} in the Compose file; name one of its databases`,
      });
  return services.flatMap((service) => {
    const setting = settings.databases[service.name] ?? {};
    const stated = settings.databases[service.name] !== undefined;
    const ofImage = imageOf(context, service.name, service.compose) ?? service.compose.image;
    const engine =
      setting.engine ?? service.engine ?? (stated ? engineOf(ofImage)?.name : undefined);
    if (engine === undefined) {
      if (stated && setting.mode !== "container")
        complain(
          context,
          `services.${service.name}.image`,
          `the image is not a database that Berth knows; set berth:databases.${service.name}.engine`,
        );
      return [];
    }
    const image = ofImage ?? "";
    const tag = setting.version ?? serverVersion(engines[engine], image);
    const managedEngine = context.catalog.engines[engine];
    const { port, login: loginOf, requiredUser }: Engine = engines[engine];
    const login = loginOf(service);
    // Its clients do not log in, which no managed server of the engine allows.
    const lacking = login.user === undefined || login.password === undefined ? requiredUser : null;
    const brought = derivedOf(engines[engine], image)?.extensions ?? [];
    const missing = brought.filter((one) => managedEngine?.extensions?.includes(one) !== true);
    const mode = decide(context, service, setting, { engine, managedEngine, missing, lacking });
    if (mode !== "container") {
      context.notices.withdraw(service.name, ofContainer);
      checkReplaced(context, services, service, { engine, mode });
    }
    if (mode === "managed" && brought.length > 0)
      context.notices.info(
        service.name,
        "image",
        `${brought.join(", ")}: made in the database by its administrator, as the application's own user may not`,
      );
    if (mode === "managed" && setting.finalSnapshot === true && !context.catalog.can.finalSnapshots)
      context.notices.loss(
        service.name,
        "databases.finalSnapshot",
        `${settings.cloud} keeps no snapshot of a database that is deleted; dump it before`,
      );
    if (mode === "container") checkReplacedService(context, service.name, engine, setting);
    if (mode === "managed") checkBackupDays(context, service.name, setting, managedEngine!);
    const version =
      mode === "managed"
        ? pinned(context, service.name, image, tag, managedEngine!, engine)
        : (tag ?? imageParts(image).tag);
    if (mode === "managed" && lacking !== null)
      complain(
        context,
        `services.${service.name}.environment`,
        `a managed ${engines[engine].title} asks for a user; set ${lacking.user} and ${lacking.password}, and use them in the application's URL`,
      );
    if (mode !== "container") checkProxy(context, service.name, engine, mode);
    const high = mode === "managed" && (setting.highAvailability ?? settings.shape === "cluster");
    return [
      {
        service: service.name,
        engine,
        version,
        managed: mode !== "container",
        ...(setting.url === undefined ? {} : { url: setting.url }),
        ...(setting.ca === undefined ? {} : { ca: setting.ca }),
        readUrls: setting.readUrls ?? [],
        host: service.name,
        port,
        ...(mode === "managed" && managedEngine !== undefined
          ? {
              size:
                setting.size ?? (high ? managedEngine.highAvailable : managedEngine.sizes[0]!.name),
              storage: setting.storage ?? managedEngine.storage.default,
            }
          : {}),
        highAvailability: high,
        readReplicas: mode === "managed" ? (setting.readReplicas ?? 0) : 0,
        backupDays: setting.backupDays ?? 7,
        finalSnapshot: setting.finalSnapshot ?? true,
        ...(setting.restoreFrom === undefined ? {} : { restoreFrom: setting.restoreFrom }),
        ...login,
        ...(mode === "managed"
          ? planParameters(context, service, { engine, managedEngine: managedEngine! })
          : { parameters: {}, settings: {} }),
        extensions: mode === "managed" ? brought : [],
        scripts: scripts(service),
        networks: service.networks,
        users: clients(services, service),
      },
    ];
  });
}

/** `POSTGRES_READ_HOSTS` of the service `postgres`. */
export function readVariable(service: string): string {
  return `${service.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}_READ_HOSTS`;
}

/** The variables with the host names of read replicas (contract: `<SERVICE>_READ_HOSTS`). */
export function readHosts(
  databases: readonly Database[],
  { settings }: Context,
): Map<string, Record<string, string>> {
  const variables = new Map<string, Record<string, string>>();
  for (const database of databases) {
    const { service, port, readReplicas, users, readUrls } = database;
    const count = Math.max(readReplicas, readUrls.length);
    if (settings.databases[service]?.readReplicas === undefined && count === 0) continue;
    const hosts =
      count === 0
        ? `${service}:${port}`
        : Array.from(
            { length: count },
            (_, index) => `${replicaName(service, index + 1)}:${port}`,
          ).join(",");
    for (const user of users)
      variables.set(user, { ...variables.get(user), [readVariable(service)]: hosts });
  }
  return variables;
}

/** The name of a database elsewhere is answered by its engine's proxy, if there is one. */
function checkProxy(
  { problems, notices }: Context,
  service: string,
  engine: EngineName,
  mode: "managed" | "url",
): void {
  const { title, proxy, logins }: Engine = engines[engine];
  const key = `berth:databases.${service}`;
  if (proxy === null)
    problems.push({
      key,
      message: `${title} has no proxy that could answer as ${service} for a server elsewhere; set it to container, or remove the service and give the application the server's own URL in berth:variables`,
    });
  else if (mode === "url" && logins === null)
    notices.info(
      service,
      "databases.url",
      `the proxy passes the application's own login on: its user and password have to be those of ${key}.url`,
    );
}

/** A notice for days of backups that the cloud does not let anybody choose. */
function checkBackupDays(
  { notices, settings: { cloud } }: Context,
  service: string,
  { backupDays }: DatabaseSetting,
  { fixedBackupDays }: ManagedEngine,
): void {
  if (backupDays === undefined || fixedBackupDays === undefined || backupDays === fixedBackupDays)
    return;
  notices.loss(
    service,
    "databases.backupDays",
    fixedBackupDays === 0
      ? `${cloud} keeps no backups of it; schedule a dump, or set it to 0`
      : `${cloud} keeps backups of ${fixedBackupDays} days, whatever is stated; schedule a dump for more`,
  );
}

/** Notices for config of a database that a container cannot honour. */
function checkReplacedService(
  { notices, settings, catalog }: Context,
  service: string,
  engine: EngineName,
  setting: DatabaseSetting,
): void {
  if ((setting.readReplicas ?? 0) > 0)
    notices.info(
      service,
      "databases.readReplicas",
      `a container has no read replicas; ${readVariable(service)} names the database itself${catalog.engines[engine] === undefined || settings.shape === "cluster" ? "" : `; state size too, and it is managed`}`,
    );
  for (const key of managedOnly(setting))
    notices.info(
      service,
      `databases.${key}`,
      `is ignored: it is for managed databases, and this one is a container`,
    );
}

/** The tag's version exactly, or an error that lists what is offered (decisions.md: database-versions). */
function pinned(
  context: Context,
  service: string,
  image: string,
  tag: string | undefined,
  managedEngine: ManagedEngine,
  engine: string,
): string {
  const list = managedEngine.versions.join(", ");
  const key = `services.${service}.image`;
  const how = `set berth:databases.${service}.version to one of ${list}, or berth:databases.${service}: container`;
  if (tag === undefined) {
    complain(
      context,
      key,
      `${image} names no version of ${engine}, and a managed database has one; ${how}`,
    );
    return managedEngine.versions[0]!;
  }
  const version = offeredVersion(tag, managedEngine.versions);
  if (version === undefined)
    complain(context, key, `${context.settings.cloud} offers no managed ${engine} ${tag}; ${how}`);
  return version ?? managedEngine.versions[0]!;
}

/**
 * The offered version that a tag's version is: exactly its major (decisions.md: database-versions). `8.4.3` and `8`
 * are both the offered `8.4`, the first in the list; `8.0` is not.
 */
function offeredVersion(version: string, offered: readonly string[]): string | undefined {
  return offered.find(
    (offer) =>
      offer === version || version.startsWith(`${offer}.`) || offer.startsWith(`${version}.`),
  );
}

/** Files mounted into the image's folder of first-start scripts, in the order in which it runs them. */
function scripts({ mounts }: Service): MountedFile[] {
  return mounts
    .flatMap((mount) => (mount.kind === "files" ? mount.files : []))
    .filter(({ path }) => path.startsWith("/docker-entrypoint-initdb.d/"))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Services that can speak to the database: those that wait for it, or name it in their environment. */
function clients(services: readonly Service[], database: Service): string[] {
  const names = new Set(Object.values(database.networks).flat().concat(database.name));
  const word = new RegExp(
    `(^|[^A-Za-z0-9_.-])(${[...names].map(literal).join("|")})($|[^A-Za-z0-9_-])`,
  );
  return services
    .filter(
      ({ name, after, environment, networks }) =>
        name !== database.name &&
        Object.keys(networks).some((network) => network in database.networks) &&
        (after.some(({ service }) => service === database.name) ||
          Object.values(environment).some((text) => word.test(text))),
    )
    .map(({ name }) => name);
}
