import { posix } from "node:path";
import type { Service as ComposeService } from "../../compose/app";
import type { Context } from "../context";
import type { Mount } from "../plan";

/**
 * Notices for uploaded files that hide other files than a bind mount would. Uploading a folder leaves the image's
 * files in it visible. Where files cannot be uploaded before the start, because the root is read-only or a tmpfs is
 * mounted over it, the vm shape mounts a volume over the whole folder.
 */
export function checkShadowedFiles(
  { settings, notices }: Context,
  name: string,
  compose: ComposeService,
  mounts: readonly Mount[],
): void {
  const files = mounts.filter((mount) => mount.kind === "files");
  const temporary = mounts.flatMap((mount) => (mount.kind === "tmpfs" ? [mount.target] : []));
  const under = (path: string): boolean =>
    temporary.some((folder) => path.startsWith(`${folder.replace(/\/$/, "")}/`));
  const inVolume =
    settings.shape === "vm" &&
    (compose.read_only === true ||
      files.some((mount) => mount.files.some(({ path }) => under(path))));
  for (const mount of files) {
    const index = (compose.volumes ?? []).findIndex(({ target }) => target === mount.target);
    const key = index >= 0 ? `volumes[${index}]` : mount.secret ? "secrets" : "configs";
    const [first] = mount.files;
    if (first === undefined) continue;
    const folder = first.path !== mount.target;
    const at = folder ? mount.target : posix.dirname(mount.target);
    // Nothing of the image's is there.
    if (/^\/(run\/secrets|docker-entrypoint-initdb\.d)(\/|$)/.test(at)) continue;
    if (folder && !inVolume)
      notices.info(
        name,
        key,
        `the image's own files in ${at} remain visible beside these; a bind mount would hide them`,
      );
    else if (!folder && inVolume && !(compose.volumes ?? []).some(({ target }) => target === at))
      notices.loss(
        name,
        key,
        `${compose.read_only === true ? "the root is read-only" : "a tmpfs lies over other files"}, so this file comes in a volume that hides what else the image has in ${at}; copy it into the image, or mount the folder`,
      );
  }
}
