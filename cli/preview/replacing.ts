import type { PreviewAnswers } from "../../components/clouds/preview";
import { sizeOf } from "../../components/model/grows-only";
import { answersOf } from "../recording/outputs";
import { isObject } from "../recording/values";

/** Whether a change at a path makes the provider replace the resource. */
export function replacing(type: string, path: string): boolean {
  const { replaces = {} } = answers(type);
  return [...(replaces["*"] ?? []), ...(replaces[type] ?? [])].some(
    (property) =>
      property === "*" ||
      path === property ||
      path.startsWith(`${property}.`) ||
      path.startsWith(`${property}[`),
  );
}

/** What is wrong where a size goes down that can only go up, if it does. */
export function shrinking(
  type: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string | undefined {
  const path = answers(type).grows?.[type];
  if (path === undefined) return undefined;
  const [was, now] = [before, after].map((inputs) => sizeOf(at(inputs, path)));
  return was === undefined || now === undefined || now >= was
    ? undefined
    : `${path}: ${was} → ${now}: it only grows; keep ${was} or more`;
}

function answers(type: string): Partial<PreviewAnswers> {
  return answersOf(type.split(":")[0] ?? "") ?? {};
}

function at(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce((inside: unknown, key) => (isObject(inside) ? inside[key] : undefined), value);
}
