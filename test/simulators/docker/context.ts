import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import dockerignore from "@balena/dockerignore";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import type { Entry } from "./tar";

/** A build context: what goes to the daemon, the Dockerfile's name in it, and its fingerprint. */
export interface Context {
  readonly entries: readonly Entry[];
  readonly dockerfile: string;
  readonly digest: string;
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
  const text = existsSync(list) ? readFileSync(list, "utf8") : "";
  const rules = dockerignore({ ignorecase: false }).add(text);
  const name = outside ? `.dockerfile.${basename(dirname(dockerfile))}` : inside;
  const always = new Set([name, ".dockerignore"]);
  const entries: Entry[] = [];
  const walk = (at: string): void => {
    for (const item of readdirSync(join(folder, at)).sort()) {
      const path = at === "" ? item : `${at}/${item}`;
      const full = join(folder, path);
      const stat = lstatSync(full);
      const left = rules.ignores(path) && !always.has(path);
      if (stat.isDirectory()) {
        // An ignored folder may hold exceptions.
        if (left && !/^\s*!/m.test(text) && !name.startsWith(`${path}/`)) continue;
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
