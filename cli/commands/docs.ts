import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { composeSupport } from "../docs/compose";
import { jsonSchema, table } from "../docs/config";
import { BadInput, describeOptions, parseOptions } from "../options";

const options = {
  check: { help: "Change nothing; fail when something is stale." },
} as const;

const usage = `npm run docs -- [options]

Writes what is generated from the schemas: berth.schema.json, for editors of a
Pulumi.<stack>.yaml, the table of keys in README.md, and docs/compose-support.md.

${describeOptions(options)}
`;

/** The generated files as they should be, by name. */
export function generated(folder: string): Map<string, string> {
  const files = new Map([
    ["berth.schema.json", `${JSON.stringify(jsonSchema(), null, 2)}\n`],
    ["docs/compose-support.md", composeSupport()],
  ]);
  let readme: string;
  try {
    readme = readFileSync(join(folder, "README.md"), "utf8");
  } catch {
    return files;
  }
  const marked = /(<!-- config:start -->\n)[^]*?(<!-- config:end -->)/;
  if (marked.test(readme))
    files.set(
      "README.md",
      readme.replace(marked, (_, start: string, end: string) => `${start}\n${table()}\n${end}`),
    );
  return files;
}

/** The generated files that are not as they should be. */
export function stale(folder: string): string[] {
  return [...generated(folder)].flatMap(([name, content]) => {
    try {
      return readFileSync(join(folder, name), "utf8") === content ? [] : [name];
    } catch {
      return [name];
    }
  });
}

/** The command; what it returns is the exit code. */
export function main(folder: string, words: readonly string[]): Promise<number> {
  try {
    const given = parseOptions(options, words);
    if (given.help) process.stdout.write(usage);
    else if (given.check) return Promise.resolve(report(stale(folder)));
    else
      for (const [name, content] of generated(folder)) writeFileSync(join(folder, name), content);
    return Promise.resolve(0);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    process.stderr.write(`${error.lines.join("\n")}\n`);
    return Promise.resolve(1);
  }
}

function report(names: readonly string[]): number {
  for (const name of names) process.stderr.write(`${name}: is stale; run "npm run docs"\n`);
  return names.length > 0 ? 1 : 0;
}
