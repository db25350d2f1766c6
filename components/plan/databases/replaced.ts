import { engines } from "../../databases";
import type { Engine } from "../../databases/engine";
import type { ServiceKey } from "../../compose/app";
import { reachOf } from "../../model/addresses";
import type { EngineName } from "../../model/engine-name";
import type { Context } from "../context";
import type { Notice, Service } from "../plan";

interface Replaced {
  readonly engine: EngineName;
  readonly mode: "managed" | "url";
}

/**
 * Keys that a managed database has nothing for, and that an application may miss. Every other key is of the container's
 * process and its place (health check, user, limits, restarts, networks), or is planned: command, environment, volumes.
 */
const missed: Partial<Record<ServiceKey, string>> = {
  post_start: "is not run: a managed database has no container",
  pre_stop: "is not run: a managed database has no container",
  use_api_socket: "is not there: a managed database has no container",
};

/** What was found for a container, before it was known that there is none: all but what its files and variables lack. */
export const ofContainer = ({ level, key }: Pick<Notice, "level" | "key">): boolean =>
  !/^(environment|env_file)\b/.test(key) &&
  (level === "info" || !/^(volumes|volumes_from|configs|secrets)\b/.test(key));

/** Notices for what a service carries that its managed database, or the one of a url, does not take over. */
export function checkReplaced(
  context: Context,
  services: readonly Service[],
  service: Service,
  replaced: Replaced,
): void {
  const { notices } = context;
  const { name, compose } = service;
  for (const key of Object.keys(compose) as (keyof typeof compose)[]) {
    const message = missed[key];
    if (message !== undefined && compose[key] !== undefined) notices.loss(name, key, message);
  }
  const routed = Object.keys(compose.labels ?? {}).filter((label) =>
    /^traefik\.(http|tcp|udp)\./.test(label),
  );
  if (routed.length > 0)
    notices.loss(name, "labels", `${routed[0]!}: no route leads to a managed database`);
  checkPublished(context, service);
  checkVariables(context, service, replaced);
  checkFiles(context, service, replaced);
  checkVolumes(context, services, service, replaced);
  if (replaced.mode === "url") checkUrl(context, service, replaced);
}

function checkPublished({ notices }: Context, { name, compose }: Service): void {
  (compose.ports ?? []).forEach(({ target, published, host_ip }, index) => {
    if (published === undefined || reachOf(host_ip) === "machine") return;
    notices.loss(
      name,
      `ports[${index}]`,
      `${target} is not published: a managed database is reached from the application's own network alone`,
    );
  });
}

/** Variables that the images of engines read by their names. */
const ofImages =
  /^(POSTGRES|POSTGRESQL|PG|MYSQL|MARIADB|REDIS|VALKEY|MONGO|MONGODB|TS|TIMESCALEDB)_/;

