import { answersOf } from "../recording/outputs";

/** Whether a change at a path makes the provider replace the resource. */
export function replacing(type: string, path: string): boolean {
  const { replaces = {} } = answersOf(type.split(":")[0] ?? "") ?? {};
  return [...(replaces["*"] ?? []), ...(replaces[type] ?? [])].some(
    (property) =>
      property === "*" ||
      path === property ||
      path.startsWith(`${property}.`) ||
      path.startsWith(`${property}[`),
  );
}
