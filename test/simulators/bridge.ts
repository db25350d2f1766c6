import { isDeepStrictEqual } from "node:util";
import { InitFailed, type Call, type Kind } from "./simulator";
import { unknown, type Properties } from "./values";

/** How a bridged provider plans a resource: what is not given is as it was, has a default, or is nothing. */
export interface Plan {
  /** What is known once it is made; a change leaves it as it is where it is not given. */
  readonly computed: readonly string[];
  /** As computed ones in a change alone. */
  readonly kept?: readonly string[];
  /** Lists whose order means nothing. */
  readonly sets?: readonly string[];
  /** Lists whose order means nothing to a comparison alone. */
  readonly loose?: readonly string[];
  /** Maps in which an empty text is a value. */
  readonly maps?: readonly string[];
  /** What a plan says where nothing is given. */
  readonly defaults?: (inputs: Properties) => Properties;
  /** Keys that a plan finds changed beside those whose values differ. */
  readonly drifted?: (outputs: Properties, next: Properties) => readonly string[];
  /** Parts of objects, or of the objects of a list, that are known once it is made. */
  readonly parts?: Readonly<Record<string, readonly string[]>>;
  /** Inputs as the state has them, where it does not have them as they are given. */
  readonly stated?: (inputs: Properties) => Properties;
  /** A value as it is read, where it may be given in another spelling: that is no change. */
  readonly meaning?: Readonly<Record<string, (value: unknown) => unknown>>;
  /** @throws Error where a plan is refused. */
  readonly refuse?: (inputs: Properties, outputs?: Properties) => void;
  /** Whether what is not known is dropped without a word. */
  readonly lenient?: boolean;
}

/** A resource of a bridged provider: what its plan does not say. */
export interface Bridged extends Pick<Kind, "autoname" | "check" | "delete"> {
  readonly plan: Plan;
  /** Changed keys that replace the resource, beyond the facts. */
  readonly replaces?: (changed: readonly string[]) => readonly string[];
  /** @throws InitFailed when it is there and broken. */
  readonly make: (inputs: Properties, call: Call) => Promise<Made> | Made;
  /** What the provider reads of it; nothing when it is gone. Default: nothing new. */
  readonly state?: (
    id: string,
    known: Properties,
    call: Call,
  ) => Promise<Properties | undefined> | Properties | undefined;
  readonly update?: (
    id: string,
    old: Properties,
    next: Properties,
    call: Call,
  ) => Promise<Properties | undefined> | Properties | undefined;
}

interface Made {
  readonly id: string;
  readonly outputs?: Properties;
}

/** A kind of resource as the engine meets it through the bridge. */
export function bridged(resource: Bridged): Kind {
  const { plan, make, state, update, replaces, ...kind } = resource;
  return {
    ...kind,
    plan,
    computed: () => plan.computed,
    preview: (inputs, outputs) => planned(plan, inputs, outputs),
    ...(replaces === undefined ? {} : { replaces: (_old, _next, changed) => replaces(changed) }),
    async create(inputs, call) {
      plan.refuse?.(inputs);
      const base = { ...plan.defaults?.(inputs), ...ordered(plan, inputs) };
      try {
        const { id, outputs } = await make(inputs, call);
        const known = { ...base, ...outputs };
        const read = (await state?.(id, known, call)) ?? {};
        // A set is taken as it was asked for, whatever the provider reads.
        const sets = Object.entries(base).filter(
          ([key]) => plan.sets?.includes(key) && plan.parts?.[key] === undefined,
        );
        return { id, outputs: { ...known, ...read, ...Object.fromEntries(sets) } };
      } catch (error) {
        if (!(error instanceof InitFailed)) throw error;
        throw new InitFailed({ id: error.made.id, outputs: base }, error.message);
      }
    },
    async read(id, outputs, inputs, call) {
      const read = state === undefined ? {} : await state(id, outputs, call);
      if (read === undefined) return undefined;
      const found = { ...outputs, ...read };
      return { id, outputs: found, inputs: described(plan, inputs, found) };
    },
    async update(id, outputs, old, next, call) {
      const planned = applied(plan, next, outputs);
      try {
        return { ...planned, ...(await update?.(id, old, next, call)) };
      } catch (error) {
        throw new InitFailed({ id, outputs: planned }, (error as Error).message);
      }
    },
  };
}

