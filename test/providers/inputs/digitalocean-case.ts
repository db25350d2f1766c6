import type { Case, Step } from "../subject";

/** A case, without the inputs that are undefined. */
export function one(inputs: Case["inputs"], ...steps: Step[]): Case {
  const given = Object.entries(inputs).filter(([, value]) => value !== undefined);
  return { inputs: Object.fromEntries(given), steps };
}
