import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import type { Entry } from "./tar";

/** A build context: what goes to the daemon, the Dockerfile's name in it, and its fingerprint. */
export interface Context {
  readonly entries: readonly Entry[];
  readonly dockerfile: string;
  readonly digest: string;
}

/** One line of a .dockerignore as a test of a path. */
interface Rule {
  readonly keep: boolean;
  readonly matches: (path: string) => boolean;
}

/** The rules of a .dockerignore: `*`, `?`, `[a-z]`, `**`, `!` exceptions, `#` comments. */
export function ignoreRules(text: string): Rule[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const keep = line.startsWith("!");
      const path = (keep ? line.slice(1) : line).trim();
      const pattern = path.replace(/^\/+/, "").replace(/\/+$/, "").replace(/^\.\//, "");
      const expression = new RegExp(`^${translate(pattern)}(/.*)?$`);
      return { keep, matches: (tried: string) => expression.test(tried) };
    });
}

function translate(pattern: string): string {
  let out = "";
  for (let n = 0; n < pattern.length; n++) {
    const rest = pattern.slice(n);
    const group = /^\[[^\]]*\]/.exec(rest)?.[0];
    if (rest.startsWith("**/")) {
      out += "(.*/)?";
      n += 2;
    } else if (rest.startsWith("**")) {
      out += ".*";
      n += 1;
    } else if (rest.startsWith("*")) out += "[^/]*";
    else if (rest.startsWith("?")) out += "[^/]";
    else if (group !== undefined) {
      out += group;
      n += group.length - 1;
    } else out += rest[0]!.replace(/[.+^${}()|[\]\\]/, "\\$&");
  }
  return out;
}

/** Whether the last rule that matches leaves `path` out. */
export function ignored(rules: readonly Rule[], path: string): boolean {
  const last = rules.filter((rule) => rule.matches(path)).at(-1);
  return last !== undefined && !last.keep;
}

/**
 * Reads a build context. The Dockerfile and .dockerignore always go along; a Dockerfile from outside
 * the folder does under a name of its own.
 */
export function readContext(folder: string, dockerfile: string): Context {
  if (!existsSync(folder)) throw new Error(`build.context: there is no folder ${folder}`);
  if (!existsSync(dockerfile)) throw new Error(`build.dockerfile: there is no file ${dockerfile}`);
  const inside = relative(folder, dockerfile);
  const outside = inside.startsWith("..") || isAbsolute(inside);
  const own = `${dockerfile}.dockerignore`;
  const list = existsSync(own) ? own : join(folder, ".dockerignore");
  const rules = existsSync(list) ? ignoreRules(readFileSync(list, "utf8")) : [];
  const name = outside ? `.dockerfile.${basename(dirname(dockerfile))}` : inside;
  const always = new Set([name, ".dockerignore"]);
  const entries: Entry[] = [];
  const walk = (at: string): void => {
    for (const item of readdirSync(join(folder, at)).sort()) {
      const path = at === "" ? item : `${at}/${item}`;
      const full = join(folder, path);
      const stat = lstatSync(full);
      const left = ignored(rules, path) && !always.has(path);
      if (stat.isDirectory()) {
        // An ignored folder may hold exceptions.
        if (left && !rules.some(({ keep }) => keep) && !name.startsWith(`${path}/`)) continue;
        if (!left) entries.push({ path, mode: stat.mode, folder: true });
        walk(path);
      } else if (left) continue;
      else if (stat.isSymbolicLink()) entries.push({ path, mode: 0o777, link: readlinkSync(full) });
      else if (stat.isFile()) entries.push({ path, mode: stat.mode, content: readFileSync(full) });
    }
  };
  walk("");
  if (outside) entries.push({ path: name, mode: 0o644, content: readFileSync(dockerfile) });
  return { entries, dockerfile: name.split(sep).join("/"), digest: fingerprint(entries) };
}

function fingerprint(entries: readonly Entry[]): string {
  const hash = createHash("sha256");
  for (const { path, mode, content, link } of entries)
    hash.update(`${path}\0${mode & 0o777}\0${link ?? ""}\0`).update(content ?? "");
  return hash.digest("hex");
}