/** The outputs that a plan promises: of a new resource, or of the one whose outputs these are. */
function planned(plan: Plan, inputs: Properties, outputs?: Properties): Properties {
  plan.refuse?.(inputs, outputs);
  const asBefore =
    outputs === undefined
      ? plan.computed.map((key) => [key, unknown])
      : Object.entries(outputs).filter(
          ([key, value]) =>
            plan.computed.includes(key) ||
            plan.kept?.includes(key) === true ||
            (meant(value) === undefined && plan.maps?.includes(key) !== true),
        );
  const before = Object.fromEntries(asBefore) as Properties;
  const stated = Object.entries(ordered(plan, inputs)).map(([key, given]) => {
    const meaning = outputs === undefined ? undefined : plan.meaning?.[key];
    const value = meaning === undefined ? given : meaning(given);
    const parts = plan.parts?.[key];
    return [key, parts === undefined ? value : completed(value, outputs?.[key], parts)];
  });
  return {
    ...before,
    ...plan.defaults?.(inputs),
    ...(Object.fromEntries(stated) as Properties),
  };
}

/** An object with its parts as they were, or not known yet; of a list, those that were there before. */
function completed(value: unknown, before: unknown, parts: readonly string[]): unknown {
  const own = (item: unknown): Properties =>
    Object.fromEntries(Object.entries(item ?? {}).filter(([key]) => !parts.includes(key)));
  if (Array.isArray(value))
    return value.map((item) => {
      const all: unknown[] = Array.isArray(before) ? before : [];
      const found = all.find((one) => same(own(one), own(item), true));
      return completed(item, found, parts);
    });
  const known = before as Properties | undefined;
  return {
    ...Object.fromEntries(parts.map((part) => [part, known === undefined ? unknown : known[part]])),
    ...(value as Properties),
  };
}

/** Keys whose planned values are not those of the state. */
export function replanned(plan: Plan, next: Properties, outputs: Properties): string[] {
  const promised = planned(plan, next, outputs);
  const keys = new Set([...Object.keys(promised), ...Object.keys(outputs)]);
  const unordered = [...(plan.sets ?? []), ...(plan.loose ?? [])];
  return [...keys].filter((key) => {
    if (key === "id" || key === "__defaults") return false;
    if (plan.maps?.includes(key) === true)
      return !isDeepStrictEqual(outputs[key] ?? {}, promised[key] ?? {});
    return !same(outputs[key], promised[key], unordered.includes(key));
  });
}

/** What an update leaves: what is not planned any more is nothing of its kind. */
function applied(plan: Plan, next: Properties, outputs: Properties): Properties {
  const promised = planned(plan, next, outputs);
  const zeros: Record<string, unknown> = { number: 0, string: "", boolean: false };
  const gone = Object.entries(outputs)
    .filter(([key]) => !(key in promised))
    .map(([key, value]) => [key, zeros[typeof value]]);
  return { ...(Object.fromEntries(gone) as Properties), ...promised };
}

/** Inputs as the state has them now, in the shape in which they were given. */
function described(plan: Plan, inputs: Properties, outputs: Properties): Properties {
  const stated = plan.stated?.(inputs) ?? inputs;
  const entries = Object.entries(inputs).map(([key, value]) => [
    key,
    key.startsWith("__") || (stated[key] !== value && stated[key] === outputs[key])
      ? value
      : plan.loose?.includes(key) === true
        ? outputs[key]
        : shaped(value, outputs[key]),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Properties;
}

function shaped(given: unknown, found: unknown): unknown {
  if (Array.isArray(found)) {
    if (!Array.isArray(given)) return found as unknown[];
    const pairs = given.map((item): unknown =>
      found.find((one) => same(shaped(item, one), item, true)),
    );
    // Objects that are all still there stand as they were given, whatever else there is.
    return given.every(isObject) && pairs.every((one) => one !== undefined)
      ? given.map((item, n) => shaped(item, pairs[n]))
      : found.map((item, n) => shaped(given[n], item));
  }
  if (!isObject(found) || !isObject(given)) return found;
  return Object.fromEntries(
    Object.entries(given)
      .filter(([key]) => key in found)
      .map(([key, value]) => [key, shaped(value, found[key])]),
  );
}

/** Inputs with their sets in the order in which every answer has them. */
function ordered(plan: Plan, inputs: Properties): Properties {
  const { __defaults: _, ...given } = plan.stated?.(inputs) ?? inputs;
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key,
      plan.sets?.includes(key) ? sorted(value) : value,
    ]),
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sorted(item)]));
}

function same(a: unknown, b: unknown, set: boolean): boolean {
  const [one, other] = [meant(a), meant(b)];
  return set ? isDeepStrictEqual(sorted(one), sorted(other)) : isDeepStrictEqual(one, other);
}

/** A value without what says nothing in it; undefined when nothing is left. */
function meant(value: unknown): unknown {
  if (value === "" || value === 0 || value === false) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(meant);
  if (!isObject(value)) return value;
  const left = Object.keys(value)
    .sort()
    .map((key) => [key, meant(value[key])] as const)
    .filter(([, item]) => item !== undefined);
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

const isObject = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);
