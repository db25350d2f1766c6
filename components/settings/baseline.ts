import { resolve } from "node:path";
import { keyPath, type Reader } from "./reader";
import { named, readConfigFile, securePaths, withoutSecure, type ConfigFile } from "./stackfile";

/**
 * The files that `extends` names, nearest first: each may name the next. Paths are relative to the
 * folder of Pulumi.yaml, as all paths of the config are.
 */
export function readBaselines(reader: Reader, first: string, folder: string): ConfigFile[] {
  const chain: ConfigFile[] = [];
  const seen: string[] = [];
  let next: unknown = first;
  while (typeof next === "string") {
    const path = resolve(folder, next);
    const shown = named(path, folder);
    if (seen.includes(shown)) {
      problem(reader, chain, `goes in a circle: ${[...seen, shown].join(" → ")}; remove one`);
      break;
    }
    seen.push(shown);
    const read = readConfigFile(path, folder);
    if ("problems" in read) {
      for (const found of read.problems)
        if (found.at === undefined) problem(reader, chain, `${shown}: ${found.message}`);
        else reader.problems.push(found);
      break;
    }
    for (const [key, value] of Object.entries(read.file.config))
      for (const path of securePaths(value))
        reader.problems.push({
          at: read.file.position(key, path),
          key: keyPath(key, path),
          message: "an encrypted value can stand in the stack's own file only; move it there",
        });
    chain.push({
      ...read.file,
      config: Object.fromEntries(
        Object.entries(read.file.config).map(([key, value]) => [
          key,
          withoutSecure(value, () => "-"),
        ]),
      ),
    });
    next = read.file.config["berth:extends"];
  }
  return chain;
}

/** Reports a problem at the position of the path: in the stack file, or in the baseline that names the next. */
function problem(reader: Reader, chain: readonly ConfigFile[], message: string): void {
  const last = chain.at(-1);
  const at =
    last === undefined ? reader.position("berth:extends", []) : last.position("berth:extends", []);
  reader.problems.push({ at, key: "berth:extends", message });
}
