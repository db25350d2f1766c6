import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Changes } from "../../cli/preview/changes";
import type { PreviewDocument } from "../../cli/preview/document";
import { Folder } from "./run";

const compose = `services:
  api:
    image: node:24
    env_file: [api.env]
    environment: { LICENCE: "\${LICENCE}" }
    ports: ["8000:8000"]
`;

const machine = /(instance:Instance|Droplet|server:Server)$/;

const stackOf = (cloud: string, licence = "Zmlyc3Q=", more = ""): string => `config:
  berth:cloud: ${cloud}
  berth:operators: [198.51.100.0/24]
  berth:domain: lab.example
  berth:variables: { LICENCE: { secure: v1:bm9uY2U=:${licence} } }
${cloud === "gcp" ? "  gcp:project: lab\n" : ""}${more}`;

describe("preview --against", function () {
  this.timeout(120_000);
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder({
      "compose.yaml": compose,
      "api.env": "API_TOKEN=one\n",
      "Pulumi.qa.yaml": stackOf("digitalocean"),
    });
  });
  afterEach(() => {
    folder.remove();
  });

  const write = (name: string, content: string): void => {
    writeFileSync(join(folder.path, name), content);
  };
  const changes = async (...words: string[]): Promise<Changes> => {
    const { code, out, err } = await folder.preview("--json", "--against", "a.json", ...words);
    const { changes: found } = JSON.parse(out) as { changes: Changes };
    assert.equal(code, found.refused.length === 0 ? 0 : 1, err);
    return found;
  };
  const saved = (): PreviewDocument =>
    JSON.parse(readFileSync(join(folder.path, "a.json"), "utf8")) as PreviewDocument;
  const replaced = ({ replace }: Changes, kind: RegExp): string[] =>
    replace
      .filter(({ type }) => kind.test(type))
      .flatMap(({ properties }) => properties)
      .sort();

  for (const cloud of ["aws", "gcp", "digitalocean", "hetzner"])
    it(`shows a machine that its changed user-data replaces on ${cloud}`, async () => {
      write("Pulumi.qa.yaml", stackOf(cloud));
      await folder.preview("--save", "a.json");
      assert.deepEqual((await changes()).replace, []);
      const path = cloud === "gcp" ? "metadata.user-data" : "userData";
      const plan = saved();
      const resources = plan.resources.map((resource) => {
        const { secrets = {} } = resource;
        return path in secrets
          ? { ...resource, secrets: { ...secrets, [path]: "another" } }
          : resource;
      });
      write("a.json", JSON.stringify({ ...plan, resources }));
      assert.deepEqual(replaced(await changes(), machine), [path]);
    });

  for (const cloud of ["aws", "gcp", "digitalocean", "hetzner"])
    it(`replaces no machine on ${cloud} for its reboot or a grace period`, async () => {
      write("Pulumi.qa.yaml", stackOf(cloud));
      await folder.preview("--save", "a.json");
      write("compose.yaml", `${compose}    stop_grace_period: 7m\n`);
      const made = await changes("--config", "updates.reboot=Wed 02:30");
      assert.deepEqual(
        made.replace.filter(({ type }) => !/docker:index\/container/.test(type)),
        [],
      );
      assert.match(made.create.map(({ name }) => name).join(), /-docker-machine-settings$/);
    });

  it("says that a disk and a claim do not shrink", async () => {
    for (const cloud of ["aws", "gcp", "digitalocean", "hetzner"]) {
      write("Pulumi.qa.yaml", stackOf(cloud));
      await folder.preview("--save", "a.json", "--config", "disk=70");
      const { out } = await folder.preview("--against", "a.json", "--config", "disk=50");
      assert.match(
        out,
        /! refused: \S+-disk: size: 70 → 50: it only grows; keep 70 or more\n/,
        cloud,
      );
      assert.deepEqual((await changes("--config", "disk=90")).refused, []);
    }
    write("compose.yaml", `${compose}    volumes: ["files:/files"]\nvolumes: { files: }\n`);
    write("Pulumi.qa.yaml", `${stackOf("aws")}  berth:shape: cluster\n`);
    await folder.preview("--save", "a.json", "--config", "volumes.files.size=30");
    const { refused } = await changes("--config", "volumes.files.size=20");
    assert.deepEqual(
      refused.map(({ message }) => message),
      ["spec.resources.requests.storage: 30 → 20: it only grows; keep 30 or more"],
    );
  });

  it("shows secrets of files and encrypted ones, where they are used, without their values", async () => {
    await folder.preview("--save", "a.json");
    const same = await changes();
    assert.deepEqual([same.create, same.update, same.replace, same.delete], [[], [], [], []]);
    assert.equal(same.secrets, null);
    write("api.env", "API_TOKEN=two\n");
    const fromFile = await folder.preview("--against", "a.json");
    assert.match(fromFile.out, /± docker:index\/container:Container \S+-api-1: .*envs/);
    write("api.env", "API_TOKEN=one\n");
    write("Pulumi.qa.yaml", stackOf("digitalocean", "c2Vjb25k"));
    const encrypted = await folder.preview("--against", "a.json", "--save", "b.json");
    assert.match(encrypted.out, /± docker:index\/container:Container \S+-api-1: .*envs/);
    for (const text of [encrypted.out, JSON.stringify(saved())])
      assert.doesNotMatch(text, /\[secret:|c2Vjb25k|Zmlyc3Q/);
    const shown = await folder.preview("--json", "--show-secrets", "--out", "out");
    assert.match(shown.out, /LICENCE=\[secret\]/);
    assert.match(
      readFileSync(join(folder.path, "out/compose.resolved.yaml"), "utf8"),
      /\[secret\]/,
    );
  });

  it("hashes equal secrets of different places differently, under a key that is kept apart", async () => {
    write("api.env", "API_TOKEN=same-value\nOTHER_TOKEN=same-value\n");
    await folder.preview("--save", "a.json", "--config", "scale.api=2");
    const { resources, secretsKey } = saved();
    const hashes = resources.flatMap(({ secrets }) => Object.values(secrets ?? {}));
    assert.ok(hashes.length > 4);
    assert.equal(new Set(hashes).size, hashes.length);
    const file = join(folder.path, "config/berth/preview-key");
    assert.equal(statSync(file).mode & 0o077, 0);
    assert.equal(readFileSync(join(folder.path, "a.json"), "utf8").includes(secretsKey!), true);
    const key = readFileSync(file, "utf8").trim();
    assert.equal(readFileSync(join(folder.path, "a.json"), "utf8").includes(key), false);
    // What --json prints has the form of its contract alone.
    const { out } = await folder.preview("--json");
    assert.doesNotMatch(out, /"secrets(Key)?":/);
  });

  it("says where secrets cannot be compared, and takes a key from the environment", async () => {
    await folder.preview("--save", "a.json");
    const run = async (key: string | undefined): Promise<string> => {
      process.env["BERTH_PREVIEW_KEY"] = key;
      try {
        const { out, err } = await folder.preview("--against", "a.json", "--save", "c.json");
        return `${out}${err}`;
      } finally {
        delete process.env["BERTH_PREVIEW_KEY"];
      }
    };
    const other = "0123456789abcdef0123456789abcdef";
    assert.match(await run(other), /secrets are not compared.*a\.json was saved with another key/);
    assert.match(await run("short"), /BERTH_PREVIEW_KEY: is shorter than 32 characters/);
    const { out } = await folder.preview("--json");
    write("a.json", out);
    assert.match((await changes()).secrets!, /has no hashes of its secrets/);
  });

  it("saves a plan where no key can be kept, and says so", async () => {
    mkdirSync(join(folder.path, "config"));
    writeFileSync(join(folder.path, "config/berth"), "in the way");
    chmodSync(join(folder.path, "config"), 0o500);
    const { code, err } = await folder.preview("--save", "a.json");
    assert.equal(code, 0);
    assert.match(err, /a\.json: a later --against cannot compare secrets; .*set BERTH_PREVIEW_KEY/);
    chmodSync(join(folder.path, "config"), 0o700);
  });
});
