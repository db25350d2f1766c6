import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../components/plan/plan";
import { program } from "../../components/stack/program";
import type { StackInput } from "../../components/settings/read";
import { BadInput } from "../options";
import { record, type Recording } from "../recording";

export interface Preview {
  readonly plan: Plan;
  readonly recording: Recording;
}

/**
 * Runs the program over a stack's config and keeps what it would create.
 *
 * @throws BadInput with every problem of the config and the Compose files.
 */
export async function preview(input: StackInput): Promise<Preview> {
  let plan: Plan | undefined;
  const recording = await record({
    ...input,
    program: async () => {
      const made = await program(input);
      plan = made.plan;
      return made.outputs;
    },
  }).catch((error: unknown) => {
    if (pulumi.RunError.isInstance(error)) throw new BadInput(error.message.split("\n"));
    throw error;
  });
  return { plan: plan!, recording };
}
