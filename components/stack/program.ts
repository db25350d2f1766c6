import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";
import type { Plan } from "../plan/plan";
import { prepare, Refusal, type ProgramInput } from "./prepare";
import type { SecretValues } from "../model/reference";
import { runError } from "../model/run-error";

/**
 * The one program, for `pulumi up`, `pulumi preview`, the offline preview and the tests.
 *
 * @throws pulumi.RunError with every problem, one a line, before the first resource.
 */
export async function program(
  input: ProgramInput,
): Promise<{ plan: Plan; values: SecretValues; outputs: Record<string, unknown> }> {
  const { plan, values } = prepareOrRefuse(input);
  for (const { level, service, key, file, line, message } of plan.notices) {
    const place = file === null ? "" : `${file}${line === null ? "" : `:${line}`}: `;
    const text = `${place}${service === null ? key : `${service}.${key}`}: ${message}`;
    void (level === "loss" ? pulumi.log.warn(text) : pulumi.log.info(text));
  }
  const outputs = await new Environment("berth", { plan, values }).realise();
  return { plan, values, outputs };
}

function prepareOrRefuse(input: ProgramInput): ReturnType<typeof prepare> {
  try {
    return prepare(input, pulumi.runtime.isDryRun());
  } catch (error) {
    throw error instanceof Refusal ? runError(error.message) : error;
  }
}
