import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isUnknown, type Properties } from "./values";

/**
 * A property's type: `string`, `integer`, `number`, `boolean`, `any`, the name of an object type,
 * `[element]` for a list, `{ "*": value }` for a map.
 */
export type Type = string | readonly [Type] | { readonly "*": Type };

/** What a provider's schema says of one input property. */
export interface Fact {
  readonly type: Type;
  readonly required?: boolean;
  /** A change replaces the resource. */
  readonly replaces?: boolean;
  readonly secret?: boolean;
  /** The only values that the service takes. */
  readonly values?: readonly string[];
  readonly pattern?: RegExp;
  /** The least number that it may be. */
  readonly least?: number;
  /** What a provider's check writes where nothing is given. */
  readonly default?: unknown;
}

export type ObjectFacts = Readonly<Record<string, Fact>>;

/** Property facts of a provider package: by resource type token, and of the nested types. */
export interface Facts {
  readonly resources: Readonly<Record<string, ObjectFacts>>;
  readonly types: Readonly<Record<string, ObjectFacts>>;
  /** Properties that are known once it is made, where nothing is given, by resource type token. */
  readonly computed?: Readonly<Record<string, readonly string[]>>;
  /** Output properties that are secret, by resource type token. */
  readonly secrets: Readonly<Record<string, readonly string[]>>;
}

/** An input that a provider refuses: where, and why. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** Reads the facts of a package from this folder's `facts/<name>.json`. */
export function factsOf(name: string): Facts {
  return JSON.parse(readFileSync(join(__dirname, "facts", `${name}.json`), "utf8")) as Facts;
}

/** `facts` with more of what is known of properties, written `<type token or type name>.<property>`. */
export function amended(facts: Facts, known: Record<string, Partial<Fact>>): Facts {
  const amend = (of: Readonly<Record<string, ObjectFacts>>): Record<string, ObjectFacts> =>
    Object.fromEntries(
      Object.entries(of).map(([type, properties]) => [
        type,
        Object.fromEntries(
          Object.entries(properties).map(([key, fact]) => [
            key,
            { ...fact, ...known[`${type}.${key}`] },
          ]),
        ),
      ]),
    );
  return { ...facts, resources: amend(facts.resources), types: amend(facts.types) };
}

/** `inputs` with the defaults of what is not given, in their objects too. */
export function filled(facts: Facts, of: ObjectFacts, inputs: Properties): Properties {
  const fill = (type: Type, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((item) => fill((type as [Type])[0], item));
    // Bridges read numbers out of text.
    if (type === "integer" && typeof value === "string" && /^\d+$/.test(value))
      return Number(value);
    const nested = typeof type === "string" ? facts.types[type] : undefined;
    return nested === undefined || typeof value !== "object" || value === null
      ? value
      : filled(facts, nested, value as Properties);
  };
  const given = Object.entries(inputs).map(([key, value]) => [
    key,
    of[key] === undefined ? value : fill(of[key].type, value),
  ]);
  const missing = Object.entries(of)
    .filter(([key, fact]) => fact.default !== undefined && inputs[key] === undefined)
    .map(([key, fact]) => [key, fact.default]);
  return Object.fromEntries([...given, ...missing]) as Properties;
}

/** All that is wrong with `inputs`: unknown names, missing ones, wrong types, wrong values. */
export function checkInputs(facts: Facts, of: ObjectFacts, inputs: Properties): Failure[] {
  return checkObject(facts, of, inputs, "");
}

function checkObject(facts: Facts, of: ObjectFacts, value: Properties, path: string): Failure[] {
  const at = (key: string): string => (path === "" ? key : `${path}.${key}`);
  const unknown = Object.keys(value)
    .filter((key) => of[key] === undefined && key !== "__defaults")
    .map((key) => ({ property: at(key), reason: `unknown property${hint(key, Object.keys(of))}` }));
  const known = Object.entries(of).flatMap(([key, fact]) => {
    const given = value[key];
    if (given === undefined)
      return fact.required === true
        ? [{ property: at(key), reason: "missing required property" }]
        : [];
    return [
      ...checkValue(facts, fact.type, given, at(key), fact.values),
      ...checkRange(fact, given, at(key)),
    ];
  });
  return [...unknown, ...known];
}

function checkValue(
  facts: Facts,
  type: Type,
  value: unknown,
  path: string,
  values?: readonly string[],
): Failure[] {
  if (isUnknown(value) || type === "any") return [];
  const wrong = (expected: string): Failure[] => [
    { property: path, reason: `expected ${expected}, got ${describe(value)}` },
  ];
  if (Array.isArray(type)) {
    if (!Array.isArray(value)) return wrong("a list");
    const [element] = type as readonly [Type];
    return value.flatMap((item, n) => checkValue(facts, element, item, `${path}[${n}]`, values));
  }
  if (typeof type === "object") {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return wrong("a map");
    const element = (type as { "*": Type })["*"];
    return Object.entries(value).flatMap(([key, item]) =>
      checkValue(facts, element, item, `${path}.${key}`),
    );
  }
  switch (type) {
    case "string":
      if (typeof value !== "string") return wrong("a string");
      return values !== undefined && !values.includes(value)
        ? [{ property: path, reason: `expected one of ${values.join(", ")}; got "${value}"` }]
        : [];
    case "boolean":
      return typeof value === "boolean" ? [] : wrong("a boolean");
    case "number":
      return typeof value === "number" ? [] : wrong("a number");
    case "integer":
      return Number.isInteger(value) ? [] : wrong("an integer");
    default: {
      const nested = facts.types[type];
      if (nested === undefined) return typeof value === "string" ? [] : wrong("a string");
      if (typeof value !== "object" || value === null || Array.isArray(value))
        return wrong("an object");
      return checkObject(facts, nested, value as Properties, path);
    }
  }
}

function checkRange({ pattern, least }: Fact, value: unknown, property: string): Failure[] {
  if (pattern !== undefined && typeof value === "string" && !isUnknown(value))
    return pattern.test(value) ? [] : [{ property, reason: `"${value}" is not ${pattern.source}` }];
  return least !== undefined && typeof value === "number" && value < least
    ? [{ property, reason: `${value} is less than ${least}` }]
    : [];
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value === null) return "null";
  if (typeof value === "object") return "an object";
  return `${typeof value} ${JSON.stringify(value)}`;
}

/** `; did you mean "x"?` for the nearest of `known` within two edits, else nothing. */
export function hint(word: string, known: readonly string[]): string {
  const [best] = known
    .map((name) => ({ name, steps: edits(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ steps }) => steps <= 2)
    .sort((a, b) => a.steps - b.steps);
  return best === undefined ? "" : `; did you mean "${best.name}"?`;
}

function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length]!;
}
