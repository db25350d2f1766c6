import * as pulumi from "@pulumi/pulumi";
import { offers } from "./clouds";
import { load } from "./compose/load";
import { Environment } from "./environment";
import { plan as makePlan } from "./plan";
import type { Plan } from "./plan/plan";
import { formatProblem, type Problem } from "./problem";
import { refer, type Text } from "./reference";
import { read } from "./settings/read";
import type { Settings } from "./settings/settings";

/** What the engine, or the offline preview, gives a program. */
export interface ProgramInput {
  readonly project: string;
  readonly stack: string;
  /** The folder of Pulumi.yaml. */
  readonly folder: string;
  /** Namespaced config: `berth:cloud`, `aws:region`; structured values as JSON. */
  readonly config: Readonly<Record<string, string>>;
  /** The keys that the engine calls secret. */
  readonly secretKeys: readonly string[];
}

/**
 * The one program, for `pulumi up`, `pulumi preview`, the offline preview and the tests.
 *
 * @throws pulumi.RunError with every problem, one a line, before the first resource.
 */
export function program(input: ProgramInput): { plan: Plan; outputs: Record<string, unknown> } {
  const { plan, values } = prepare(input);
  for (const { level, service, key, file, line, message } of plan.notices) {
    const place = file === null ? "" : `${file}${line === null ? "" : `:${line}`}: `;
    const text = `${place}${service === null ? key : `${service}.${key}`}: ${message}`;
    void (level === "loss" ? pulumi.log.warn(text) : pulumi.log.info(text));
  }
  const environment = new Environment("berth", { plan, values });
  return {
    plan,
    outputs: {
      urls: environment.urls,
      address: environment.address,
      ...(environment.docker === undefined ? {} : { docker: environment.docker }),
    },
  };
}

/** Everything before the first resource: config, Compose files, plan. */
export function prepare(input: ProgramInput): { plan: Plan; values: Map<string, string> } {
  const { settings, values, problems } = read(input);
  if (settings === undefined) throw refusal(problems);
  const loaded = load({
    files: settings.compose,
    profiles: settings.profiles,
    variables: settings.variables,
    secrets: secretTexts(settings),
  });
  for (const [key, value] of loaded.values) values.set(key, value);
  const found: Problem[] = [...problems, ...loaded.problems];
  if (loaded.app === undefined || found.length > 0) throw refusal(found);
  const planned = makePlan(loaded.app, settings, offers[settings.cloud]());
  if (planned.plan === undefined) throw refusal(planned.problems);
  return { plan: planned.plan, values };
}

function secretTexts({ secrets }: Settings): Record<string, Text> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, secret]) => [
      name,
      typeof secret === "string" ? secret : refer("generated", name),
    ]),
  );
}

function refusal(problems: readonly Problem[]): pulumi.RunError {
  return new pulumi.RunError([...new Set(problems.map(formatProblem))].join("\n"));
}
