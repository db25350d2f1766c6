import { isDeepStrictEqual } from "node:util";
import { Partial, type Client } from "../simulators/client";
import { unknown, type Bag, type Properties } from "../simulators/values";
import { places } from "./places";
import type { Case, Subject, World } from "./subject";

/** One request and its answer, as far as they are not said by the calls before. */
export interface Call {
  readonly call: string;
  readonly request?: unknown;
  readonly answer: unknown;
}

/** What is other in a bag of properties than in the one that it came from. */
interface Delta {
  readonly set?: Properties;
  readonly gone?: readonly string[];
}

/** Whether a value says no more than none. */
const nothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  value === 0 ||
  value === false ||
  (typeof value === "object" && Object.keys(value).length === 0);

/** A value without a provider's notes to itself and without what says nothing in it. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith("__"))
      .map(([key, item]) => [key, plain(item)])
      .filter(([, item]) => !nothing(item)),
  );
}

/** A value as text that is the same for the same content. */
function content(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Of a resource: its id stands beside its outputs, and an empty list or map says no more than none. */
const told = (values: Properties, unordered: readonly string[]): Properties =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([key]) => key !== "id" && !key.startsWith("__"))
      .map(([key, value]): [string, unknown] => [key, plain(value)])
      .filter(([, value]) => typeof value !== "object" || !nothing(value))
      .map(([key, value]) => [
        key,
        unordered.includes(key) && Array.isArray(value)
          ? value.sort((a, b) => (content(a) < content(b) ? -1 : 1))
          : value,
      ]),
  );

function deltaOf(from: Properties, to: Properties, unordered: readonly string[]): Delta {
  const before = told(from, unordered);
  const after = told(to, unordered);
  const set = Object.entries(after)
    .filter(([key, value]) => !isDeepStrictEqual(before[key], value))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const gone = Object.keys(before).filter((key) => !(key in after));
  return {
    ...(set.length === 0 ? {} : { set: Object.fromEntries(set) }),
    ...(gone.length === 0 ? {} : { gone: gone.sort() }),
  };
}