function checkVariables({ notices }: Context, service: Service, { engine }: Replaced): void {
  const { name, environment, mounts, compose } = service;
  const { command, entrypoint, healthcheck } = compose;
  const lines = [command ?? [], entrypoint ?? [], healthcheck?.test ?? []].flat().join(" ");
  const { settings, login: loginOf, title }: Engine = engines[engine];
  const login = loginOf(service);
  const known = login.password !== undefined || login.adminPassword !== undefined;
  const read = new Set(settings?.read(service).settings.map(({ key }) => key));
  const scripts = mounts.filter(({ target }) => target.startsWith("/docker-entrypoint-initdb.d"));
  const script = scripts
    .flatMap((mount) => (mount.kind === "files" ? mount.files.map(({ content }) => content) : []))
    .join("\n");
  const others: string[] = [];
  for (const [variable, value] of Object.entries(environment)) {
    const key = `environment.${variable}`;
    if (read.has(key) || settings?.variables.test(variable) === true) continue;
    if (new RegExp(`\\$\\{?${variable}\\b`).test(lines)) continue;
    // The bootstrap runs the scripts with it.
    if (new RegExp(`\\b${variable}\\b`).test(script)) continue;
    if (/^POSTGRES_HOST_AUTH_METHOD$/.test(variable)) {
      if (value === "trust" && known)
        notices.loss(
          name,
          key,
          "trust: a managed PostgreSQL asks for the password that POSTGRES_PASSWORD says",
        );
    } else if (/^(MYSQL|MARIADB)_ALLOW_EMPTY(_ROOT)?_PASSWORD$/.test(variable)) {
      if (!known)
        notices.loss(
          name,
          key,
          `a managed ${title} has a password for every user; set one, and use it in the application`,
        );
    } else if (ofImages.test(variable))
      notices.loss(
        name,
        key,
        `is of the container's image: a managed ${title} has nothing like it`,
      );
    // First-start scripts find the others.
    else if (scripts.length === 0 && !/^(TZ|LANG|LC_\w+)$/.test(variable)) others.push(variable);
  }
  if (others.length > 0)
    notices.info(
      name,
      "environment",
      `${others.join(", ")}: nothing reads them: a managed ${title} has no container`,
    );
}

/** Who may connect, which the cloud's firewall and the proxy decide, and the machine's clock. */
const decided = /\/pg_(hba|ident)\.conf$|^\/etc\/(localtime|timezone)$/;

function checkFiles({ notices }: Context, service: Service, { engine }: Replaced): void {
  const { name, compose, mounts } = service;
  const { settings, title }: Engine = engines[engine];
  const read = new Set(settings?.read(service).files);
  const check = (compose.healthcheck?.test ?? []).join(" ");
  for (const mount of mounts) {
    if (mount.kind !== "files" || mount.secret) continue;
    if (mount.target.startsWith("/docker-entrypoint-initdb.d")) continue;
    const used = mount.files.some(
      ({ path }) => read.has(path) || decided.test(path) || check.includes(path),
    );
    if (used) continue;
    const index = (compose.volumes ?? []).findIndex(({ target }) => target === mount.target);
    notices.loss(
      name,
      index < 0 ? "configs" : `volumes[${index}]`,
      `${mount.target} is not read: a managed ${title} has no such file`,
    );
  }
}

/** Volumes beside the data, and those that others look into. */
function checkVolumes(
  { notices }: Context,
  services: readonly Service[],
  { name, compose, environment, mounts }: Service,
  { engine }: Replaced,
): void {
  const { dataFolders, keeps, title }: Engine = engines[engine];
  const folder = keeps({ compose, environment, mounts }, compose.image ?? "");
  const isData = (target: string): boolean =>
    target === "/data" ||
    target === folder ||
    dataFolders.some((folder) => target === folder || target.startsWith(`${folder}/`));
  for (const mount of mounts) {
    if (mount.kind !== "volume") continue;
    const { volume, target } = mount;
    const index = (compose.volumes ?? []).findIndex((one) => one.target === target);
    const key = index < 0 ? "volumes" : `volumes[${index}]`;
    const others = services.filter(
      (other) =>
        other.name !== name &&
        other.mounts.some((one) => one.kind === "volume" && one.volume === volume),
    );
    if (others.length > 0)
      notices.loss(
        name,
        key,
        `${others.map((other) => other.name).join(", ")} will find nothing of the database in ${volume}: a managed ${title} has no volume`,
      );
    else if (!isData(target))
      notices.info(name, key, `${target} is not there: a managed ${title} has no volume`);
  }
}

function checkUrl({ notices }: Context, service: Service, { engine }: Replaced): void {
  const { settings, title }: Engine = engines[engine];
  const stated = settings?.read(service).settings ?? [];
  for (const key of new Set(stated.map((setting) => setting.key)))
    notices.info(
      service.name,
      key,
      `the ${title} of the url has its own settings: ${[...new Set(stated.filter((one) => one.key === key).map(({ name }) => name))].join(", ")}`,
    );
}
