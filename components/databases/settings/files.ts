import type { MountedFile } from "../../plan/plan";
import type { Source } from "./settings";

export interface SourceFile extends MountedFile {
  /** The service's key that mounts it: `volumes[2]`, `configs`. */
  readonly key: string;
}

/** The files that a service mounts, secrets left out. */
export function filesOf({ compose, mounts }: Source): SourceFile[] {
  return mounts.flatMap((mount) => {
    if (mount.kind !== "files" || mount.secret) return [];
    const index = (compose.volumes ?? []).findIndex(({ target }) => target === mount.target);
    const key = index >= 0 ? `volumes[${index}]` : "configs";
    return mount.files.map((file) => ({ ...file, key }));
  });
}

/**
 * The lines of a configuration file, without comments and empty ones.
 *
 * @param comment Matches a line with a comment; its first group is what stands before it.
 */
export function linesOf({ content, binary }: MountedFile, comment: RegExp): string[] {
  const text = binary ? Buffer.from(content, "base64").toString("utf8") : content;
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(comment, "$1").trim())
    .filter((line) => line !== "");
}

/** A value without the quotes around it. */
export const unquoted = (value: string): string => {
  const trimmed = value.trim();
  return /^(["'])(.*)\1$/s.exec(trimmed)?.[2] ?? trimmed;
};
