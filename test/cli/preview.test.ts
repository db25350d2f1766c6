import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { PreviewDocument } from "../../cli/preview/document";
import { compose, Folder, stack } from "./run";

describe("npm run preview", function () {
  this.timeout(120_000);
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder({ "compose.yaml": compose, "Pulumi.qa.yaml": stack });
  });
  afterEach(() => {
    folder.remove();
  });

  const json = async (...words: string[]): Promise<PreviewDocument> => {
    const { code, out, err } = await folder.preview("--json", ...words);
    assert.equal(code, 0, err);
    return JSON.parse(out) as PreviewDocument;
  };

  it("prints cloud, resources, URLs and cost", async () => {
    const { code, out } = await folder.preview();
    assert.equal(code, 0);
    assert.match(out, /^shop qa: digitalocean, vm, fra1\n/);
    assert.match(out, /\n {2}https:\/\/web\.shop\.example\/ +→ web:80\n/);
    assert.match(out, /digitalocean Droplet: /);
    assert.match(out, /\n {2}total +before traffic and tax +\d+\.\d\d\n/);
  });

  it("prints one JSON document of the contract's form", async () => {
    const document = await json();
    assert.deepEqual(
      [...Object.keys(document)].sort(),
      "cloud cost databases notices outputs project region resources routes services shape stack".split(
        " ",
      ),
    );
    for (const resource of document.resources)
      assert.deepEqual(
        Object.keys(resource).sort(),
        "deleteBeforeReplace dependencies inputs name parent protect provider type urn".split(" "),
      );
    const urns = new Set(document.resources.map(({ urn }) => urn));
    for (const { urn, dependencies, provider, type } of document.resources) {
      for (const dependency of dependencies) assert.ok(urns.has(dependency), dependency);
      if (provider !== null) assert.ok(urns.has(provider), provider);
      else assert.match(type, /^(berth|pulumi):/, urn);
    }
    assert.deepEqual(document.services, [
      { name: "db", replicas: 1, rollout: "stop-first" },
      { name: "web", replicas: 1, rollout: "start-first" },
    ]);
    assert.deepEqual(document.databases, [
      {
        service: "db",
        engine: "postgres",
        version: "17",
        managed: false,
        host: "db",
        port: 5432,
      },
    ]);
    assert.equal(document.cost.currency, "USD");
    assert.equal(JSON.stringify(document).includes("[unknown]"), false);
  });

  it("takes overrides as pulumi config set --path does", async () => {
    const document = await json("--config", "cloud=local", "--config", "scale.web=3");
    assert.equal(document.cloud, "local");
    assert.equal(document.region, null);
    assert.equal(document.services.find(({ name }) => name === "web")!.replicas, 3);
    const { err, code } = await folder.preview("--config", "scale.web=many", "--config", "x");
    assert.equal(code, 1);
    assert.equal(err, '--config: "x" has no value; write --config KEY=VALUE\n');
  });

  it("takes another Compose file and another stack file", async () => {
    writeFileSync(join(folder.path, "other.yaml"), "services: { one: { image: busybox:1 } }\n");
    writeFileSync(join(folder.path, "Pulumi.dev.yaml"), "config:\n  berth:cloud: local\n");
    assert.deepEqual(
      (await json("--compose", "other.yaml")).services.map(({ name }) => name),
      ["one"],
    );
    assert.equal(
      (await json("--config-file", "Pulumi.dev.yaml", "--config", "variables.PASSWORD=x")).stack,
      "dev",
    );
  });

  it("shows no secret, in no form and no file", async () => {
    const secret = "hunter22-hunter22";
    const plain =
      stack.replace("{ secure: v1:c2VjcmV0:ZW5jcnlwdGVk }", "x") +
      `  berth:secrets: { key: ${secret} }\n  berth:tls: { email: a@b.example, dnsProvider: digitalocean, dnsVariables: { DO_AUTH_TOKEN: { secure: v1:eA==:eQ== } } }\n  berth:routes: { shop.example: { to: "web:80", auth: "u:${secret}" } }\n`;
    writeFileSync(join(folder.path, "Pulumi.qa.yaml"), plain);
    writeFileSync(
      join(folder.path, "compose.yaml"),
      `${compose}secrets: { key: { external: true } }\n`.replace(
        "depends_on:",
        "secrets: [key]\n    depends_on:",
      ),
    );
    const forms = [[], ["--json"], ["--markdown"], ["--diagram"]];
    for (const form of forms) {
      const { out, err, code } = await folder.preview(...form, "--save", "p.json", "--out", "out");
      assert.equal(code, 0, err);
      assert.equal(`${out}${err}`.includes(secret), false, form.join());
    }
    const files = readdirSync(join(folder.path, "out"));
    assert.deepEqual(files.sort(), ["cloud-init.yaml", "compose.resolved.yaml"]);
    for (const file of ["p.json", ...files.map((name) => join("out", name))]) {
      const content = readFileSync(join(folder.path, file), "latin1");
      for (const wrong of [secret, Buffer.from(secret).toString("base64").slice(0, 20)])
        assert.equal(content.includes(wrong), false, file);
      assert.doesNotMatch(content, /PRIVATE KEY-----\s+(?!.*\[secret\])[A-Za-z0-9+/]{20}/, file);
      assert.equal(statSync(join(folder.path, file)).mode & 0o077, 0, file);
    }
    const { out } = await folder.preview("--json", "--show-secrets", "--out", "out");
    assert.ok(out.includes(secret));
    const resolved = readFileSync(join(folder.path, "out", "compose.resolved.yaml"), "utf8");
    assert.match(resolved, /PASSWORD: x/);
    assert.doesNotMatch(resolved, /\[secret\]/);
    const init = parse(readFileSync(join(folder.path, "out", "cloud-init.yaml"), "utf8")) as object;
    assert.ok("write_files" in init);
  });

  it("takes the zone of dns for one that the cloud has, on every cloud", async () => {
    for (const [cloud, more] of [
      ["gcp", "  gcp:project: acme\n"],
      ["aws", ""],
      ["digitalocean", ""],
    ] as const) {
      const dns = `  berth:dns: { zone: acme.test }\n${more}`;
      const text = stack.replace("digitalocean", cloud).replace("shop.example", "acme.test");
      writeFileSync(join(folder.path, "Pulumi.zone.yaml"), `${text}${dns}`);
      const { out, err, code } = await folder.preview("--config-file", "Pulumi.zone.yaml");
      assert.equal(code, 0, err);
      assert.match(out, /web\.acme\.test-A/, cloud);
    }
  });

  it("compares with a saved plan and with another stack", async () => {
    await folder.preview("--save", "before.json");
    const same = await folder.preview("--against", "before.json");
    assert.match(
      same.out,
      /against before.json: 0 to create, 0 to update, 0 to replace, 0 to delete/,
    );
    const words = ["--config", "scale.web=2", "--config", "machine=large"];
    const { out } = await folder.preview("--json", "--against", "before.json", ...words);
    const { changes } = JSON.parse(out) as {
      changes: Record<string, { name: string; properties: string[] }[]> & {
        cost: { difference: number };
      };
    };
    assert.ok(changes["create"]!.some(({ name }) => name.endsWith("web-2")));
    assert.ok(changes["replace"]!.some(({ properties }) => properties.includes("size")));
    assert.deepEqual(changes["delete"], []);
    assert.ok(changes.cost.difference > 0);

    mkdirSync(join(folder.path, "empty"));
    writeFileSync(join(folder.path, "Pulumi.dev.yaml"), stack.replace("digitalocean", "local"));
    const other = await folder.preview("--against", "dev");
    assert.match(other.out, /\+ digitalocean:index\/droplet:Droplet/);
    writeFileSync(join(folder.path, "no.json"), "{}");
    const wrong = await folder.preview("--against", "no.json");
    assert.equal(wrong.code, 1);
    assert.equal(wrong.err, "no.json: is not a saved plan; write one with --save no.json\n");
  });

  it("fails where a disk or a volume of the saved stack would shrink", async () => {
    const sizes = (disk: number) => ["--config", `disk=${disk}`];
    await folder.preview("--save", "before.json", ...sizes(80));
    const more = await folder.preview("--against", "before.json", ...sizes(90));
    assert.deepEqual([more.code, more.err], [0, ""]);
    const less = await folder.preview("--against", "before.json", ...sizes(60));
    assert.equal(less.code, 1);
    assert.match(less.err, /^\S+-disk: size: 80 → 60: it only grows; keep 80 or more\n$/);
    assert.match(less.out, /to update/);

    const cluster = (size: number) => [
      ...["shape=cluster", "databases.db=container", `volumes.data.size=${size}`].flatMap((one) => [
        "--config",
        one,
      ]),
    ];
    await folder.preview("--save", "cluster.json", ...cluster(20));
    const claim = await folder.preview("--against", "cluster.json", ...cluster(10));
    assert.match(claim.err, /requests\.storage: 20 → 10: it only grows/);

    writeFileSync(join(folder.path, "Pulumi.dev.yaml"), stack);
    const other = await folder.preview("--stack", "dev", "--against", "before.json", ...sizes(40));
    assert.equal(other.code, 0, other.err);
  });

  it("fails with --strict on a loss only, and prints it", async () => {
    assert.equal((await folder.preview("--strict")).code, 0);
    const document = await json();
    const file = compose.replace(
      "depends_on:",
      "credential_spec: { file: x.json }\n    depends_on:",
    );
    writeFileSync(join(folder.path, "compose.yaml"), file);
    const losses = (await json()).notices.filter(({ level }) => level === "loss");
    assert.ok(losses.length > document.notices.filter(({ level }) => level === "loss").length);
    const { code, err } = await folder.preview("--strict");
    assert.equal(code, 1);
    assert.match(err, /^loss: .*compose\.yaml:\d+: web\.credential_spec: /m);
  });

  it("reports bad options, with the nearest one", async () => {
    const wrong = async (...words: string[]): Promise<string> => {
      const { code, out, err } = await folder.preview(...words);
      assert.equal(code, 1);
      assert.equal(out, "");
      return err;
    };
    assert.equal(await wrong("--jsno"), '--jsno: unknown option; did you mean "--json"?\n');
    assert.equal(await wrong("--stack"), "--stack: has no value; write --stack NAME\n");
    assert.equal(await wrong("--strict=1"), "--strict: takes no value; write --strict alone\n");
    assert.equal(await wrong("prod"), "prod: is not an option; see --help\n");
    assert.equal(
      await wrong("--json", "--diagram"),
      "--json, --diagram: exclude one another; choose one\n",
    );
    assert.equal(
      await wrong("--stack", "qs"),
      'Pulumi.qs.yaml: no such file; check the path; did you mean "--stack qa"?\n',
    );
  });

  it("lists every option in --help", async () => {
    const { code, out } = await folder.preview("--help");
    assert.equal(code, 0);
    for (const name of "stack config config-file compose json markdown diagram out save against strict show-secrets".split(
      " ",
    ))
      assert.match(out, new RegExp(`^  --${name}\\b`, "m"));
  });

  it("reports bad input with its position and without a stack trace, from the command line", () => {
    writeFileSync(
      join(folder.path, "Pulumi.bad.yaml"),
      "config:\n  berth:cloud: azure\n  berth:disk: big\n",
    );
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["cli/start.js", "preview", "--config-file", join(folder.path, "Pulumi.bad.yaml")],
      { cwd: join(__dirname, "..", ".."), encoding: "utf8" },
    );
    assert.equal(status, 1, stderr);
    assert.equal(stdout, "");
    const lines = stderr.trimEnd().split("\n");
    assert.equal(lines.length, 2);
    assert.match(lines[0]!, /Pulumi\.bad\.yaml:2:3: berth:cloud: "azure" is not one of /);
    assert.match(lines[1]!, /Pulumi\.bad\.yaml:3:3: berth:disk: "big" is not a whole number; /);
  });
});
