import { engines } from "../../databases";
import { refer, type Text } from "../../model/reference";
import { isBucketName } from "../../settings/formats";
import type { Context } from "../context";
import type { Backups, Service, Volume } from "../plan";
import { cronOf, secondsBetween } from "./schedule";
import { backupMode, stillCopied } from "./modes";

/** Of the password that is made for a stack whose config gives none; no secret in a config has such a name. */
export const madePasswordName = "berth/backups";
const madePassword: Text = refer("generated", madePasswordName);

/**
 * What is backed up, when and where (decisions.md: backups); null where nothing is. What holds data and is not
 * covered draws a notice.
 */
export function planBackups(
  context: Context,
  services: readonly Service[],
  volumes: readonly Volume[],
): Backups | null {
  const { settings, catalog, notices, app } = context;
  const databases = services.flatMap(databaseOf);
  const dumped = new Set(databases.map(({ service }) => service));
  const copied = volumes.flatMap((volume) => copyOf(services, volume, dumped));
  if (databases.length + copied.length === 0) return null;
  const data = [...databases.map(({ service }) => service), ...copied.map(({ volume }) => volume)];
  const without = (why: string): null => {
    notices.loss(null, "backups", `${data.join(", ")}: not backed up: ${why}`);
    return null;
  };
  const { backups } = settings;
  if (backups === false) return without("backups is false");
  const stated = settings.stated.has("backups");
  if (settings.shape === "cluster") {
    if (settings.cloud === "local" && !stated) return null;
    return without("backups are made on a machine only; schedule dumps of your own");
  }
  const ofCloud = backups.to === undefined || isBucketName(backups.to);
  if (ofCloud && !catalog.can.buckets) {
    if (settings.cloud === "local" && !stated) return null;
    return without(
      `${settings.cloud === "local" ? "local" : `Berth makes no bucket on ${settings.cloud}`}: give backups.to as restic names a repository (s3:https://host/bucket), and its keys in backups.credentials`,
    );
  }
  for (const { service, engine } of databases) {
    const { backup, title } = engines[engine];
    if (backup.kind === "dump" && backup.without !== undefined)
      notices.info(service, "image", `a backup of ${title} is without ${backup.without}`);
  }
  for (const { volume, pause } of copied)
    for (const service of pause)
      notices.info(
        service,
        "volumes",
        `stands still while the files of ${volume} are backed up, since they fit together at one moment alone`,
      );
  for (const service of services) checkFolders(context, service);
  const schedule = cronOf(backups.schedule, `${app.name}-${settings.stack}`);
  const interval = secondsBetween(schedule);
  return {
    schedule,
    interval,
    keep: backups.keep,
    keepDays: Math.ceil((backups.keep * interval) / 86400),
    to: ofCloud ? { bucket: backups.to ?? null } : { repository: backups.to },
    credentials: backups.credentials ?? {},
    password: backups.password ?? madePassword,
    databases,
    volumes: copied,
  };
}

function databaseOf({ name, engine, rollout, compose }: Service): Backups["databases"] {
  if (engine === undefined || rollout === "job" || rollout === "cron") return [];
  if (backupMode(compose) === "off" || engines[engine].backup.kind !== "dump") return [];
  return [{ service: name, engine }];
}

/** How a volume is copied; nothing for a database's own, whose dump has what is in it. */
function copyOf(
  services: readonly Service[],
  volume: Volume,
  dumped: ReadonlySet<string>,
): Backups["volumes"] {
  const users = services.filter(({ mounts }) =>
    mounts.some((mount) => mount.kind === "volume" && mount.volume === volume.name),
  );
  const writers = users.filter(
    ({ name, compose }) => !dumped.has(name) && backupMode(compose) !== "off",
  );
  if (writers.length === 0) return [];
  const flush = writers.flatMap(({ name, engine, environment, mounts, compose }) => {
    if (engine === undefined) return [];
    const { backup, login } = engines[engine];
    if (backup.kind !== "copy" || backup.flush === undefined) return [];
    const { password } = login({ environment, mounts, compose });
    return [
      { service: name, script: backup.flush, ...(password === undefined ? {} : { password }) },
    ];
  });
  return [
    {
      volume: volume.name,
      pause: writers.filter(stillCopied).map(({ name }) => name),
      flush,
    },
  ];
}

/** Folders of the machine itself are not a volume of the stack. */
function checkFolders({ notices }: Context, { name, mounts }: Service): void {
  for (const mount of mounts)
    if (mount.kind === "host" && !mount.readOnly && !ofTheSystem.test(mount.source))
      notices.info(
        name,
        "volumes",
        `${mount.source} is a folder of the machine, and is not backed up; name a volume for what has to be`,
      );
}

const ofTheSystem =
  /^\/$|^\/(proc|sys|dev|run|var\/run|etc|tmp|lib|boot|var\/log|var\/lib\/docker)(\/|$)/;
