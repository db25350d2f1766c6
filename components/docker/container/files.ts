import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { MountedFile, Service } from "../../plan/plan";
import { hasReference } from "../../model/reference";
import type { ContainerContext } from "./container-context";
import type { Host } from "../host";

type Upload = docker.types.input.ContainerUpload;

/**
 * Whether Docker can put files into the container before it starts. It cannot where the root is read-only,
 * and what it puts under a tmpfs is hidden once that is mounted: such files come in a volume.
 */
export function takesUploads(service: Service): boolean {
  if (service.compose.read_only === true) return false;
  const temporary = temporaryFolders(service);
  return !mountedFiles(service).some(({ path }) =>
    [...temporary.keys()].some((folder) => path.startsWith(`${folder.replace(/\/$/, "")}/`)),
  );
}

/** Every file that is put into the service's containers. */
export function mountedFiles(
  service: Service,
): readonly (MountedFile & { readonly secret: boolean })[] {
  return service.mounts.flatMap((mount) =>
    mount.kind === "files" ? mount.files.map((file) => ({ ...file, secret: mount.secret })) : [],
  );
}

/** The files as the provider uploads them before the start; none where they come in a volume. */
export function fileUploads(host: Host, service: Service): Upload[] {
  return takesUploads(service) ? mountedFiles(service).map((file) => upload(host, file)) : [];
}

/** One file as the provider uploads it, at `path` when given. */
export function upload(
  host: Host,
  file: MountedFile & { readonly secret: boolean },
  path = file.path,
): Upload {
  // The provider refuses an upload without content.
  const text = file.content === "" ? (file.binary ? "Cg==" : "\n") : file.content;
  const opened = hasReference(text) ? host.open(text) : text;
  const content = file.secret ? pulumi.secret(opened) : opened;
  return {
    file: path,
    ...(file.binary ? { contentBase64: content } : { content }),
    permissions: file.mode,
    ...(file.uid === undefined ? {} : { owner: file.uid }),
    ...(file.gid === undefined ? {} : { group: file.gid }),
  };
}

/** Target → mount options, of `tmpfs` and of mounts of that type. */
function temporaryFolders({ mounts, compose }: Service): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of compose.tmpfs ?? []) {
    const cut = line.indexOf(":");
    if (cut < 0) found.set(line, "");
    else found.set(line.slice(0, cut), line.slice(cut + 1));
  }
  for (const mount of mounts)
    if (mount.kind === "tmpfs" && !found.has(mount.target))
      found.set(
        mount.target,
        [
          ...(mount.bytes === undefined ? [] : [`size=${mount.bytes}`]),
          ...(mount.mode === undefined ? [] : [`mode=${mount.mode.toString(8)}`]),
        ].join(","),
      );
  return found;
}

/** Volumes, folders of the host, and folders in memory. */
export function mountInputs(service: Service, at: ContainerContext): Partial<docker.ContainerArgs> {
  const volumes: docker.types.input.ContainerVolume[] = [...(at.fileVolumes ?? [])];
  const mounts: docker.types.input.ContainerMount[] = [];
  for (const mount of service.mounts) {
    if (mount.kind === "volume") {
      const source = at.volumes.get(mount.volume) ?? mount.volume;
      if (mount.subpath === undefined && mount.noCopy !== true)
        volumes.push({
          volumeName: source,
          containerPath: mount.target,
          readOnly: mount.readOnly,
        });
      else
        mounts.push({
          type: "volume",
          source,
          target: mount.target,
          readOnly: mount.readOnly,
          volumeOptions: {
            ...(mount.noCopy === undefined ? {} : { noCopy: mount.noCopy }),
            ...(mount.subpath === undefined ? {} : { subpath: mount.subpath }),
          },
        });
    } else if (mount.kind === "host") {
      // As a volume, not a mount: Docker creates a missing folder, as Compose does.
      if (mount.propagation === undefined)
        volumes.push({
          hostPath: mount.source,
          containerPath: mount.target,
          readOnly: mount.readOnly,
        });
      else
        mounts.push({
          type: "bind",
          source: mount.source,
          target: mount.target,
          readOnly: mount.readOnly,
          bindOptions: { propagation: mount.propagation },
        });
    }
  }
  for (const line of service.compose.volumes_from ?? []) {
    const [, named, source = "", mode] = /^(container:)?([^:]+)(?::(\w+))?$/.exec(line) ?? [];
    const container = named === undefined ? at.containerOf(source) : source;
    // The provider passes the name to Docker unchanged, and omits `readOnly`.
    volumes.push({
      fromContainer: mode === undefined ? container : pulumi.interpolate`${container}:${mode}`,
    });
  }
  const temporary = temporaryFolders(service);
  return {
    ...(volumes.length === 0 ? {} : { volumes }),
    ...(mounts.length === 0 ? {} : { mounts }),
    ...(temporary.size === 0 ? {} : { tmpfs: Object.fromEntries(temporary) }),
    ...(service.compose.read_only === true ? { readOnly: true } : {}),
  };
}
