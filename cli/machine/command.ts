import { BadInput } from "../options";

/** Runs a command and says what the user has to mend; gives the exit code. */
export async function command(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    process.stderr.write(`${error.lines.join("\n")}\n`);
    return 1;
  }
}

export const stackOption = {
  value: "NAME",
  help: "The stack (default: the one that is selected).",
} as const;
