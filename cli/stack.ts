import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { formatProblem, nearest } from "../components/model/problem";
import { sealed } from "../components/model/reference";
import type { StackInput } from "../components/settings/read";
import type { Path } from "../components/model/tree";
import {
  isMapping,
  isSecure,
  parseValue,
  readConfigFile,
  securePaths,
  withoutSecure,
  type ConfigFile,
} from "../components/settings/stackfile";
import { BadInput } from "./options";

export interface StackChoice {
  readonly stack?: string | undefined;
  /** A stack file in place of the stack's own. */
  readonly configFile?: string | undefined;
  /** `key=value` as given, `--path` syntax. */
  readonly overrides?: readonly string[];
  readonly compose?: readonly string[];
}

/**
 * A stack's config as the engine would hand it over, from its file alone.
 *
 * @throws BadInput when the file is not there or not a stack file, or an override cannot be read.
 */
export function readStack(folder: string, choice: StackChoice): StackInput {
  const project = readProject(folder);
  const { stack, path } = choose(folder, project, choice);
  const read = readConfigFile(path, folder);
  if ("problems" in read)
    throw new BadInput(
      read.problems.map(({ at, key, message }) =>
        formatProblem({
          at,
          key,
          message:
            choice.configFile === undefined && at === undefined
              ? `${message}${others(folder, stack)}`
              : message,
        }),
      ),
    );
  const outside = Object.keys(read.file.document).filter((key) => key.includes(":"));
  if (outside.length > 0)
    throw new BadInput(
      outside.map((key) =>
        formatProblem({
          at: read.file.position(key, []),
          key,
          message: 'stands outside "config:"; write it below',
        }),
      ),
    );
  const values = withDefaults(project, read.file);
  const secretPaths = Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => {
      const paths = securePaths(value);
      return paths.length === 0 ? [] : [[key, paths]];
    }),
  );
  const problems: string[] = [];
  const given = [
    ...(choice.overrides ?? []),
    ...((choice.compose ?? []).length > 0
      ? [`compose=${JSON.stringify((choice.compose ?? []).flatMap((list) => list.split(",")))}`]
      : []),
  ];
  for (const override of given) problems.push(...set(values, secretPaths, override));
  if (problems.length > 0) throw new BadInput(problems);
  return {
    project: project.name,
    stack,
    folder,
    config: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        // What is encrypted cannot be decrypted here.
        serialised(withoutSecure(value, sealed)),
      ]),
    ),
    secretKeys: Object.keys(secretPaths),
    secretPaths,
    files: [path],
  };
}

interface Project {
  readonly name: string;
  /** Where stack files are. */
  readonly stacks: string;
  readonly defaults: Readonly<Record<string, unknown>>;
}

function readProject(folder: string): Project {
  const read = readConfigFile(join(folder, "Pulumi.yaml"), folder);
  if ("problems" in read) throw new BadInput(read.problems.map(formatProblem));
  const { document } = read.file;
  const name = typeof document["name"] === "string" ? document["name"] : "berth";
  const stacks = document["stackConfigDir"];
  const declared = isMapping(document["config"]) ? read.file.config : {};
  const defaults = Object.entries(declared).flatMap(([key, entry]) => {
    const value = isMapping(entry) ? (entry["value"] ?? entry["default"]) : entry;
    const full = key.replace(/^berth:/, /^[^:]+$/.test(key) ? `${name}:` : "berth:");
    return value === undefined || key.startsWith("pulumi:") ? [] : [[full, value]];
  });
  return {
    name,
    stacks: typeof stacks === "string" ? resolve(folder, stacks) : folder,
    defaults: Object.fromEntries(defaults) as Record<string, unknown>,
  };
}

function choose(
  folder: string,
  project: Project,
  { stack, configFile }: StackChoice,
): { stack: string; path: string } {
  if (configFile === undefined) {
    const name = stack ?? "qa";
    return { stack: name, path: join(project.stacks, `Pulumi.${name.split("/").at(-1)!}.yaml`) };
  }
  const named = /^Pulumi\.(.+)\.ya?ml$/.exec(basename(configFile))?.[1];
  return { stack: stack ?? named ?? "qa", path: resolve(folder, configFile) };
}

/** The known stacks, as a hint. */
function others(folder: string, stack: string): string {
  const names = readdirSync(folder).flatMap(
    (file) => /^Pulumi\.(.+)\.ya?ml$/.exec(file)?.[1] ?? [],
  );
  const near = nearest(stack, names);
  if (near !== undefined) return `; did you mean "--stack ${near}"?`;
  return names.length === 0 ? "" : `; the stacks here are ${names.join(", ")}`;
}

function withDefaults(project: Project, file: ConfigFile): Record<string, unknown> {
  return { ...project.defaults, ...structuredClone(file.config) };
}

function serialised(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

/** Sets one override; what is wrong with it, if anything. */
function set(
  values: Record<string, unknown>,
  secretPaths: Record<string, Path[]>,
  override: string,
): string[] {
  const cut = override.indexOf("=");
  if (cut <= 0) return [`--config: "${override}" has no value; write --config KEY=VALUE`];
  const path = parsePath(override.slice(0, cut));
  if (path === undefined)
    return [
      `--config: "${override.slice(0, cut)}" is not a key; write one such as databases.postgres.readReplicas`,
    ];
  const [first, ...rest] = path;
  const key = String(first).includes(":") ? String(first) : `berth:${first!}`;
  const written = override.slice(cut + 1);
  if (rest.length === 0) values[key] = parseValue(written);
  else {
    const before = values[key];
    const start = typeof before === "string" ? parseValue(before) : before;
    values[key] = withValue(start, rest, scalar(written));
  }
  const left = (secretPaths[key] ?? []).filter((secret) => !startsWith(secret, rest));
  if (left.length === 0) Reflect.deleteProperty(secretPaths, key);
  else secretPaths[key] = left;
  return [];
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((step, index) => path[index] === step);
}

/** `a.b[0]["c.d"]` as its steps. */
function parsePath(text: string): Path | undefined {
  const steps: (string | number)[] = [];
  let rest = text;
  while (rest !== "") {
    const match =
      /^\["((?:[^"\\]|\\.)*)"\]\.?/.exec(rest) ??
      /^\[(\d+)\]\.?/.exec(rest) ??
      /^([^.[\]]+)(?:\.(?=.)|(?=\[)|$)/.exec(rest);
    if (match === null) return undefined;
    const step = match[1]!;
    steps.push(rest.startsWith("[") && !rest.startsWith('["') ? Number(step) : step);
    rest = rest.slice(match[0].length);
  }
  return steps.length === 0 ? undefined : steps;
}

/** As `pulumi config set --path` takes it: numbers and booleans are not strings. */
function scalar(written: string): unknown {
  if (written === "true" || written === "false") return written === "true";
  if (/^(0|-?[1-9]\d*)$/.test(written)) return Number(written);
  return parseValue(written);
}

function withValue(before: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (typeof step === "number") {
    const list: unknown[] = Array.isArray(before) ? [...(before as unknown[])] : [];
    list[step] = withValue(list[step], rest, value);
    return list;
  }
  const object = isMapping(before) && !isSecure(before) ? before : {};
  return { ...object, [step]: withValue(object[step], rest, value) };
}

/** The project's name, as Pulumi.yaml has it. @throws BadInput when that cannot be read. */
export function projectName(folder: string): string {
  return readProject(folder).name;
}

/** Whether a stack of this name has a file. */
export function hasStack(folder: string, stack: string): boolean {
  return existsSync(join(readProject(folder).stacks, `Pulumi.${stack}.yaml`));
}
