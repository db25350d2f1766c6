import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { At } from "./types";

/** A file that the config names; undefined, with a problem reported, when it cannot be read. */
export function readText(path: string, folder: string, at: At): string | undefined {
  try {
    return readFileSync(resolve(folder, path), "utf8");
  } catch {
    at.problem(`"${path}" cannot be read; correct the path`);
    return undefined;
  }
}
