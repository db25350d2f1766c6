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
const gitlab = "gitlab-ci.yml";
const files = readdirSync(folder).filter((file) => file !== gitlab);
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
    for (const file of [...files, gitlab]) assert.ok(text.includes(`(workflows/${file})`), file);
    assert.ok(read("README.md").includes("(docs/ci.md)"));
    for (const given of read("docs/workflows/up.yml").matchAll(/(?:secrets|vars)\.(\w+)/g))
      assert.ok(text.includes(`\`${given[1]!}\``), given[1]);
  });

  for (const file of files) {
    it(`${file} may read the repository and, to bring up, sign in; it names each action's major version`, () => {
      const flow = workflow(file);
      const signsIn = file === "up.yml" && { "id-token": "write" };
      assert.deepEqual(flow.permissions, { contents: "read", ...signsIn });
      const publishers = /^(actions|pulumi|aws-actions|google-github-actions)\/[a-z-]+@v\d+$/;
      for (const { uses } of stepsOf(flow)) if (uses !== undefined) assert.match(uses, publishers);
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

  it("up.yml signs in for as long as the job may take, without a key", () => {
    const { up } = workflow("up.yml").jobs as Record<string, Job & { "timeout-minutes": number }>;
    const step = (action: string) =>
      up!.steps.find(({ uses }) => uses?.startsWith(`${action}@`)) as Step & {
        with: Record<string, unknown>;
      };
    const amazon = step("aws-actions/configure-aws-credentials");
    assert.equal(amazon.with["role-to-assume"], "${{ vars.AWS_ROLE }}");
    assert.equal(amazon.with["role-duration-seconds"], up!["timeout-minutes"] * 60);
    assert.ok(read("docs/ci.md").includes(`--max-session-duration ${up!["timeout-minutes"] * 60}`));
    const google = step("google-github-actions/auth");
    assert.equal(google.with["workload_identity_provider"], "${{ vars.GOOGLE_PROVIDER }}");
    // Images are built from the checkout, where the action leaves its file.
    const at = up!.steps.indexOf(google);
    assert.match(up!.steps[at + 1]!.run!, /^mv "\$GOOGLE_APPLICATION_CREDENTIALS" "\$RUNNER_TEMP/);
    assert.equal(up!.steps[at + 1]!.if, google.if);
    for (const file of [...files, gitlab])
      assert.doesNotMatch(
        read("docs/workflows", file),
        /AWS_(SECRET_)?ACCESS_KEY|GOOGLE_CREDENTIALS|credentials_json/,
      );
  });

  describe("gitlab-ci.yml", () => {
    interface Pipeline {
      readonly script: readonly string[];
      readonly after_script: readonly string[];
      readonly id_tokens?: Readonly<Record<string, { readonly aud: string }>>;
      readonly interruptible: boolean;
      readonly resource_group: string;
    }
    const jobs = parse(read("docs/workflows", gitlab)) as Readonly<Record<string, Pipeline>>;
    const { preview, up } = jobs as { preview: Pipeline; up: Pipeline };
    const lines = (script: readonly string[]): string => script.join("\n").replace(/\\\n\s*/g, "");

    it("previews without credentials, as preview.yml does", () => {
      assert.equal(preview.id_tokens, undefined);
      assert.match(lines(preview.script), /--strict --against/);
    });

    it("signs in by tokens of the job, also to close what it opened, and cuts no update off", () => {
      assert.deepEqual(
        Object.values(up.id_tokens!).map(({ aud }) => aud),
        ["sts.amazonaws.com", "https://iam.googleapis.com/$GOOGLE_PROVIDER"],
      );
      assert.equal(up.script[0], up.after_script[0]);
      assert.match(up.script[0]!, /\$AWS_TOKEN.*\n.*GOOGLE_PROVIDER/);
      assert.equal(up.interruptible, false);
      assert.match(up.resource_group, /\$STACK/);
    });

    it("opens and closes what up.yml does", () => {
      const { steps } = workflow("up.yml").jobs["up"]!;
      const opening = steps.find(({ run = "" }) => run.includes("show-urns"))!;
      assert.deepEqual(targetsOf(lines(up.script)), targetsOf(opening.run));
      assert.deepEqual(targetsOf(lines(up.after_script)), targetsOf(steps.at(-1)!.run));
      assert.match(lines(up.after_script), /git checkout -- "Pulumi\.\$STACK\.yaml"\n *BERTH_SKIP/);
    });
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
