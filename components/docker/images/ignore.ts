/**
 * What a .dockerignore leaves out (https://docs.docker.com/build/concepts/context/#dockerignore-files): the
 * last line that matches decides, `!` takes back in, a match of a folder covers all in it.
 */
export class Ignore {
  private readonly rules: readonly { readonly pattern: RegExp; readonly excludes: boolean }[];
  /** Whether any line takes back in: then a folder that is left out has to be looked into all the same. */
  readonly hasExceptions: boolean;

  constructor(text: string) {
    const lines = text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#"));
    this.rules = lines.map((line) => {
      const excludes = !line.startsWith("!");
      return { pattern: toPattern(excludes ? line : line.slice(1)), excludes };
    });
    this.hasExceptions = this.rules.some(({ excludes }) => !excludes);
  }

  /** Whether the file at this path (relative to the context, `/` between its parts) stays behind. */
  leavesOut(path: string): boolean {
    let out = false;
    for (const { pattern, excludes } of this.rules) if (pattern.test(path)) out = excludes;
    return out;
  }
}

function toPattern(line: string): RegExp {
  const path = line
    .trim()
    .replace(/^(\.?\/)+/, "")
    .replace(/\/+$/, "");
  let source = "";
  for (let at = 0; at < path.length; at++) {
    const char = path[at]!;
    if (char === "*" && path[at + 1] === "*") {
      at++;
      if (path[at + 1] === "/") {
        at++;
        source += "(?:.*/)?";
      } else source += ".*";
    } else if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else if (char === "[" && path.includes("]", at)) {
      const end = path.indexOf("]", at);
      source += path.slice(at, end + 1).replace(/\\/g, "\\\\");
      at = end;
    } else if (char === "\\" && at + 1 < path.length) source += escape(path[++at]!);
    else source += escape(char);
  }
  return new RegExp(`^${path === "." ? ".*" : source}(?:/.*)?$`, "s");
}

const escape = (char: string): string => char.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
