import type { Snapshot, VolumeMount } from "../../compose/app";
import { slug } from "../../model/units";
import { complain, type Context } from "../context";
import type { Mount, MountedFile } from "../plan";
import { within } from "./folder-volumes";

/** Files of the machine itself that any Linux machine has. */
const machineFiles =
  /^\/(etc\/(localtime|timezone|hostname|os-release)|usr\/share\/zoneinfo|sys|proc|dev|run|var\/run|var\/log|lib\/modules|var\/lib\/docker)(\/|$)/;

/** The time zone of the machine: that of every cloud's machines and nodes is UTC. */
const timeFiles = /^\/(etc\/(localtime|timezone)|usr\/share\/zoneinfo)(\/|$)/;

/** Files in which services keep what they find out: Traefik's certificates, SQLite. */
const stateFiles = /(^|\/)acme[^/]*\.json$|\.(db|sqlite3?)$/i;

/**
 * A bind mount is data, source code that the image has, files to upload, or a path of the host
 * (decisions.md: bind-mounts).
 */
export function planBind(
  context: Context,
  name: string,
  mount: VolumeMount,
  key: string,
): Mount | undefined {
  const { app, notices, folders } = context;
  const { source = "" } = mount;
  const shown = within(source, app.folder) ? `.${source.slice(app.folder.length)}` : source;
  switch (folders.kind(name, mount)) {
    case "host":
      return planHostPath(context, name, mount, key);
    case "source":
      notices.info(
        name,
        key,
        `${shown} is source code that the built image already has, so it is not mounted`,
      );
      return undefined;
    case "missing": {
      const message = `${shown} does not exist; make the file, or mount a named volume`;
      if (context.preview) notices.loss(name, key, message);
      else complain(context, `services.${name}.${key}`, message);
      return undefined;
    }
    case "data":
      return planFolder(context, name, mount, key, shown);
    case "files":
      return planFiles(context, name, mount, key, shown);
  }
}

function planHostPath(
  { settings, notices }: Context,
  name: string,
  { source = "", target, read_only: readOnly = false, bind }: VolumeMount,
  key: string,
): Mount | undefined {
  if (settings.shape === "cluster") {
    if (timeFiles.test(source))
      notices.info(
        name,
        key,
        `${source} is not mounted: nodes have UTC, as pods do; for another time zone set TZ in the service's environment`,
      );
    else
      notices.loss(
        name,
        key,
        `${source} is a path of the host, which is not supported on a cluster; mount a volume if it is data, or keep the service on a vm`,
      );
    return undefined;
  }
  if (!machineFiles.test(source))
    notices.info(name, key, `${source} is a path of the machine; its content is not copied there`);
  const propagation = bind?.propagation;
  return {
    kind: "host",
    source,
    target,
    readOnly,
    ...(propagation === undefined ? {} : { propagation }),
  };
}

/** A folder of data, in the volume that keeps it for every service. */
function planFolder(
  context: Context,
  name: string,
  { source = "", target, read_only: readOnly = false }: VolumeMount,
  key: string,
  shown: string,
): Mount {
  const { app, folders, notices } = context;
  const { volume, subpath } = folders.keptIn(source);
  if (volume in app.volumes)
    complain(
      context,
      `volumes.${volume}`,
      `is the name of the volume that keeps ${shown}; give it another one`,
    );
  const others = folders.usersOf(volume).filter((other) => other !== name);
  const becomes =
    subpath === undefined ? `the volume ${volume}` : `${subpath} in the volume ${volume}`;
  notices.info(
    name,
    key,
    `${shown} holds data: it becomes ${becomes}, which starts empty and is protected${others.length === 0 ? "" : `; shared with ${others.join(", ")}`}`,
  );
  return {
    kind: "volume",
    volume,
    target,
    readOnly,
    ...(subpath === undefined ? {} : { subpath }),
  };
}

function planFiles(
  context: Context,
  name: string,
  mount: VolumeMount,
  key: string,
  shown: string,
): Mount | undefined {
  const { source = "", target } = mount;
  const snapshot = context.app.files[source]!;
  if (snapshot.files === undefined) {
    const size = `${snapshot.count} files, ${Math.ceil(snapshot.bytes / 1024)} KiB`;
    complain(
      context,
      `services.${name}.${key}`,
      `${shown} is too large to upload (${size}; at most 100 files and 900 KiB); copy it into an image with build:, or mount a named volume`,
    );
    return undefined;
  }
  checkWritable(context, name, mount, key, { shown, snapshot });
  // Traefik refuses a file of keys that others may read.
  const usual = /^acme[^/]*\.json$/.test(source.split("/").at(-1)!) ? "0600" : "0644";
  const files = snapshot.files.map((file): MountedFile => ({
    path: file.path === "" ? target : `${target.replace(/\/$/, "")}/${file.path}`,
    content: file.content,
    binary: file.binary,
    mode: file.executable ? "0755" : usual,
  }));
  return { kind: "files", name: slug(target), target, secret: false, files };
}

/** A notice for a folder of files that a service may write to: with a bind mount that would last. */
function checkWritable(
  { settings, notices }: Context,
  name: string,
  { target, read_only }: VolumeMount,
  key: string,
  { shown, snapshot }: { readonly shown: string; readonly snapshot: Snapshot },
): void {
  if (read_only === true) return;
  if (snapshot.kind !== "folder") {
    const empty = snapshot.files?.every(({ content }) => content.trim() === "") === true;
    if (stateFiles.test(shown) || empty)
      notices.loss(
        name,
        key,
        `${settings.shape === "cluster" ? `${shown} is read-only on a cluster` : `what the service writes to ${shown} is lost with its next update`}; let it write into a folder, and mount a named volume there`,
      );
    return;
  }
  // Images only read it.
  if (within(target, "/docker-entrypoint-initdb.d")) return;
  notices.info(
    name,
    key,
    settings.shape === "cluster"
      ? `the files of ${shown} are read-only on a cluster, and what the service writes beside them in ${target} is lost with the pod; mount a named volume to keep it, or write :ro if nothing writes there`
      : `the files of ${shown} are uploaded, and what the service writes to ${target} is lost with its next update; mount a named volume to keep it, or write :ro if nothing writes there`,
  );
}
