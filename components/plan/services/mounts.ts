import { posix } from "node:path";
import type {
  FileMount,
  FileObject,
  Service as ComposeService,
  Snapshot,
  VolumeMount,
} from "../../compose/app";
import type { Text } from "../../model/reference";
import { complain, type Context } from "../context";
import { dataFolders } from "./data-folders";
import { checkShadowedFiles } from "./shadowed-files";
import type { Mount, MountedFile } from "../plan";
import { bytes, slug } from "../../model/units";

/** Folders in which images keep their program, by convention. */
const codeFolders = [
  "/app",
  "/code",
  "/src",
  "/usr/src",
  "/var/www",
  "/srv",
  "/workspace",
  "/go/src",
  "/usr/local/app",
  "/site",
  "/project",
  "/work",
];

/** Files of the machine itself that any Linux machine has. */
const machineFiles =
  /^\/(etc\/(localtime|timezone|hostname|os-release)|usr\/share\/zoneinfo|sys|proc|dev|run|var\/run|var\/log|lib\/modules|var\/lib\/docker)(\/|$)/;

/** What a service mounts: volumes, uploaded files, host paths, tmpfs, secrets and configs. */
export function planMounts(context: Context, name: string, compose: ComposeService): Mount[] {
  const mounts: Mount[] = [];
  (compose.volumes ?? []).forEach((mount, index) => {
    const planned = planVolume(context, name, compose, mount, `volumes[${index}]`);
    if (planned !== undefined) mounts.push(planned);
  });
  for (const entry of compose.tmpfs ?? []) {
    const [target = entry, options = ""] = entry.split(":");
    mounts.push(tmpfs(target, options));
  }
  mounts.push(...objects(compose.secrets, context.app.secrets, true));
  mounts.push(...objects(compose.configs, context.app.configs, false));
  checkShadowedFiles(context, name, compose, mounts);
  return context.settings.shape === "cluster"
    ? [...mounts, ...borrowed(context, name, compose, mounts)]
    : mounts;
}

/** `volumes_from` as the service's own mounts: unlike Docker, Kubernetes cannot take over another pod's mounts. */
function borrowed(
  context: Context,
  name: string,
  { volumes_from = [] }: ComposeService,
  own: readonly Mount[],
): Mount[] {
  return volumes_from.flatMap((line, index) => {
    const [source = "", mode] = line.split(":");
    const other = context.app.services[source];
    if (other === undefined) {
      context.notices.loss(
        name,
        `volumes_from[${index}]`,
        `${line}: volumes of a container outside of this application are not supported on a cluster`,
      );
      return [];
    }
    return planMounts(context, source, other)
      .filter((mount) => mount.kind !== "tmpfs")
      .filter(({ target }) => !own.some((mount) => mount.target === target))
      .map((mount) =>
        mode === "ro" && "readOnly" in mount ? { ...mount, readOnly: true } : mount,
      );
  });
}

/** The name of the volume that replaces a bind mount or an anonymous volume: service and target. */
export function volumeName(service: string, target: string): string {
  return `${service}-${slug(target)}`;
}

function planVolume(
  context: Context,
  name: string,
  compose: ComposeService,
  mount: VolumeMount,
  key: string,
): Mount | undefined {
  const { target } = mount;
  const readOnly = mount.read_only ?? false;
  switch (mount.type) {
    case "volume": {
      const volume = mount.source ?? volumeName(name, target);
      const { subpath, nocopy } = mount.volume ?? {};
      return {
        kind: "volume",
        volume,
        target,
        readOnly,
        ...(subpath === undefined ? {} : { subpath }),
        ...(nocopy === undefined ? {} : { noCopy: nocopy }),
      };
    }
    case "tmpfs": {
      const { size, mode } = mount.tmpfs ?? {};
      return {
        kind: "tmpfs",
        target,
        ...(size === undefined ? {} : { bytes: Number(size) }),
        ...(mode === undefined ? {} : { mode }),
      };
    }
    case "bind":
      return planBind(context, name, compose, mount, key);
    default:
      context.notices.loss(
        name,
        key,
        `a mount of type ${mount.type} is not supported; use a named volume`,
      );
      return undefined;
  }
}

/**
 * A bind mount is data, source code that the image has, files to upload, or a path of the host
 * (decisions.md: bind-mounts).
 */
