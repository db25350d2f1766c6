/** What a cloud calls a setting of a managed server, and which of its values it takes. */
export interface Parameter {
  /** The cloud's name; absent: the engine's own. */
  readonly name?: string;
  /** What the engine's number is multiplied by: 1/1024 for a cloud that counts MB where the engine counts kB. */
  readonly factor?: number;
  /** The cloud's word for each value that it takes, in lower case; null: its servers are so anyway. Absent: any value. */
  readonly values?: Readonly<Record<string, string | null>>;
  /** The only values that it takes. */
  readonly pattern?: RegExp;
  /**
   * For a list of libraries to load: those that the cloud has. A text is the parameter that loads one by the value
   * `on`, "" keeps it in the list, null: every server loads it.
   */
  readonly libraries?: Readonly<Record<string, string | null>>;
  /** What it is for the cloud's API, where that is no text. */
  readonly type?: "number" | "boolean";
  /** It takes effect when the server starts. */
  readonly atStart?: true;
}

/** By the engine's own name: `max_connections`, `maxmemory-policy`. */
export type Parameters = Readonly<Record<string, Parameter>>;

/** The same for several settings, named as the engine does, with spaces between. */
export function parameters(names: string, parameter: Parameter = {}): Parameters {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, parameter]),
  );
}

/** The words of a setting that is on or off. */
export function switched(on: string, off: string): Parameter {
  return {
    values: {
      ...{ on, true: on, yes: on, "1": on },
      ...{ off, false: off, no: off, "0": off },
    },
  };
}

/** A value as a cloud takes it. */
export interface Taken {
  /** By the cloud's own names; empty where its servers are so anyway. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The part of a list that it does not take. */
  readonly lost: readonly string[];
}

/** What a cloud takes of a setting's value; undefined: nothing. */
export function taken(
  setting: string,
  value: string,
  parameter: Parameter | undefined,
): Taken | undefined {
  if (parameter === undefined) return undefined;
  const { name = setting, factor, values, pattern, libraries } = parameter;
  if (libraries !== undefined) return loaded(name, value, libraries);
  if (pattern?.test(value) === false) return undefined;
  if (values !== undefined) {
    const word = values[value.toLowerCase()];
    if (word === undefined) return undefined;
    return { parameters: word === null ? {} : { [name]: word }, lost: [] };
  }
  const number = Number(value);
  const scaled =
    factor === undefined || number < 0 ? value : String(Math.max(1, Math.round(number * factor)));
  return Number.isNaN(number) && factor !== undefined
    ? undefined
    : { parameters: { [name]: scaled }, lost: [] };
}

function loaded(
  name: string,
  value: string,
  libraries: NonNullable<Parameter["libraries"]>,
): Taken {
  const asked = value
    .split(",")
    .map((library) => library.trim().replace(/^["']|["']$/g, ""))
    .filter((library) => library !== "");
  const kept = asked.filter((library) => libraries[library] === "");
  const on = asked.flatMap((library) => {
    const flag = libraries[library];
    return flag === null || flag === undefined || flag === "" ? [] : [[flag, "on"] as const];
  });
  return {
    parameters: {
      ...(kept.length === 0 ? {} : { [name]: kept.join(",") }),
      ...Object.fromEntries(on),
    },
    lost: asked.filter((library) => libraries[library] === undefined),
  };
}
