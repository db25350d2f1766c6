import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Service, Snapshot, SnapshotFile } from "../app";

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
  const inside = [...sources].filter((source) => within(folder, source) && fs.existsSync(source));
  const ignored = ignoredByGit(inside, folder);
  return Object.fromEntries(
    [...sources]
      .sort()
      .map((source) => [source, snapshot(source, within(folder, source), ignored.has(source))]),
  );
}

function within(folder: string, source: string): boolean {
  const relative = path.relative(folder, source);
  return relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

function snapshot(source: string, inProject: boolean, ignored: boolean): Snapshot {
  const stat = fs.statSync(source, { throwIfNoEntry: false });
  const bare = { ignored, inProject, bytes: 0, count: 0 };
  if (stat === undefined) return { kind: "absent", ...bare };
  if (!stat.isFile() && !stat.isDirectory()) return { kind: "other", ...bare };
  if (!inProject) return { kind: stat.isFile() ? "file" : "folder", ...bare };
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
  return folderSnapshot(source, ignored);
}

/** A folder's files, when there are few and small enough to upload. */
export function folderSnapshot(source: string, ignored: boolean): Snapshot {
  const found: { name: string; mode: number }[] = [];
  let bytes = 0;
  let plain = true;
  const pending = [""];
  // Past the limits counting goes on only so far that a message can say "more than".
  while (pending.length > 0 && found.length <= fileLimit && bytes <= byteLimit) {
    const below = pending.shift()!;
    let entries: fs.Dirent[];
    try {
      entries = fs.readdirSync(path.join(source, below), { withFileTypes: true });
    } catch {
      plain = false;
      continue;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = below === "" ? entry.name : `${below}/${entry.name}`;
      const stat = fs.statSync(path.join(source, name), { throwIfNoEntry: false });
      if (entry.isDirectory()) pending.push(name);
      else if (stat?.isFile() === true) {
        found.push({ name, mode: stat.mode });
        bytes += stat.size;
      } else plain = false;
    }
  }
  const small = plain && found.length <= fileLimit && bytes <= byteLimit;
  const files = small
    ? found.map(({ name, mode }) => readFile(path.join(source, name), name, mode))
    : undefined;
  return {
    kind: "folder",
    ignored: ignored || found.length === 0,
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

/** Which of the paths git ignores; without git or a repository, by the folder's own .gitignore. */
function ignoredByGit(sources: readonly string[], folder: string): ReadonlySet<string> {
  if (sources.length === 0) return new Set();
  const relative = (source: string): string =>
    path.relative(folder, source).split(path.sep).join("/");
  const git = spawnSync("git", ["check-ignore", "--stdin", "-z", "--no-index"], {
    cwd: fs.existsSync(folder) ? folder : "/",
    input: sources
      .flatMap((source) => [relative(source), `${relative(source)}/`])
      .filter((name) => name !== "" && name !== "/")
      .join("\0"),
    encoding: "utf8",
    timeout: 5000,
  });
  if (git.status === 0 || git.status === 1) {
    const names = new Set(git.stdout.split("\0").map((name) => name.replace(/\/$/, "")));
    return new Set(sources.filter((source) => names.has(relative(source))));
  }
  const patterns = gitignore(path.join(folder, ".gitignore"));
  return new Set(
    sources.filter((source) => {
      let ignored = false;
      for (const { pattern, negated } of patterns)
        if (pattern.test(relative(source))) ignored = !negated;
      return ignored;
    }),
  );
}

function gitignore(file: string): { pattern: RegExp; negated: boolean }[] {
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const negated = line.startsWith("!");
      const glob = line.replace(/^!/, "").replace(/\/$/, "");
      const anchored = glob.includes("/");
      const body = glob
        .replace(/^\//, "")
        .replace(/[.+^${}()|\\]/g, "\\$&")
        .replaceAll("**/", "\u0000")
        .replaceAll("**", "\u0001")
        .replaceAll("*", "[^/]*")
        .replaceAll("?", "[^/]")
        .replaceAll("\u0000", "(?:.*/)?")
        .replaceAll("\u0001", ".*");
      return { pattern: new RegExp(`^${anchored ? "" : "(?:.*/)?"}${body}(?:/.*)?$`), negated };
    });
}
