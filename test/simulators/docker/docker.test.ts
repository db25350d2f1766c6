import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { docker } from ".";
import { Client, Partial } from "../client";
import { serve, type ServedProvider } from "../server";
import type { Properties } from "../values";
import { Engine } from "./api";
import { tinyContext } from "./tiny";

const type = {
  container: "docker:index/container:Container",
  network: "docker:index/network:Network",
  volume: "docker:index/volume:Volume",
  image: "docker:index/image:Image",
};

const host = process.env.BERTH_DOCKER_HOST || undefined;

describe("the simulated docker provider, on a real daemon", function () {
  this.timeout(120_000);
  let served: ServedProvider;
  let client: Client;
  let engine: Engine;
  let folder: string;
  let imageId = "";
  const made: { type: string; id: string; outputs: Properties }[] = [];
  const tagName = `berth-simulator-test:${process.pid}`;

  before(async function () {
    if (host === undefined) {
      console.log("      skipped: BERTH_DOCKER_HOST is not set; test/rig/dockerd.sh up prints it");
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "berth-docker-"));
    tinyContext(folder);
    engine = new Engine({ host });
    served = await serve(docker({ env: {}, host, folder, patience: 3 }));
    client = new Client(served.port);
    await client.configure({});
    const built = await client.create(type.image, { imageName: tagName, skipPush: true });
    imageId = String(built.outputs.repoDigest);
  });

  afterEach(async () => {
    for (const { type: of, id, outputs } of made.splice(0).reverse())
      await client.delete(of, id, { ...outputs, destroyGraceSeconds: 0 }).catch(() => undefined);
  });

  after(async () => {
    if (host === undefined) return;
    await engine.call("DELETE", `/images/${tagName}?force=true`).catch(() => undefined);
    client.close();
    await served.close();
    rmSync(folder, { recursive: true });
  });

  let count = 0;
  const named = (): string => `berth-sim-${process.pid}-${++count}`;
  async function make(
    of: string,
    inputs: Properties,
  ): Promise<{ id: string; outputs: Properties; inputs: Properties }> {
    const all = { name: named(), ...inputs };
    const created = await client.create(of, all);
    made.push({ type: of, ...created });
    return { ...created, inputs: all };
  }
  const run = (inputs: Properties = {}) => make(type.container, { image: imageId, ...inputs });
  const state = (id: string) =>
    engine.find<{
      NetworkSettings: { Networks: Record<string, { Aliases: string[] | null }> };
    }>(`/containers/${id}/json`);

  describe("containers", () => {
    it("runs a container on its networks alone, with its aliases", async () => {
      const network = await make(type.network, {});
      const { id } = await run({
        networksAdvanced: [{ name: network.outputs.name, aliases: ["api"] }],
      });
      const { Networks } = (await state(id))!.NetworkSettings;
      assert.deepEqual(Object.keys(Networks), [network.outputs.name]);
      assert.ok(Object.values(Networks)[0]!.Aliases!.includes("api"));
    });

    it("writes uploads before the start", async () => {
      const { outputs } = await run({
        command: ["cat", "/etc/app/app.conf"],
        uploads: [{ file: "/etc/app/app.conf", content: "a = 1\n", permissions: "0600" }],
        mustRun: false,
        attach: true,
        logs: true,
      });
      assert.equal(outputs.containerLogs, "a = 1\n");
    });

    it("delete kills at once unless destroyGraceSeconds is given", async () => {
      const logged = async (grace?: number): Promise<string> => {
        const volume = await make(type.volume, {});
        const { id, outputs } = await run({
          volumes: [{ volumeName: volume.outputs.name, containerPath: "/data" }],
          ...(grace === undefined ? {} : { destroyGraceSeconds: grace }),
        });
        const events = engine.bytes(
          "GET",
          `/events?since=${Math.floor(Date.now() / 1000) - 1}&until=${Math.ceil(Date.now() / 1000) + 4}&filters=${encodeURIComponent(JSON.stringify({ container: [id], event: ["die"] }))}`,
        );
        await client.delete(type.container, id, outputs);
        return /"exitCode":"(\d+)"/.exec((await events).toString())?.[1] ?? "";
      };
      assert.equal(await logged(), "137");
      assert.equal(await logged(5), "0");
    });

    it("an interrupted wait ends at once and leaves the container behind", async () => {
      const own = new Client(served.port);
      await own.configure({});
      const inputs = {
        name: named(),
        image: imageId,
        healthcheck: { tests: ["CMD", "/app", "check"], interval: "1s" },
        wait: true,
        waitTimeout: 60,
      };
      const pending = own.create(type.container, inputs).catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await own.cancel();
      const error = await pending;
      own.close();
      assert.ok(error instanceof Partial);
      made.push({ type: type.container, id: error.id, outputs: error.outputs });
      assert.ok(await state(error.id));
    });
  });

  describe("images", () => {
    it("builds with arguments and a target; a local image's repoDigest is its id", async () => {
      const name = `berth-simulator-args:${process.pid}`;
      const inputs = {
        imageName: name,
        skipPush: true,
        build: { context: ".", args: { WORD: "hello" }, target: "base" },
      };
      const { outputs } = await client.create(type.image, inputs);
      const found = await engine.find<{ Id: string; Config: { Labels: Record<string, string> } }>(
        `/images/${name}/json`,
      );
      assert.equal(outputs.repoDigest, found?.Id);
      assert.equal(found?.Config.Labels.word, "hello");
      await engine.call("DELETE", `/images/${name}`);
    });

    it("a changed file in the context is an update", async () => {
      const inputs = { imageName: tagName, skipPush: true, build: { context: "." } };
      const checked = async (): Promise<Properties> =>
        (await client.check(type.image, inputs)).inputs.values;
      const old = await checked();
      const { outputs } = await client.create(type.image, old);
      const changes = async () => client.diff(type.image, old, await checked(), outputs);
      writeFileSync(join(folder, "app.c"), "// ignored\n");
      assert.deepEqual((await changes()).changed, []);
      writeFileSync(join(folder, "new.txt"), "new");
      const found = await changes();
      assert.deepEqual([found.changed, found.replaces], [["build"], []]);
      rmSync(join(folder, "new.txt"));
    });

    it("a failed build shows the builder's words", async () => {
      writeFileSync(join(folder, "Bad"), "FROM scratch\nCOPY missing /\n");
      const inputs = {
        imageName: "berth-simulator-bad:1",
        skipPush: true,
        build: { dockerfile: "Bad" },
      };
      await assert.rejects(client.create(type.image, inputs), /COPY missing|missing/);
      rmSync(join(folder, "Bad"));
    });

    it("DOCKER_HOST in the environment overrides the provider's host in image builds", async () => {
      const env = { DOCKER_HOST: "tcp://127.0.0.1:1" };
      const other = await serve(docker({ env, folder }));
      const own = new Client(other.port);
      await own.configure({ host });
      const inputs = { imageName: tagName, skipPush: true };
      await assert.rejects(own.create(type.image, inputs), /Docker server at tcp:\/\/127.0.0.1:1/);
      const container = await own.create(type.container, { name: named(), image: imageId });
      made.push({ type: type.container, ...container });
      own.close();
      await other.close();
    });
  });

  describe("the provider itself", () => {
    it("two providers with two hosts are separate", async () => {
      const nowhere = new Client(served.port);
      await nowhere.configure({ host: "tcp://127.0.0.1:1" });
      await assert.rejects(
        nowhere.create(type.volume, { name: named() }),
        /Error pinging Docker server at tcp:\/\/127.0.0.1:1/,
      );
      await make(type.volume, {});
      nowhere.close();
    });

    it("a certificate without its key is refused", async () => {
      const half = new Client(served.port);
      await half.configure({ host: "tcp://127.0.0.1:1", certMaterial: "x" });
      await assert.rejects(
        half.create(type.volume, { name: named() }),
        /certMaterial and keyMaterial must be given together/,
      );
      half.close();
    });
  });
});
