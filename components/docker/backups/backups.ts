import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { engines } from "../../databases";
import type { Backups as BackupsPlan } from "../../plan/plan";
import { makeContainer } from "../container/make-container";
import { type Host, neverStarted, options, ownLabels, physicalName } from "../host";
import type { Images } from "../images/image";
import { schedulerImage, socketOf } from "../scheduler";
import { folder, script, volumesFolder } from "./script";

/** https://hub.docker.com/r/restic/restic; `images.restic` in the stack's config is used in its place. */
const resticImage = "restic/restic:0.18.1";

/** What marks the container that makes backups, for `npm run backup` and `npm run restore`. */
export const backupsLabel = "berth.backups";

/** Where backups are, and what opens them. */
export interface Repository {
  /** As restic names it. */
  readonly repository: pulumi.Input<string>;
  readonly password: pulumi.Input<string>;
  /** The variables with which restic opens it. */
  readonly credentials: Readonly<Record<string, pulumi.Input<string>>>;
}

export interface BackupsArgs {
  readonly backups: BackupsPlan;
  readonly repository: Repository;
  readonly volumes: ReadonlyMap<string, pulumi.Input<string>>;
  readonly images: Images;
  /** What has to be there before the first backup. */
  readonly after: readonly pulumi.Input<pulumi.Resource>[];
}

/**
 * The container that makes backups (decisions.md: backups): restic, on a schedule. Dumps are made in the containers of
 * the databases, volumes are mounted here. It has Docker's socket, as a container that runs on a schedule has.
 */
export class Backups extends pulumi.ComponentResource {
  constructor(host: Host, args: BackupsArgs, opts: pulumi.ComponentResourceOptions) {
    const name = `${host.name}-backups`;
    super("berth:docker:Backups", name, {}, opts);
    const { backups, images, volumes } = args;
    const { repository, password, credentials } = args.repository;
    const { prefix, project, stack, settings } = host.plan;
    const network = new docker.Network(
      `${name}-network`,
      { name: physicalName(prefix, "berth", "backups"), driver: "bridge", labels: ownLabels(host) },
      options(host, this, { deleteBeforeReplace: true }),
    );
    const program = makeContainer(host, this, {
      resource: `${name}-restic`,
      base: physicalName(prefix, "backups", "restic"),
      args: {
        image: images.pull(settings.images["restic"] ?? resticImage),
        // Its image has no docker program, and the other one no restic.
        command: ["version"],
        networkMode: "none",
        start: false,
        mustRun: false,
        labels: [...ownLabels(host, "backups"), { label: neverStarted, value: "true" }],
      },
      stopFirst: true,
    });
    const variables: Readonly<Record<string, pulumi.Input<string>>> = {
      ...credentials,
      RESTIC_REPOSITORY: repository,
      RESTIC_PASSWORD: pulumi.secret(password),
      PROJECT: project,
      STACK: stack,
      PREFIX: prefix,
      HOST: prefix,
      SCHEDULE: backups.schedule,
      CHECK: checkAfter(backups.schedule),
      INTERVAL: String(backups.interval),
      KEEP: String(backups.keep),
      TZ: "UTC",
      RESTIC_CONTAINER: program.id,
    };
    makeContainer(host, this, {
      resource: `${name}-scheduler`,
      base: physicalName(prefix, "backups"),
      args: {
        image: images.pull(schedulerImage(host)),
        entrypoints: ["berth-backup", "start"],
        envs: Object.entries(variables).map(([key, value]) =>
          key in credentials
            ? pulumi.secret(pulumi.interpolate`${key}=${value}`)
            : pulumi.interpolate`${key}=${value}`,
        ),
        uploads: uploads(host, backups),
        networksAdvanced: [{ name: network.name }],
        volumes: [
          { hostPath: socketOf(host), containerPath: "/var/run/docker.sock" },
          ...backups.volumes.map(({ volume }) => ({
            volumeName: volumes.get(volume)!,
            containerPath: `${volumesFolder}/${volume}`,
          })),
        ],
        healthcheck: {
          tests: ["CMD", "berth-backup", "healthy"],
          interval: "10s",
          timeout: "10s",
          startPeriod: "2m0s",
          retries: 3,
        },
        // A key that opens nothing fails the update.
        mustRun: true,
        wait: true,
        waitTimeout: 240,
        restart: "unless-stopped",
        destroyGraceSeconds: 30,
        logDriver: "json-file",
        logOpts: { "max-size": "10m", "max-file": "2" },
        labels: [...ownLabels(host, "backups"), { label: backupsLabel, value: "true" }],
      },
      stopFirst: true,
      dependsOn: args.after,
    });
    this.registerOutputs({});
  }
}

/** The program and what it reads. */
function uploads(
  host: Host,
  { databases, volumes }: BackupsPlan,
): docker.types.input.ContainerUpload[] {
  const file = (path: string, content: pulumi.Input<string>) => ({
    file: `${folder}/${path}`,
    content,
  });
  return [
    { file: "/usr/local/bin/berth-backup", content: script, executable: true },
    ...databases.flatMap(({ service, engine }) => {
      const { backup } = engines[engine];
      if (backup.kind !== "dump") return [];
      const { dump, restore, count } = backup;
      return Object.entries({ dump, restore, count }).map(([part, content]) =>
        file(`databases/${service}/${part}`, content),
      );
    }),
    ...volumes.flatMap(({ volume, pause, flush }) => [
      file(`volumes/${volume}/pause`, `${pause.join(" ")}\n`),
      ...flush.flatMap(({ service, script, password }) => [
        file(`volumes/${volume}/flush/${service}`, script),
        ...(password === undefined
          ? []
          : [file(`volumes/${volume}/password/${service}`, pulumi.secret(host.open(password)))]),
      ]),
    ]),
  ];
}

/** Once a day, half an hour after the minute of the backup: the newest dumps are restored somewhere else. */
function checkAfter(schedule: string): string {
  const minute = Number.parseInt(schedule, 10);
  return `${Number.isNaN(minute) ? 30 : (minute + 30) % 60} 4 * * *`;
}
