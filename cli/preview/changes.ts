import { isDeepStrictEqual } from "node:util";
import type { Recorded } from "../recording";
import { isObject } from "../recording/values";
import { identity, type PreviewDocument, type ResourceEntry } from "./document";
import { replacing, shrinking } from "./replacing";

interface Change {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** The inputs that differ, by path. */
  readonly properties: readonly string[];
}

/** What a plan does to what another plan has made. */
export interface Changes {
  /** What it is compared with: a file or a stack. */
  readonly against: string;
  readonly create: readonly Change[];
  readonly update: readonly Change[];
  readonly replace: readonly Change[];
  readonly delete: readonly Change[];
  /** What `up` refuses, and why. */
  readonly refused: readonly {
    readonly urn: string;
    readonly name: string;
    readonly message: string;
  }[];
  /** Why a secret that changed does not show; null: it does. */
  readonly secrets: string | null;
  readonly cost: { readonly before: number; readonly after: number; readonly difference: number };
}

/**
 * Compares two plans resource by resource. What replaces is known from the resources' own options and
 * from a table of properties that no provider changes in place. Secrets are compared by their hashes.
 */
export function compare(
  against: string,
  before: PreviewDocument,
  after: PreviewDocument,
  recorded: readonly Recorded[],
): Changes {
  const old = new Map(before.resources.map((resource) => [identity(resource), resource]));
  const now = new Map(after.resources.map((resource) => [identity(resource), resource]));
  const options = new Map(recorded.map((resource) => [resource.urn, resource]));
  // Another stack has disks of its own.
  const same = before.project === after.project && before.stack === after.stack;
  const secrets = incomparable(against, before, after);
  const create: Change[] = [];
  const update: Change[] = [];
  const replace: Change[] = [];
  const refused: Changes["refused"][number][] = [];
  // By URN and by id: either is how another resource follows.
  const replaced = new Set<unknown>();
  for (const [key, resource] of now) {
    const was = old.get(key);
    if (was === undefined) {
      create.push(change(resource, []));
      continue;
    }
    const {
      ignoreChanges = [],
      id,
      replacementTrigger,
      replaceWith = [],
      replaceOnChanges = [],
    }: Partial<Recorded> = options.get(resource.urn) ?? {};
    const found = differences(was.inputs, resource.inputs, "");
    if (secrets === null) found.push(...changedSecrets(was, resource, found));
    const properties = found.filter(
      (path) => !ignoreChanges.some((ignored) => within(path, ignored)),
    );
    const message = same ? shrinking(resource.type, was.inputs, resource.inputs) : undefined;
    if (message !== undefined && properties.length > 0)
      refused.push({ urn: resource.urn, name: resource.name, message });
    const withAnother = [...replaceWith, replacementTrigger].some((other) => replaced.has(other));
    const own = properties.some(
      (path) =>
        replacing(resource.type, path) ||
        replaceOnChanges.some((pattern) => pattern === "*" || within(path, pattern)),
    );
    if (own || withAnother) {
      replaced.add(resource.urn);
      if (id !== undefined && id !== "") replaced.add(id);
      replace.push(change(resource, properties));
    } else if (properties.length > 0) update.push(change(resource, properties));
  }
  const gone = [...old].filter(([key]) => !now.has(key)).map(([, resource]) => resource);
  const cost = { before: before.cost.monthly, after: after.cost.monthly };
  return {
    against,
    create,
    update,
    replace,
    delete: gone.map((resource) => change(resource, [])),
    refused,
    secrets,
    cost: { ...cost, difference: Math.round((cost.after - cost.before) * 100) / 100 },
  };
}

function change({ urn, type, name }: ResourceEntry, properties: readonly string[]): Change {
  return { urn, type, name, properties };
}

/** Why the secrets of two plans cannot be compared, if they cannot. */
function incomparable(
  against: string,
  before: PreviewDocument,
  after: PreviewDocument,
): string | null {
  if (before.secretsKey === after.secretsKey) return null;
  const why =
    before.secretsKey === undefined
      ? "has no hashes of its secrets; save it anew with --save"
      : "was saved with another key; set the same BERTH_PREVIEW_KEY for both";
  return `${against} ${why}`;
}

/** Paths of secrets whose hashes differ, beside paths that are known to differ. */
function changedSecrets(
  { secrets: before = {} }: ResourceEntry,
  { secrets: after = {} }: ResourceEntry,
  known: readonly string[],
): string[] {
  return Object.keys({ ...before, ...after }).filter(
    (path) => before[path] !== after[path] && !known.some((other) => within(path, other)),
  );
}

/** `metadata["user-data"]` in a resource's options is the path `metadata.user-data`. */
function within(path: string, pattern: string): boolean {
  const start = pattern.replace(/\["([^"]*)"\]/g, ".$1");
  return path === start || path.startsWith(`${start}.`) || path.startsWith(`${start}[`);
}

/** The paths at which two values differ. */
function differences(before: unknown, after: unknown, path: string): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) =>
      differences(before[key], after[key], path === "" ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item, index) => differences(item, after[index], `${path}[${index}]`));
  return [path];
}
