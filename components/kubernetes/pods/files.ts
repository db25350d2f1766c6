import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { MountedFile, Service } from "../../plan/plan";
import { hasSecret } from "../../model/reference";
import { contentKey, makeContent } from "./content";
import { objectName } from "../names";
import { opened, type Scope } from "../scope";

type Volume = kubernetes.types.input.core.v1.Volume;
type VolumeMount = kubernetes.types.input.core.v1.VolumeMount;

/**
 * Files that are put into a container, each mounted at its own path, so that what else the image has beside it
 * stays: one ConfigMap or Secret for each mount, because none may hold more than 1 MiB.
 */
export function fileMounts(
  scope: Scope,
  service: Service,
  parent: pulumi.Resource,
): { volumes: (Volume & { name: string })[]; mounts: VolumeMount[] } {
  const own = scope.names.of(service.name);
  const volumes: (Volume & { name: string })[] = [];
  const mounts: VolumeMount[] = [];
  const kinds = service.mounts.filter((mount) => mount.kind === "files");
  kinds.forEach((mount, index) => {
    if (mount.files.length === 0) return;
    const secret = mount.secret || mount.files.some(({ content }) => hasSecret(content));
    const name = objectName(`${own}-files-${index + 1}`);
    const keys = mount.files.map((file, position) =>
      contentKey(file.path.replace(/^.*\//, ""), position),
    );
    const content = (binary: boolean): Record<string, pulumi.Input<string>> =>
      Object.fromEntries(
        mount.files.flatMap((file, position) =>
          file.binary === binary ? [[keys[position]!, opened(scope, file.content)]] : [],
        ),
      );
    const object = makeContent(scope, parent, {
      resource: `${scope.name}-${service.name}-files-${index + 1}`,
      base: `${own}-${mount.name}`,
      secret,
      text: content(false),
      binary: content(true),
    });
    const items = mount.files.map((file, position) => ({
      key: keys[position]!,
      path: keys[position]!,
      mode: modeOf(file),
    }));
    volumes.push({
      name,
      ...(secret
        ? { secret: { secretName: object, items } }
        : { configMap: { name: object, items } }),
    });
    mount.files.forEach((file, position) =>
      mounts.push({ name, mountPath: file.path, subPath: keys[position]!, readOnly: true }),
    );
  });
  return { volumes, mounts };
}

/** Files of a pod belong to root: one that is meant for another user is readable by all of its container's. */
function modeOf({ mode, uid, gid }: MountedFile): number {
  const bits = parseInt(mode, 8) & 0o777;
  const other = [uid, gid].some((id) => id !== undefined && id !== "0" && id !== "root");
  return other ? bits | ((bits >> 6) & 0o5) : bits;
}
