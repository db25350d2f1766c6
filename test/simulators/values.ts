import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";

/** Plain properties of a resource: no secrets' wrapping, no nulls; unknowns are `unknown`. */
export type Properties = Record<string, unknown>;

/** What the engine writes for a value that a preview cannot know. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signature = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

type Path = readonly (string | number)[];

/** Plain values, and where secrets were. */
export interface Bag {
  readonly values: Properties;
  readonly secrets: readonly Path[];
}

/** Whether `value` is an unknown of a preview. */
export function isUnknown(value: unknown): boolean {
  return value === unknown;
}

/** Whether there is an unknown anywhere in `value`. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).some(hasUnknown);
  return isUnknown(value);
}

/** Unwraps what the engine sent. */
export function decode(struct: Struct | undefined): Bag {
  const secrets: Path[] = [];
  const open = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item, n) => open(item, [...path, n]));
    if (typeof value !== "object" || value === null) return value;
    const object = value as Properties;
    if (object[signature] === secretMark) {
      secrets.push(path);
      return open(object.value, path);
    }
    return Object.fromEntries(
      Object.entries(object)
        .filter(([, item]) => item !== null && item !== undefined)
        .map(([key, item]) => [key, open(item, [...path, key])]),
    );
  };
  return { values: open(struct?.toJavaScript() ?? {}, []) as Properties, secrets };
}

/**
 * Wraps values for the engine. A value is secret where one of `secrets` points; where a path goes
 * through a list, the whole list is, as bridged providers do, for lists lose their order.
 */
export function encode(values: Properties, secrets: readonly Path[] = []): Struct {
  const hidden = new Set(secrets.map((path) => key(untilList(path, values))));
  const wrap = (value: unknown, path: Path): unknown => {
    const inner = Array.isArray(value)
      ? value.map((item, n) => wrap(item, [...path, n]))
      : typeof value === "object" && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .filter(([, item]) => item !== undefined)
              .map(([name, item]) => [name, wrap(item, [...path, name])]),
          )
        : value;
    return hidden.has(key(path)) ? { [signature]: secretMark, value: inner } : inner;
  };
  return Struct.fromJavaScript(wrap(values, []) as Record<string, JavaScriptValue>);
}

/** `path` cut off where it enters a list. */
function untilList(path: Path, values: Properties): Path {
  let value: unknown = values;
  for (const [n, step] of path.entries()) {
    if (Array.isArray(value)) return path.slice(0, n);
    value = (value as Properties | undefined)?.[step];
  }
  return path;
}

const key = (path: Path): string => JSON.stringify(path);
