import { createHash, type Hash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import dockerignore, { type Ignore } from "@balena/dockerignore";

/**
 * A hash of all that a build reads of its folder: names, modes, contents, without what its .dockerignore
 * excludes. The same files give the same image name, on every computer.
 *
 * @param dockerfile Absolute path; it counts even where the .dockerignore names it.
 * Sources that are not there have a hash too: a preview may have the Compose file alone.
 */
export function hashContext(context: string, dockerfile: string): string {
  const hash = createHash("sha256");
  if (!fs.existsSync(dockerfile)) return hash.update(`absent ${dockerfile}`).digest("hex");
  hash.update(fs.readFileSync(dockerfile));
  const text = ignoreFile(context, dockerfile);
  const rules: Rules = {
    ignore: dockerignore({ ignorecase: false }).add(text),
    hasExceptions: /^\s*!/m.test(text),
  };
  add(hash, rules, context, "");
  return hash.digest("hex");
}

/** What a .dockerignore leaves out (https://docs.docker.com/build/concepts/context/#dockerignore-files). */
interface Rules {
  readonly ignore: Ignore;
  /** Whether a line brings files back in (`!`): then a folder that is left out may hold some that are not. */
  readonly hasExceptions: boolean;
}

/** The Dockerfile's own ignore file outranks the folder's. */
function ignoreFile(context: string, dockerfile: string): string {
  for (const file of [`${dockerfile}.dockerignore`, path.join(context, ".dockerignore")])
    if (fs.existsSync(file)) return fs.readFileSync(file, "utf8");
  return "";
}

function add(hash: Hash, rules: Rules, root: string, folder: string): void {
  const entries = fs.readdirSync(path.join(root, folder), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    const full = path.join(root, name);
    const out = rules.ignore.ignores(name);
    if (entry.isDirectory()) {
      if (!out || rules.hasExceptions) add(hash, rules, root, name);
    } else if (out) continue;
    else if (entry.isSymbolicLink()) hash.update(`link ${name}\0${fs.readlinkSync(full)}\0`);
    else if (entry.isFile()) {
      const content = fs.readFileSync(full);
      const executable = (fs.statSync(full).mode & 0o111) !== 0;
      hash
        .update(`${executable ? "program" : "file"} ${name}\0${content.length}\0`)
        .update(content);
    }
  }
}
