import type { Properties } from "../../simulators/values";

/** The value at a path of keys; nothing where there is none. */
export function at(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (inner, key) =>
        typeof inner === "object" && inner !== null ? (inner as Properties)[key] : undefined,
      value,
    );
}
