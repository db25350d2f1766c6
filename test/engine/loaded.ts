import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes down what Node processes have loaded by their end. */
export class Loaded {
  /** For the environment of the processes, and of what starts them. */
  readonly env: Readonly<Record<string, string>>;
  private readonly folder: string;

  /** @param folder Where it may write. */
  constructor(folder: string) {
    this.folder = join(folder, "loaded");
    mkdirSync(this.folder);
    const script = join(folder, "loaded.js");
    const file = `${JSON.stringify(`${this.folder}/`)} + process.pid + ".json"`;
    writeFileSync(
      script,
      `process.on("exit", () => require("fs").writeFileSync(${file}, JSON.stringify(Object.keys(require.cache))));`,
    );
    this.env = { NODE_OPTIONS: `--require=${script}` };
  }

  /**
   * Since the last look: packages of `@pulumi`, and folders of components/clouds of which more than the offer
   * is there. Sorted.
   */
  take(): string[] {
    const found = new Set<string>();
    for (const name of readdirSync(this.folder)) {
      const file = join(this.folder, name);
      for (const path of JSON.parse(readFileSync(file, "utf8")) as string[]) {
        const sdk = /\/node_modules\/@pulumi\/([^/]+)\//.exec(path)?.[1];
        const cloud = /\/components\/clouds\/([^/]+)\/index\.ts$/.exec(path)?.[1];
        if (sdk !== undefined) found.add(`@pulumi/${sdk}`);
        if (cloud !== undefined) found.add(`clouds/${cloud}`);
      }
      rmSync(file);
    }
    return [...found].sort();
  }
}
