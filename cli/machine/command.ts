import { BadInput, type Given, type Options, parseOptions, separate } from "../options";

/** How a command is called. */
export interface Usage<O extends Options> {
  readonly options: O;
  /** What `--help` prints. */
  readonly help: string;
  /** Whether the first word that is not an option begins another program's command line. Default: no. */
  readonly stop?: boolean;
}

/**
 * Reads a command line, runs the command and prints errors that the user has to correct.
 *
 * @param work Gets the options and the other words; its result is the exit code.
 */
export async function command<O extends Options>(
  { options, help, stop = false }: Usage<O>,
  words: readonly string[],
  work: (given: Given<O>, others: readonly string[]) => Promise<number>,
): Promise<number> {
  try {
    const { own, others } = separate(options, words, { stop });
    const given = parseOptions(options, own);
    if (!given.help) return await work(given, others);
    process.stdout.write(help);
    return 0;
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
