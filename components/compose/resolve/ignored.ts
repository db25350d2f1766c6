import * as fs from "node:fs";
import * as path from "node:path";
import ignore from "ignore";

/**
 * What the `.gitignore` files of a project exclude, those in its folder and below. Neither git nor its checkout is
 * asked: the same files give the same answer everywhere (decisions.md: ignore-files).
 */
export class IgnoreFiles {
  // As git on a file system that distinguishes case, on every computer.
  private readonly rules = ignore({ ignorecase: false });
  private readonly read = new Set<string>();

  /** @param root The project's folder. */
  constructor(private readonly root: string) {}

  /**
   * Whether a path is excluded, by itself or by a folder that it is in.
   *
   * @param name Relative to the project's folder, with slashes.
   */
  excludes(name: string, folder: boolean): boolean {
    if (name === "") return false;
    const parts = name.split("/");
    // From the outside in: of several rules that match, the last one counts.
    for (let depth = 0; depth < parts.length; depth++) this.load(parts.slice(0, depth).join("/"));
    return this.rules.ignores(folder ? `${name}/` : name);
  }

  private load(folder: string): void {
    if (this.read.has(folder)) return;
    this.read.add(folder);
    let text: string;
    try {
      text = fs.readFileSync(path.join(this.root, folder, ".gitignore"), "utf8");
    } catch {
      return;
    }
    const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
    this.rules.add(folder === "" ? lines : lines.flatMap((line) => below(folder, line)));
  }
}

/** A line of a folder's `.gitignore` as one of the project's. */
function below(folder: string, line: string): string[] {
  if (line.trim() === "" || line.startsWith("#")) return [];
  const [, not = "", body = ""] = /^(!?)(.*)$/.exec(line) ?? [];
  // Without a slash but the last, a pattern matches at any depth.
  const anchored = body.trimEnd().slice(0, -1).includes("/");
  const pattern = body.replace(/^\//, "").replace(/^\\([!#])/, "$1");
  return [`${not}/${folder.replace(/[\\*?[\]]/g, "\\$&")}/${anchored ? "" : "**/"}${pattern}`];
}
