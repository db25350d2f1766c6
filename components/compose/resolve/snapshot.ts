import * as fs from "node:fs";
import * as path from "node:path";
import type { Service, Snapshot, SnapshotFile } from "../app";
import { IgnoreFiles } from "./ignored";

/** What a mount may upload: the limits of a ConfigMap. */
const byteLimit = 900 * 1024;
const fileLimit = 100;

/** What stands at each bind mount's source. Nothing beyond the limits is read. */
export function snapshots(
  services: Readonly<Record<string, Service>>,
  folder: string,
): Record<string, Snapshot> {
  const sources = new Set(
    Object.values(services).flatMap((service) =>
      (service.volumes ?? []).flatMap(({ type, source }) =>
        type === "bind" && source !== undefined ? [source] : [],
      ),
    ),
  );
  const ignore = new IgnoreFiles(folder);
  return Object.fromEntries(
    [...sources].sort().map((source) => [source, snapshot(source, folder, ignore)]),
  );
}

function snapshot(source: string, project: string, ignore: IgnoreFiles): Snapshot {
  const name = path.relative(project, source).split(path.sep).join("/");
  const inProject = name !== ".." && !name.startsWith("../") && !path.isAbsolute(name);
  const stat = fs.statSync(source, { throwIfNoEntry: false });
  const bare = { ignored: false, inProject, bytes: 0, count: 0 };
  if (stat === undefined) return { kind: "absent", ...bare };
  if (!stat.isFile() && !stat.isDirectory()) return { kind: "other", ...bare };
  if (!inProject) return { kind: stat.isFile() ? "file" : "folder", ...bare };
  const ignored = ignore.excludes(name, stat.isDirectory());
  if (stat.isFile()) {
    const files = stat.size <= byteLimit ? readFile(source, "", stat.mode) : undefined;
    return {
      kind: "file",
      ignored,
      inProject,
      bytes: stat.size,
      count: 1,
      ...(files === undefined ? {} : { files: [files] }),
    };
  }
  return folderSnapshot(
    source,
    (below, folder) => ignored || ignore.excludes(name === "" ? below : `${name}/${below}`, folder),
  );
}

/** Files that only keep a folder in a repository, and those that file managers leave. */
const placeholders = new Set([
  ".gitignore",
  ".gitkeep",
  ".keep",
  ".placeholder",
  ".DS_Store",
  "Thumbs.db",
  "desktop.ini",
]);

/**
 * A folder's files, when there are few and small enough to upload.
 *
 * @param excludes Whether a path below it is none of the project's own: by default none is.
 */
export function folderSnapshot(
  source: string,
  excludes: (below: string, folder: boolean) => boolean = () => false,
): Snapshot {
  const found: { name: string; mode: number }[] = [];
  let bytes = 0;
  let plain = true;
  // Whether a file in it is the project's own.
  let own = false;
  const pending = [{ below: "", excluded: false }];
  const full = (): boolean => found.length > fileLimit || bytes > byteLimit;
  // Past the limits it is read only until a file of the project's own is found.
  while (pending.length > 0 && !(full() && own)) {
    const { below, excluded } = pending.shift()!;
    if (full() && excluded) continue;
    let entries: fs.Dirent[];
    try {
      entries = fs.readdirSync(path.join(source, below), { withFileTypes: true });
    } catch {
      plain = false;
      continue;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      // What git keeps of a checkout is no part of it.
      if (entry.name === ".git") continue;
      const name = below === "" ? entry.name : `${below}/${entry.name}`;
      const stat = fs.statSync(path.join(source, name), { throwIfNoEntry: false });
      if (entry.isDirectory())
        pending.push({ below: name, excluded: excluded || excludes(name, true) });
      else if (stat?.isFile() === true) {
        found.push({ name, mode: stat.mode });
        bytes += stat.size;
        own ||= !excluded && !placeholders.has(entry.name) && !excludes(name, false);
      } else plain = false;
    }
  }
  const files =
    plain && !full()
      ? found.map(({ name, mode }) => readFile(path.join(source, name), name, mode))
      : undefined;
  return {
    kind: "folder",
    ignored: !own,
    inProject: true,
    bytes,
    count: found.length,
    ...(files === undefined || files.includes(undefined) ? {} : { files: files as SnapshotFile[] }),
  };
}

function readFile(file: string, name: string, permissions: number): SnapshotFile | undefined {
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(file);
  } catch {
    return undefined;
  }
  const text = bytes.toString("utf8");
  // Text that could be taken for a reference travels as bytes, too.
  const binary =
    bytes.includes(0) || text.includes("\u0001") || !Buffer.from(text, "utf8").equals(bytes);
  return {
    path: name,
    content: binary ? bytes.toString("base64") : text,
    binary,
    executable: (permissions & 0o111) !== 0,
  };
}