/** Takes one resource through its life, as the engine would, and writes down every answer. */
export async function walk(
  client: Client,
  { volatile, unordered }: Pick<Subject, "volatile" | "unordered">,
  world: World,
  type: string,
  { inputs, steps = [] }: Case,
): Promise<Call[]> {
  const calls: Call[] = [];
  const named: Record<string, string> = { ...world.named };
  const { open, close } = places(() => named);
  const delta = (from: Properties, to: Properties): Delta => deltaOf(from, to, unordered);
  let secrets: Bag["secrets"] = [];
  const note = (call: string, answer: unknown, request?: unknown): void => {
    const paths = names(secrets);
    const hidden = paths.length === 0 ? {} : { secrets: paths };
    const shown = typeof answer === "object" ? { ...answer, ...hidden } : answer;
    calls.push(
      close({ call, ...(request === undefined ? {} : { request }), answer: hide(shown, volatile) }),
    );
    secrets = [];
  };
  /** Notes an error; a resource that is there all the same is told with it. */
  const failed = (call: string, from: Properties, error: unknown): Partial | undefined => {
    const { message } = error as Error;
    if (/^(Connection dropped|No connection established)/.test(message)) throw error;
    if (error instanceof Partial) {
      named.id = error.id;
      named["short id"] = error.id.slice(0, 12);
      note(call, { error: message, ...delta(from, error.outputs) });
      return error;
    }
    note(call, { error: message });
    return undefined;
  };

  const check = async (given: Properties, old: Properties): Promise<Properties | undefined> => {
    try {
      const { inputs: bag, failures } = await client.check(type, open(given), old);
      secrets = bag.secrets;
      note(
        "check",
        { ...delta(open(given), bag.values), ...(failures.length === 0 ? {} : { failures }) },
        { inputs: given },
      );
      return failures.length === 0 ? bag.values : undefined;
    } catch (error) {
      note("check", { failures: [(error as Error).message] }, { inputs: given });
      return undefined;
    }
  };

  let given = inputs;
  let checked = await check(given, {});
  if (checked === undefined) return calls;
  try {
    const preview = await client.create(type, checked, { preview: true });
    secrets = preview.secrets;
    note("create, preview", delta(checked, preview.outputs));
  } catch (error) {
    failed("create, preview", checked, error);
  }
  let id: string;
  let outputs: Properties;
  try {
    const made = await client.create(type, checked);
    ({ id, outputs } = made);
    named.id = id;
    if (id.length >= 64) named["short id"] = id.slice(0, 12);
    if (typeof outputs.name === "string" && outputs.name !== checked.name)
      named["made name"] = outputs.name;
    secrets = made.secrets;
    note("create", delta(checked, outputs));
  } catch (error) {
    const broken = failed("create", checked, error);
    if (broken === undefined) return calls;
    ({ id, outputs } = broken);
  }
  let old = checked;

  const read = async (): Promise<boolean> => {
    try {
      const found = await client.read(type, id, outputs, old);
      const gone = found.id === "";
      note(
        "read",
        gone
          ? "gone"
          : { inputs: delta(old, found.inputs), outputs: delta(outputs, found.outputs) },
      );
      if (!gone) ({ outputs, inputs: old } = found);
      return !gone;
    } catch (error) {
      failed("read", outputs, error);
      return true;
    }
  };
  const diff = async (next: Properties): Promise<"same" | "changed" | "replaced"> => {
    try {
      const found = await client.diff(type, old, next, outputs, id);
      const { changed, replaces, deleteBeforeReplace } = found;
      note(
        "diff",
        changed.length + replaces.length === 0
          ? "same"
          : {
              changed: [...new Set(changed)].sort(),
              ...(replaces.length === 0 ? {} : { replaces: [...new Set(replaces)].sort() }),
              ...(deleteBeforeReplace ? { deleteBeforeReplace } : {}),
            },
      );
      return replaces.length > 0 ? "replaced" : changed.length > 0 ? "changed" : "same";
    } catch (error) {
      failed("diff", {}, error);
      return "replaced";
    }
  };

  await diff(checked);
  let there = await read();
  if (there) await diff(checked);
  for (const step of there ? steps : []) {
    if ("byHand" in step) {
      note("by hand", "done", { ...step });
      await world.byHand?.(open(step.byHand), open(step.body));
    } else {
      const tried = Object.fromEntries(
        Object.entries({ ...given, ...step.change }).filter(([, value]) => value !== undefined),
      );
      const next = await check(tried, old);
      if (next === undefined) continue;
      const found = await diff(next);
      // The engine replaces then, or calls nothing at all.
      if (found === "replaced") continue;
      [given, checked] = [tried, next];
      if (found === "same") continue;
      for (const preview of [true, false])
        try {
          const made = await client.update(type, id, outputs, old, next, preview);
          const call = preview ? "update, preview" : "update";
          note(call, delta(outputs, made));
          if (!preview) [outputs, old] = [made, next];
        } catch (error) {
          failed("update", outputs, error);
          if (!preview) old = next;
        }
    }
    there = await read();
    if (!there) break;
    await diff(checked);
  }
  if (!there) return calls;
  try {
    await client.delete(type, id, outputs);
    note("delete", "done");
    const after = await client.read(type, id, outputs, old);
    note("read", after.id === "" ? "gone" : "still there");
  } catch (error) {
    failed("delete", {}, error);
  }
  return calls;
}

const names = (paths: Bag["secrets"]): string[] =>
  [...new Set(paths.map((path) => path.join(".")))].filter((name) => !name.includes("__")).sort();

/** A word for what a preview cannot know, and for values of properties that are another in each run. */
function hide(value: unknown, keys: readonly string[]): unknown {
  if (value === unknown) return "<unknown>";
  if (Array.isArray(value)) return value.map((item) => hide(item, keys));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      keys.includes(key) && item !== unknown && item !== "" ? `<${key}>` : hide(item, keys),
    ]),
  );
}
