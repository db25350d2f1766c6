import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { compare, type Changes } from "../preview/changes";
import { toDiagram } from "../preview/diagram";
import { toDocument, type PreviewDocument } from "../preview/document";
import { toMarkdown } from "../preview/markdown";
import { writeOut } from "../preview/out";
import { preview } from "../preview/run";
import { secretsKey, withSecretHashes, type SecretsKey } from "../preview/secrets";
import { noticeLine, toText } from "../preview/text";
import { BadInput, describeOptions, parseOptions, type Given } from "../options";
import { hasStack, readStack } from "../stack";

const options = {
  stack: { value: "NAME", help: "The stack whose Pulumi.NAME.yaml is read (default: qa)." },
  config: {
    value: "KEY=VALUE",
    repeated: true,
    help: "Override a key, as `pulumi config set --path` would; may be repeated.",
  },
  "config-file": { value: "FILE", help: "Read this file in place of the stack's own." },
  compose: {
    value: "FILE",
    repeated: true,
    help: "The Compose file: short for --config compose=FILE; may be repeated.",
  },
  json: { help: "Print one JSON document." },
  markdown: { help: "Print Markdown, for a pull request." },
  diagram: { help: "Print a Mermaid flowchart." },
  out: {
    value: "DIR",
    help: "Write kubernetes/*.yaml, cloud-init.yaml and compose.resolved.yaml there.",
  },
  save: { value: "FILE", help: "Save the plan, to compare with later. It holds no secret." },
  against: {
    value: "FILE|STACK",
    help: "Show the difference to a saved plan or another stack, the cost too.",
  },
  strict: { help: "Fail on a notice of level loss." },
  "show-secrets": { help: "Show secret values in --json and --out." },
} as const;

const usage = `npm run preview -- [options]

Shows what \`pulumi up\` would create: no Pulumi CLI, account, network or Docker is needed.

${describeOptions(options)}

A saved plan holds a hash of each secret, so that --against shows one that changed. The key of
these hashes is BERTH_PREVIEW_KEY, or is made in ~/.config/berth; keep it apart from saved plans.

Exit: 0 when the plan stands, 1 for bad input (every problem on standard error) and for --strict.
`;

/** The command; what it returns is the exit code. */
export async function main(folder: string, words: readonly string[]): Promise<number> {
  try {
    const given = parseOptions(options, words);
    if (given.help) {
      process.stdout.write(usage);
      return 0;
    }
    return await run(folder, given);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    process.stderr.write(`${error.lines.join("\n")}\n`);
    return 1;
  }
}

async function run(folder: string, given: Given<typeof options>): Promise<number> {
  const forms = (["json", "markdown", "diagram"] as const).filter((form) => given[form]);
  if (forms.length > 1)
    throw new BadInput([`--${forms.join(", --")}: exclude one another; choose one`]);
  const choice = {
    stack: given.stack,
    configFile: given["config-file"],
    overrides: given.config,
    compose: given.compose,
  };
  const made = await preview(readStack(folder, choice));
  const document = toDocument(made, given["show-secrets"]);
  let changes: Changes | undefined;
  if (given.save !== undefined || given.against !== undefined) {
    const key = secretsKey();
    const plan = withSecretHashes(toDocument(made), made.recording, key);
    if (given.against !== undefined) {
      const before = await planOf(folder, given.against, given, key);
      changes = compare(given.against, before, plan, made.recording.resources);
    }
    if (given.save !== undefined) {
      write(folder, given.save, `${JSON.stringify(plan, null, 2)}\n`);
      if (key.lost !== undefined)
        process.stderr.write(
          `${given.save}: a later --against cannot compare secrets; ${key.lost}; set BERTH_PREVIEW_KEY\n`,
        );
    }
  }
  if (given.out !== undefined) {
    const files = writeOut(resolve(folder, given.out), made, given["show-secrets"]);
    process.stderr.write(`${given.out}: ${files.length} files written\n`);
  }
  process.stdout.write(printed(forms[0], document, changes, () => toDiagram(made.plan)));
  const lost = given.strict ? document.notices.filter(({ level }) => level === "loss") : [];
  const refused = (changes?.refused ?? []).map(({ name, message }) => `${name}: ${message}`);
  for (const line of [...lost.map(noticeLine), ...refused]) process.stderr.write(`${line}\n`);
  return lost.length + refused.length > 0 ? 1 : 0;
}

function printed(
  form: "json" | "markdown" | "diagram" | undefined,
  document: PreviewDocument,
  changes: Changes | undefined,
  diagram: () => string,
): string {
  switch (form) {
    case "json":
      return `${JSON.stringify(changes === undefined ? document : { ...document, changes }, null, 2)}\n`;
    case "markdown":
      return toMarkdown(document, changes);
    case "diagram":
      return diagram();
    default:
      return toText(document, changes);
  }
}

/** A saved plan, or the plan of another stack of this checkout. */
async function planOf(
  folder: string,
  against: string,
  given: Given<typeof options>,
  key: SecretsKey,
): Promise<PreviewDocument> {
  let content: string;
  try {
    content = readFileSync(resolve(folder, against), "utf8");
  } catch {
    if (!hasStack(folder, against))
      throw new BadInput([
        `--against: "${against}" is neither a file nor a stack; save a plan with --save, or name a stack`,
      ]);
    const stack = readStack(folder, { stack: against, compose: given.compose });
    const other = await preview(stack);
    return withSecretHashes(toDocument(other), other.recording, key);
  }
  try {
    const plan = JSON.parse(content) as Partial<PreviewDocument>;
    if (Array.isArray(plan.resources) && typeof plan.cost?.monthly === "number")
      return plan as PreviewDocument;
  } catch {
    // Said below, with what is JSON but no plan.
  }
  throw new BadInput([`${against}: is not a saved plan; write one with --save ${against}`]);
}

function write(folder: string, file: string, content: string): void {
  try {
    writeFileSync(resolve(folder, file), content, { mode: 0o600 });
  } catch (error) {
    throw new BadInput([`--save: ${file} cannot be written; ${(error as Error).message}`]);
  }
}
