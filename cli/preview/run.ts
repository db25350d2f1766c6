import * as pulumi from "@pulumi/pulumi";
import type { SecretValues } from "../../components/model/reference";
import type { Plan } from "../../components/plan/plan";
import { program } from "../../components/stack/program";
import type { StackInput } from "../../components/settings/read";
import { BadInput } from "../options";
import { record, type Recording } from "../recording";

export interface Preview {
  readonly plan: Plan;
  /** What the references in the plan stand for, as far as it is known here. */
  readonly values: SecretValues;
  readonly recording: Recording;
}

/**
 * Runs the program over a stack's config and keeps what it would create.
 *
 * @throws BadInput with every problem of the config and the Compose files.
 */
export async function preview(input: StackInput): Promise<Preview> {
  let made: Pick<Preview, "plan" | "values"> | undefined;
  const recording = await record({
    ...input,
    program: async () => {
      const { outputs, ...rest } = await program(input);
      made = rest;
      return outputs;
    },
  }).catch((error: unknown) => {
    if (pulumi.RunError.isInstance(error)) throw new BadInput(error.message.split("\n"));
    throw error;
  });
  return { ...made!, recording };
}
