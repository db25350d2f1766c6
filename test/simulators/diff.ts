import { isDeepStrictEqual } from "node:util";
import { replanned } from "./bridge";
import type { Facts, ObjectFacts, Type } from "./facts";
import type { Kind } from "./simulator";
import type { Properties } from "./values";

/** Which top-level inputs changed, and which of them replace the resource. */
export interface Changes {
  readonly changed: readonly string[];
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/**
 * What a change of inputs means. A named resource that is replaced under its own name goes first, as
 * bridged providers have it; the program may say otherwise.
 *
 * @param ignored Top-level inputs that the program leaves out of the comparison (`ignoreChanges`).
 */
export function changes(
  facts: Facts,
  of: ObjectFacts,
  kind: Kind,
  old: Properties,
  next: Properties,
  outputs: Properties,
  ignored: readonly string[] = [],
): Changes {
  const all =
    kind.plan !== undefined
      ? replanned(kind.plan, next, outputs)
      : [...new Set([...Object.keys(old), ...Object.keys(next)])].filter(
          (key) =>
            key !== "__defaults" && !same(old[key], next[key], kind.sets?.includes(key) ?? false),
        );
  const drifted = (kind.plan ?? kind).drifted?.(outputs, next) ?? [];
  const keys = all.filter((key) => !ignored.includes(key));
  const changed = [...new Set([...keys, ...drifted.filter((key) => !ignored.includes(key))])];
  const byFacts = keys.filter((key) => {
    const fact = of[key];
    return (
      fact !== undefined &&
      (fact.replaces === true ||
        nestedReplaces(facts, fact.type, (kind.plan === undefined ? old : outputs)[key], next[key]))
    );
  });
  const replaces = [
    ...new Set([...byFacts, ...(kind.replaces?.(old, next, changed, outputs) ?? [])]),
  ];
  const named = typeof next.name === "string" && !defaulted(next).includes("name");
  const kept =
    kind.plan === undefined ? named && old.name === next.name : named && kind.autoname !== false;
  return { changed, replaces, deleteBeforeReplace: replaces.length > 0 && kept };
}

/** Inputs that the provider filled in. */
export function defaulted(inputs: Properties): readonly string[] {
  return Array.isArray(inputs.__defaults) ? (inputs.__defaults as string[]) : [];
}

function same(a: unknown, b: unknown, set: boolean): boolean {
  if (set && Array.isArray(a) && Array.isArray(b)) {
    const sorted = (list: unknown[]): string[] => list.map((item) => JSON.stringify(item)).sort();
    return isDeepStrictEqual(sorted(a), sorted(b));
  }
  return isDeepStrictEqual(a, b);
}

/** Whether a changed part of an object, or of the objects of a list, replaces the whole. */
function nestedReplaces(facts: Facts, type: Type, old: unknown, next: unknown): boolean {
  if (Array.isArray(type) && Array.isArray(old) && Array.isArray(next))
    return old
      .slice(0, next.length)
      .some((item, n) => nestedReplaces(facts, (type as [Type])[0], item, next[n]));
  const of = typeof type === "string" ? facts.types[type] : undefined;
  if (of === undefined || !isObject(old) || !isObject(next)) return false;
  return Object.entries(of).some(
    ([key, fact]) =>
      !isDeepStrictEqual(old[key], next[key]) &&
      (fact.replaces === true || nestedReplaces(facts, fact.type, old[key], next[key])),
  );
}

const isObject = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Top-level keys of those paths (`nodePool.size`) whose values differ. */
export function changedPaths(
  old: Properties,
  next: Properties,
  paths: readonly string[],
): readonly string[] {
  const at = (root: Properties, path: string): unknown =>
    path
      .split(".")
      .reduce<unknown>((value, step) => (isObject(value) ? value[step] : undefined), root);
  return paths
    .filter((path) => !isDeepStrictEqual(at(old, path), at(next, path)))
    .map((path) => path.split(".")[0]!);
}
