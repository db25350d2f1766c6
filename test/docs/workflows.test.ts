import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { main } from "../../cli/commands/preview";
import { catalogs } from "../../components/clouds";
import { cloudNames } from "../../components/clouds/list";
import { compose, Folder } from "../cli/run";

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly steps: readonly Step[];
  readonly env?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
}
interface Workflow {
  readonly on: unknown;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const repository = resolve(__dirname, "../..");
const folder = join(repository, "docs/workflows");
const read = (...path: string[]): string => readFileSync(join(repository, ...path), "utf8");
const workflow = (file: string): Workflow => parse(read("docs/workflows", file)) as Workflow;
const files = readdirSync(folder);
const stepsOf = ({ jobs }: Workflow): Step[] => Object.values(jobs).flatMap(({ steps }) => steps);
/** Shell commands, each on one line. */
const commandsOf = (flow: Workflow): string[] =>
  stepsOf(flow).flatMap(({ run = "" }) => run.replace(/\\\n\s*/g, "").split("\n"));
const targetsOf = (run = ""): string[] =>
  [...run.matchAll(/--target '([^']+)'/g)].map((it) => it[1]!);

/** What `npm run preview -- --help` says. */
async function help(): Promise<string> {
  const written: string[] = [];
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (text) => (written.push(String(text)), true);
  try {
    await main(repository, ["--help"]);
  } finally {
    process.stdout.write = write;
  }
  return written.join("");
}

describe("the workflows of docs/workflows", () => {
  it("are the ones that docs/ci.md describes, and the README links to it", () => {
    assert.deepEqual(files, ["preview.yml", "up.yml"]);
    const text = read("docs/ci.md");
    for (const file of files) assert.ok(text.includes(`(workflows/${file})`), file);
    assert.ok(read("README.md").includes("(docs/ci.md)"));
    for (const secret of read("docs/workflows/up.yml").matchAll(/secrets\.(\w+)/g))
      assert.ok(text.includes(`\`${secret[1]!}\``), secret[1]);
  });

  for (const file of files) {
    it(`${file} may read the repository and no more, and names each action's major version`, () => {
      const flow = workflow(file);
      assert.deepEqual(flow.permissions, { contents: "read" });
      for (const { uses } of stepsOf(flow))
        if (uses !== undefined) assert.match(uses, /^(actions|pulumi)\/[a-z-]+@v\d+$/);
    });

    it(`${file} runs scripts and options that exist, and names files that exist`, async () => {
      const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
      const known = new Set((await help()).match(/(?<=^ +)--[a-z-]+/gm));
      const commands = commandsOf(workflow(file));
      for (const command of commands)
        for (const [, script, words] of command.matchAll(
          /npm run (?:--silent )?(\S+) -- ([^>]*)/g,
        )) {
          assert.ok(script! in scripts, command);
          for (const option of words!.match(/--[a-z-]+/g) ?? [])
            assert.ok(known.has(option), command);
        }
      assert.equal(
        commands.filter((one) => /\bnpm (?!ci$|run --silent \S+ -- )/.test(one)).length,
        0,
      );
      for (const [named] of read("docs/workflows", file).matchAll(/\bdocs\/[\w.-]+\.md/g))
        assert.ok(existsSync(join(repository, named)), named);
    });
  }

  it("preview.yml has no credentials", () => {
    assert.ok(!/secrets\.|pull_request_target|id-token/.test(read("docs/workflows/preview.yml")));
    assert.ok(commandsOf(workflow("preview.yml")).some((one) => one.includes("--against")));
  });

  it("up.yml cuts no update off, and shows no secret to a shell's text", () => {
    const { up } = workflow("up.yml").jobs;
    assert.equal(up!.concurrency?.["cancel-in-progress"], false);
    assert.match(up!.concurrency.group, /matrix\.stack/);
    for (const command of commandsOf(workflow("up.yml")))
      assert.ok(!command.includes("${{"), command);
  });

  it("up.yml closes what it opened also after a failed update, as the committed file says", () => {
    const { steps } = workflow("up.yml").jobs["up"]!;
    const at = (what: RegExp): number => steps.findIndex(({ run = "" }) => what.test(run));
    const added = at(/config set .*operators\[/);
    const opened = at(/show-urns/);
    const up = at(/^pulumi up --yes --stack "\$STACK"$/);
    const closing = steps.at(-1)!;
    assert.ok(added >= 0 && added < opened && opened < up && up < steps.length - 1);
    assert.equal(closing.if, `always() && steps.${steps[added]!.id!}.outputs.address != ''`);
    assert.match(steps[added]!.run!, /echo "address=\$address" >>"\$GITHUB_OUTPUT"/);
    assert.match(closing.run!, /^git checkout -- "Pulumi\.\$STACK\.yaml"\npulumi up --yes /);
    // The component depends on the rules of AWS: one that goes is let go of by it first.
    const [component, ...ways] = targetsOf(closing.run);
    assert.equal(component, "**:docker:Application::**");
    assert.deepEqual(ways, targetsOf(steps[opened]!.run));
    for (const step of [closing, steps[opened]!])
      assert.equal(step.env?.["BERTH_SKIP_DOCKER"], "true");
    assert.equal(steps[up]!.env, undefined);
    // What docs/ci.md tells to run by hand is the same.
    assert.deepEqual(targetsOf(read("docs/ci.md")), [component, ...ways]);
  });

  describe("up.yml's targets", function () {
    this.timeout(120_000);
    const patterns = targetsOf(workflow("up.yml").jobs["up"]!.steps.at(-1)!.run).map(
      // As the engine reads them: `**` is any text, and these have no other sign.
      (one) =>
        new RegExp(
          `^${one
            .split("**")
            .map((part) => part.replace(/\W/g, "\\$&"))
            .join(".*")}$`,
        ),
    );

    for (const cloud of cloudNames.filter((name) => name !== "local"))
      for (const shape of catalogs[cloud]().can.cluster ? ["vm", "cluster"] : ["vm"])
        it(`are what operators change in a ${shape} on ${cloud}, and the way in alone`, async () => {
          const stack = { cloud, shape, operators: "[203.0.113.0/24]", domain: "shop.example" };
          const own = new Folder({
            "compose.yaml": compose,
            "Pulumi.qa.yaml": `config:\n${Object.entries({ ...stack, variables: "{ PASSWORD: a }" })
              .map(([key, value]) => `  berth:${key}: ${value}\n`)
              .join("")}  gcp:project: acme-qa\n`,
          });
          try {
            const planned = async (...words: string[]): Promise<Record<string, string>> => {
              const { code, out, err } = await own.preview("--json", ...words);
              assert.equal(code, 0, err);
              const { resources } = JSON.parse(out) as {
                resources: { urn: string; inputs: object }[];
              };
              return Object.fromEntries(
                resources.map(({ urn, inputs }) => [urn, JSON.stringify(inputs)]),
              );
            };
            const before = await planned();
            const after = await planned("--config", "operators[1]=198.51.100.7/32");
            const chosen = (urn: string): boolean => patterns.some((one) => one.test(urn));
            const changed = Object.keys(after).filter((urn) => after[urn] !== before[urn]);
            assert.equal(changed.length, 1, changed.join("\n"));
            assert.ok(chosen(changed[0]!), changed[0]);
            for (const urn of Object.keys(after).filter(chosen))
              assert.match(urn, /(firewall|securityGroup\w*|[cC]luster|docker):\w+::/);
          } finally {
            own.remove();
          }
        });
  });
});