function planBind(
  context: Context,
  name: string,
  compose: ComposeService,
  mount: VolumeMount,
  key: string,
): Mount | undefined {
  const { app, notices } = context;
  const { target, source = "" } = mount;
  const readOnly = mount.read_only ?? false;
  const snapshot = app.files[source];
  const shown = relative(app.folder, source);

  if (snapshot?.inProject !== true) {
    if (context.settings.shape === "cluster") {
      notices.loss(
        name,
        key,
        `${source} is a path of the host, which is not supported on a cluster`,
      );
      return undefined;
    }
    if (!machineFiles.test(source))
      notices.info(
        name,
        key,
        `${source} is a path of the machine; its content is not copied there`,
      );
    const propagation = mount.bind?.propagation;
    return {
      kind: "host",
      source,
      target,
      readOnly,
      ...(propagation === undefined ? {} : { propagation }),
    };
  }
  if (isSourceCode(compose, app.folder, snapshot, mount)) {
    notices.info(
      name,
      key,
      `${shown} is source code that the built image already has, so it is not mounted`,
    );
    return undefined;
  }
  if (isData(snapshot, target)) {
    if (snapshot.kind === "absent" && looksLikeFile(source)) {
      const message = `${shown} does not exist; make the file, or mount a named volume`;
      if (context.preview) notices.loss(name, key, message);
      else complain(context, `services.${name}.${key}`, message);
      return undefined;
    }
    const volume = volumeName(name, target);
    notices.info(
      name,
      key,
      `${shown} holds data: it becomes the volume ${volume}, which starts empty and is protected`,
    );
    return { kind: "volume", volume, target, readOnly };
  }
  if (snapshot.files === undefined) {
    const size = `${snapshot.count} files, ${Math.ceil(snapshot.bytes / 1024)} KiB`;
    complain(
      context,
      `services.${name}.${key}`,
      `${shown} is too large to upload (${size}; at most 100 files and 900 KiB); copy it into an image with build:, or mount a named volume`,
    );
    return undefined;
  }
  const files = snapshot.files.map((file): MountedFile => ({
    path: file.path === "" ? target : `${target.replace(/\/$/, "")}/${file.path}`,
    content: file.content,
    binary: file.binary,
    mode: file.executable ? "0755" : "0644",
  }));
  return { kind: "files", name: slug(target), target, secret: false, files };
}

function looksLikeFile(path: string): boolean {
  return /\.[a-z]{1,5}$/i.test(path) && !path.endsWith(".d");
}

function isData(snapshot: Snapshot, target: string): boolean {
  if (snapshot.kind === "absent") return true;
  if (snapshot.kind !== "folder") return false;
  return snapshot.ignored || dataFolders.some((folder) => within(target, folder));
}

/** The build's own context, or a folder of it mounted where programs live: the image has it by its COPY. */
function isSourceCode(
  { build, working_dir }: ComposeService,
  project: string,
  snapshot: Snapshot,
  { source = "", target }: VolumeMount,
): boolean {
  if (build === undefined || snapshot.kind === "file") return false;
  const missingFile = snapshot.kind === "absent" && looksLikeFile(source);
  if (!missingFile && isData(snapshot, target)) return false;
  if (source === build.context || within(build.context, source)) return true;
  if (!within(source, build.context)) return false;
  const code = working_dir === undefined ? codeFolders : [...codeFolders, working_dir];
  return source !== project && code.some((folder) => within(target, folder));
}

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

function relative(folder: string, path: string): string {
  return within(path, folder) ? `.${path.slice(folder.length)}` : path;
}

/** The options of a `tmpfs` entry: `size=64m,mode=1777`. */
function tmpfs(target: string, options: string): Mount {
  const size = bytes(/size=([^,]+)/.exec(options)?.[1] ?? "");
  const mode = /mode=(\d+)/.exec(options);
  return {
    kind: "tmpfs",
    target,
    ...(size === undefined ? {} : { bytes: size }),
    ...(mode === null ? {} : { mode: parseInt(mode[1]!, 8) }),
  };
}

/** Secrets and configs as files at their target, mode kept (Compose: world-readable by default). */
function objects(
  entries: readonly FileMount[] | undefined,
  declared: Readonly<Record<string, FileObject>>,
  secret: boolean,
): Mount[] {
  // A relative target is a name in the folder of its kind.
  const folder = secret ? "/run/secrets" : "/";
  return (entries ?? []).map(({ source, target: written, uid, gid, mode }) => {
    const target = posix.resolve(folder, written);
    const object = declared[source];
    const content: Text = object?.content ?? "";
    const file: MountedFile = {
      path: target,
      content,
      binary: object?.binary ?? false,
      mode: mode ?? "0444",
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    };
    return { kind: "files", name: slug(source), target, secret, files: [file] };
  });
}
