import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Client } from "../simulators/client";
import type { Properties } from "../simulators/values";
import type { Subject, World } from "./subject";
import { walk, type Call } from "./walk";

/** What a plugin answered about one resource type: the calls of each case, by its name. */
export interface Transcript {
  readonly plugin: string;
  readonly version: string;
  readonly type: string;
  readonly cases: Readonly<Record<string, readonly Call[]>>;
  readonly [about: string]: unknown;
}

export function transcriptFile(plugin: string, type: string): string {
  const name = type.split("/").at(-1)?.split(":")[0] ?? type;
  return join(__dirname, "transcripts", plugin, `${name}.json`);
}

/**
 * Takes each wanted case through its life. What is set by every answer as in the first case is said there
 * alone: other cases say what they have otherwise.
 */
export async function recordType(
  client: Client,
  subject: Subject,
  world: World,
  type: string,
  wanted: (name: string) => boolean = () => true,
): Promise<Record<string, readonly Call[]>> {
  const made: [string, readonly Call[]][] = [];
  for (const [name, one] of Object.entries(subject.cases[type] ?? {})) {
    if (made.length > 0 && !wanted(name)) continue;
    world.ready?.(type);
    try {
      made.push([name, await walk(client, subject, world, type, one)]);
    } finally {
      await world.clean?.();
    }
  }
  const first = made[0]?.[1] ?? [];
  return Object.fromEntries(
    made.map(([name, calls], n) => [name, n === 0 ? calls : beside(first, calls)]),
  );
}

/** Asks about each configuration of the provider: alone, and as a change from none. */
export async function recordConfigs(
  client: Client,
  { configs }: Pick<Subject, "configs">,
): Promise<Record<string, readonly Call[]>> {
  const made: Record<string, readonly Call[]> = {};
  for (const [name, inputs] of Object.entries(configs)) {
    const failures = await client.checkConfig(inputs);
    const answer = failures.length === 0 ? {} : { failures };
    const calls: Call[] = [{ call: "check", request: { inputs }, answer }];
    if (failures.length === 0) {
      const { diffsList, replacesList } = await client.diffConfig({}, inputs);
      calls.push({ call: "diff", answer: { changed: diffsList, replaces: replacesList } });
    }
    made[name] = calls;
  }
  return made;
}

const compact = ["check", "create, preview", "create"];

/** Calls without what their like in `first` set too. */
export function beside(first: readonly Call[], calls: readonly Call[]): Call[] {
  let inputs: Properties = {};
  return calls.map((call) => {
    inputs = (call.request as { inputs?: Properties } | undefined)?.inputs ?? inputs;
    const like = first.find((one) => one.call === call.call)?.answer as
      { set?: Properties } | undefined;
    const answer = call.answer as { set?: Properties; error?: string };
    if (like?.set === undefined || answer.error !== undefined || !compact.includes(call.call))
      return call;
    const { set = {}, ...rest } = answer;
    const other = Object.entries(set).filter(
      ([key, value]) => !isDeepStrictEqual(like.set?.[key], value),
    );
    const unset = Object.keys(like.set).filter((key) => !(key in set) && !(key in inputs));
    return {
      ...call,
      answer: {
        ...(other.length === 0 ? {} : { set: Object.fromEntries(other) }),
        ...(unset.length === 0 ? {} : { unset }),
        ...rest,
      },
    };
  });
}

/** JSON with one call a line, so that a difference between two recordings can be read. */
export function write({ cases, ...about }: Transcript): string {
  const head = Object.entries(about).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`,
  );
  const body = Object.entries(cases).map(
    ([name, calls]) =>
      `    ${JSON.stringify(name)}: [\n${calls.map((call) => `      ${JSON.stringify(call)}`).join(",\n")}\n    ]`,
  );
  return `{\n${head.join("")}  "cases": {\n${body.join(",\n")}\n  }\n}\n`;
}
export function readTranscript(plugin: string, type: string): Transcript {
  return JSON.parse(readFileSync(transcriptFile(plugin, type), "utf8")) as Transcript;
}
