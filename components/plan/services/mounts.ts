import { posix } from "node:path";
import type {
  FileMount,
  FileObject,
  Service as ComposeService,
  VolumeMount,
} from "../../compose/app";
import type { Text } from "../../model/reference";
import { complain, type Context } from "../context";
import { planBind } from "./binds";
import { anonymousVolume } from "./folder-volumes";
import { checkShadowedFiles } from "./shadowed-files";
import type { Mount, MountedFile } from "../plan";
import { bytes, slug } from "../../model/units";

/** What a service mounts: volumes, uploaded files, host paths, tmpfs, secrets and configs. */
export function planMounts(context: Context, name: string, compose: ComposeService): Mount[] {
  const mounts: Mount[] = [];
  (compose.volumes ?? []).forEach((mount, index) => {
    const planned = planVolume(context, name, mount, `volumes[${index}]`);
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

function planVolume(
  context: Context,
  name: string,
  mount: VolumeMount,
  key: string,
): Mount | undefined {
  const { target } = mount;
  const readOnly = mount.read_only ?? false;
  switch (mount.type) {
    case "volume": {
      const volume = mount.source ?? anonymousVolume(name, target);
      if (mount.source === undefined && volume in context.app.volumes)
        complain(
          context,
          `services.${name}.${key}`,
          `the anonymous volume at ${target} would be the file's volume ${volume}; give it a name`,
        );
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
      return planBind(context, name, mount, key);
    default:
      context.notices.loss(
        name,
        key,
        `a mount of type ${mount.type} is not supported; use a named volume`,
      );
      return undefined;
  }
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
