import { readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { contentType } from "mime-types";

/** A file of a static site, as object storage wants it. */
export interface SiteFile {
  /** Path in the bucket: `assets/app.js`. */
  readonly key: string;
  /** Absolute path here. */
  readonly path: string;
  readonly contentType: string;
  readonly cacheControl: string;
}

/** All files below a folder, in order; links and names that start with a dot are skipped. */
export function siteFiles(folder: string): readonly SiteFile[] {
  return walk(folder, "")
    .sort()
    .map((key) => ({
      key,
      path: join(folder, key),
      contentType: contentType(extname(key)) || "application/octet-stream",
      cacheControl: cacheControl(key),
    }));
}

function walk(folder: string, prefix: string): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".") && entry.name !== ".well-known") return [];
    const key = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) return walk(folder, key);
    return entry.isFile() ? [key] : [];
  });
}

/** Browsers revalidate pages on each request; a file with a hash in its name never changes. */
function cacheControl(key: string): string {
  if (key.endsWith(".html")) return "no-cache";
  return /[.-][0-9a-zA-Z_]{8,}\.[a-z0-9]+$/.test(key) && /\d/.test(key)
    ? "public, max-age=31536000, immutable"
    : "public, max-age=300";
}
