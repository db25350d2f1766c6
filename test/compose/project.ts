import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { load, type Loaded } from "../../components/compose/load";
import type { LoadOptions } from "../../components/compose/load-options";
import { formatProblem } from "../../components/model/problem";
import type { App, Service } from "../../components/compose/app";

const folders: string[] = [];

/** A project's folder with the files in it; `compose.yaml` alone when only a text is given. */
export function project(files: string | Readonly<Record<string, string | Buffer>>): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "compose-")));
  folders.push(folder);
  const all = typeof files === "string" ? { "compose.yaml": files } : files;
  for (const [name, content] of Object.entries(all)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

export function loadIn(folder: string, options: Partial<LoadOptions> = {}): Loaded {
  return load({
    files: [path.join(folder, "compose.yaml")],
    profiles: [],
    variables: {},
    ...options,
    ...(options.files === undefined
      ? {}
      : { files: options.files.map((file) => path.join(folder, file)) }),
  });
}

/** The App of files that have no mistake. */
export function appOf(
  files: string | Readonly<Record<string, string | Buffer>>,
  options: Partial<LoadOptions> = {},
): App {
  const { app, problems } = loadIn(project(files), options);
  if (app === undefined) throw new Error(problems.map(formatProblem).join("\n"));
  return app;
}

/** The service `web` of files that have no mistake. */
export function webOf(
  files: string | Readonly<Record<string, string | Buffer>>,
  options: Partial<LoadOptions> = {},
): Service {
  const { web } = appOf(files, options).services;
  if (web === undefined) throw new Error("no service web");
  return web;
}

/** Every problem as a line, the project's folder left out. */
export function mistakes(
  files: string | Readonly<Record<string, string | Buffer>>,
  options: Partial<LoadOptions> = {},
): string[] {
  const folder = project(files);
  const loaded = loadIn(folder, options);
  return [...loaded.problems, ...loaded.absent].map((problem) =>
    formatProblem(problem).replaceAll(`${folder}/`, ""),
  );
}

/** Removes what `project` made. */
export function cleanUp(): void {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
}
