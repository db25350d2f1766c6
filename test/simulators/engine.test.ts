import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineStack, type Run } from "../rig/engine";
import { needsPulumi } from "../rig/pulumi";
import { digitalocean, World } from "./digitalocean";
import { docker } from "./docker";
import { Engine } from "./docker/api";
import { tinyContext } from "./docker/tiny";
import { random } from "./random";
import { serve, type ServedProvider } from "./server";
import { tls } from "./tls";

const hush = "hush-hush-nobody-reads-this";
const droplet = "digitalocean:index/droplet:Droplet";
const host = process.env.BERTH_DOCKER_HOST || undefined;

describe("simulators attached to the real engine", function () {
  this.timeout(180_000);
  const world = new World();
  let served: Record<"docker" | "digitalocean" | "random" | "tls", ServedProvider>;
  let stack: EngineStack;
  let folder: string;

  before(async function () {
    needsPulumi(this);
    folder = mkdtempSync(join(tmpdir(), "berth-attached-"));
    served = {
      docker: await serve(docker({ env: {}, folder, ...(host === undefined ? {} : { host }) })),
      digitalocean: await serve(
        digitalocean({
          world,
          env: {},
          address: (type) => (/Ip$/.test(type) ? "127.0.0.2" : undefined),
        }),
      ),
      random: await serve(random),
      tls: await serve(tls()),
    };
    stack = await EngineStack.create({
      name: "qa",
      project: join(__dirname, "fixture"),
      config: { cloud: "digitalocean", token: "t" },
      secrets: { hush },
      providers: Object.fromEntries(Object.entries(served).map(([name, { port }]) => [name, port])),
    });
  });

  after(async () => {
    (stack as EngineStack | undefined)?.dispose();
    for (const one of Object.values((served as typeof served | undefined) ?? {})) await one.close();
    if ((folder as string | undefined) !== undefined) rmSync(folder, { recursive: true });
  });

  const succeeds = (run: Run): Run => {
    assert.equal(run.code, 0, run.stdout + run.stderr);
    return run;
  };
  /** `op name` of every step that is not a `same` and not the stack's or a provider's. */
  const steps = (run: Run): string[] =>
    run.steps
      .filter(({ op, type }) => op !== "same" && !/^pulumi:/.test(type))
      .map(({ op, name }) => `${op} ${name}`);

  it("previews everything and makes nothing", async () => {
    const run = succeeds(await stack.preview());
    assert.equal(steps(run).length, 7);
    assert.deepEqual(world.things(), []);
  });

  it("makes it all, and a second up changes nothing", async () => {
    succeeds(await stack.up());
    const outputs = await stack.outputs();
    assert.equal(outputs.ip, "127.0.0.2");
    assert.match(String(outputs.certificate), /BEGIN CERTIFICATE/);
    assert.match(String(world.named(droplet, "machine")?.inputs.userData), /BEGIN CERTIFICATE/);
    assert.deepEqual(steps(succeeds(await stack.up())), []);
    assert.deepEqual(
      steps(succeeds(await stack.refresh())).filter((s) => !/^refresh/.test(s)),
      [],
    );
    assert.deepEqual(steps(succeeds(await stack.up())), []);
  });

  it("refresh sees drift that the test makes, and the next up mends it", async () => {
    world.change(droplet, "machine", { inputs: { size: "s-8vcpu-16gb" } });
    const refreshed = succeeds(await stack.refresh());
    assert.equal(refreshed.changes.update, 1);
    const run = succeeds(await stack.up());
    assert.deepEqual(steps(run), ["update machine"]);
    assert.equal(world.named(droplet, "machine")?.inputs.size, "s-2vcpu-4gb");
  });

  it("a new user-data replaces the machine, deleted first, shut down before its disk is detached", async () => {
    const before = served.digitalocean.stage.steps.length;
    stack.configure({ boot: "two" });
    succeeds(await stack.up());
    const done = served.digitalocean.stage.steps
      .slice(before)
      .filter(({ op }) => op === "create" || op === "delete")
      .map(({ op, name }) => `${op} ${name}`);
    assert.deepEqual(done, [
      "delete assignment",
      "delete machine",
      "create machine",
      "create assignment",
    ]);
    assert.deepEqual(
      world.events().map(({ what }) => what),
      ["powered off", "shut down", "detached"],
    );
  });

  it("a protected guard stops a switch of cloud before anything is made", async () => {
    stack.configure({ protect: true });
    succeeds(await stack.up());
    const before = served.digitalocean.stage.steps.filter(({ op }) => op === "create").length;
    stack.configure({ cloud: "aws" });
    const run = await stack.up();
    assert.notEqual(run.code, 0);
    assert.match(run.stdout + run.stderr, /marked for protection/);
    const after = served.digitalocean.stage.steps.filter(({ op }) => op === "create").length;
    assert.equal(after, before);
    stack.configure({ cloud: "digitalocean", protect: false });
    succeeds(await stack.up());
  });

  it("a wrong property is the provider's error, by its name", async () => {
    stack.configure({ size: "" });
    served.digitalocean.stage.failNext(droplet, "422 size is invalid", { op: "update" });
    const run = await stack.up();
    assert.notEqual(run.code, 0);
    assert.match(run.stdout, /422 size is invalid/);
    stack.configure({ size: undefined });
    succeeds(await stack.up());
  });

  it("secrets of provider outputs and inputs are nowhere in the state", async () => {
    const { deployment } = await stack.export({ showSecrets: true });
    const key = deployment.resources?.find(
      ({ type }) => type === "tls:index/privateKey:PrivateKey",
    );
    const opened = (key?.outputs?.privateKeyPem as { plaintext: string }).plaintext;
    const line = (JSON.parse(opened) as string).split("\n")[1]!;
    const state = join(stack.folder, "state");
    const files = readdirSync(state, { recursive: true, encoding: "utf8" })
      .map((name) => join(state, name))
      .filter((file) => statSync(file).isFile());
    for (const file of files) {
      const text = readFileSync(file, "utf8");
      assert.ok(!text.includes(line), `${file} holds the private key`);
      assert.ok(!text.includes(hush), `${file} holds the secret`);
    }
  });

  describe("with containers on a real Docker", () => {
    let engine: Engine;
    const name = `berth-simulated:${process.pid}`;
    let image = "";

    before(async function () {
      if (host === undefined) {
        console.log(
          "      skipped: BERTH_DOCKER_HOST is not set; test/rig/dockerd.sh up prints it",
        );
        this.skip();
      }
      engine = new Engine({ host });
      tinyContext(folder);
      const { readContext } = await import("./docker/context");
      const { tar } = await import("./docker/tar");
      const { entries } = readContext(folder, join(folder, "Dockerfile"));
      await engine.progress("POST", `/build?t=${name}`, { tar: tar(entries) });
      image = (await engine.call<{ Id: string }>("GET", `/images/${name}/json`)).Id;
      stack.configure({ image });
    });
    after(async () => {
      if (host === undefined) return;
      succeeds(await stack.destroy());
      await engine.call("DELETE", `/images/${name}?force=true`);
    });

    const there = async (): Promise<number> => {
      const filters = JSON.stringify({ name: ["^/app-[0-9a-f]{7}$"], ancestor: [image] });
      const path = `/containers/json?all=1&filters=${encodeURIComponent(filters)}`;
      return (await engine.call<unknown[]>("GET", path)).length;
    };

    it("runs a container whose secret is nowhere in the state", async () => {
      succeeds(await stack.up());
      assert.equal(await there(), 1);
      assert.deepEqual(steps(succeeds(await stack.up())), []);
      const file = readdirSync(join(stack.folder, "state"), { recursive: true, encoding: "utf8" })
        .map((path) => join(stack.folder, "state", path))
        .filter((path) => statSync(path).isFile());
      for (const path of file) assert.ok(!readFileSync(path, "utf8").includes(hush), path);
    });

    it("a changed host updates the provider and leaves the containers", async () => {
      stack.configure({ host });
      const run = succeeds(await stack.up());
      assert.deepEqual(steps(run), []);
      const provider = run.steps.find(({ type }) => type === "pulumi:providers:docker");
      assert.equal(provider?.op, "update");
    });

    it("an unhealthy release fails, and so does the next one that the plugin asks for", async () => {
      stack.configure({ broken: true });
      const first = await stack.up();
      assert.notEqual(first.code, 0);
      assert.match(first.stdout, /timed out after 3 s/);
      // Nothing was read of the broken one: its entry point counts as changed.
      const second = await stack.up();
      assert.notEqual(second.code, 0);
      assert.match(second.stdout, /timed out after 3 s/);
    });

    it("with replaceOnChanges it fails again and again, and the old one stays", async () => {
      stack.configure({ broken: false });
      succeeds(await stack.up());
      assert.equal(await there(), 1);
      stack.configure({ broken: true, replaceOnChanges: true });
      for (let n = 0; n < 3; n++) assert.notEqual((await stack.up()).code, 0);
      assert.ok((await there()) >= 2);
      stack.configure({ broken: false });
      succeeds(await stack.up());
      assert.equal(await there(), 1);
    });
  });
});
