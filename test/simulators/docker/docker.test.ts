import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { docker } from ".";
import { Client, Partial } from "../client";
import { serve, type Served } from "../server";
import { unknown, type Properties } from "../values";
import { Engine } from "./api";
import { tinyContext } from "./tiny";

const type = {
  container: "docker:index/container:Container",
  network: "docker:index/network:Network",
  volume: "docker:index/volume:Volume",
  remote: "docker:index/remoteImage:RemoteImage",
  image: "docker:index/image:Image",
  tag: "docker:index/tag:Tag",
};

const host = process.env.BERTH_DOCKER_HOST || undefined;

describe("the simulated docker provider, on a real daemon", function () {
  this.timeout(120_000);
  let served: Served;
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
  async function broken(inputs: Properties): Promise<Partial> {
    const error: unknown = await run(inputs).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof Partial, `a resource that exists and is broken: ${String(error)}`);
    made.push({ type: type.container, id: error.id, outputs: error.outputs });
    return error;
  }
  const state = (id: string) =>
    engine.find<{
      State: { Running: boolean; StartedAt: string };
      HostConfig: { Memory: number; RestartPolicy: { Name: string } };
      NetworkSettings: { Networks: Record<string, { Aliases: string[] | null }> };
      Config: { Healthcheck?: unknown };
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

    it("waits until healthy", async () => {
      const { id } = await run({
        uploads: [{ file: "/ready", content: "" }],
        healthcheck: { tests: ["CMD", "/app", "check"], interval: "200ms", retries: 1 },
        wait: true,
        waitTimeout: 20,
      });
      assert.equal((await state(id))!.State.Running, true);
    });

    it("an unhealthy container fails after its id is set, and takes the whole time", async () => {
      const began = Date.now();
      const { id, message } = await broken({
        healthcheck: { tests: ["CMD", "/app", "check"], interval: "100ms", retries: 1 },
        wait: true,
        waitTimeout: 2,
      });
      assert.match(message, /timed out after 2 s/);
      assert.ok(Date.now() - began >= 2000);
      assert.equal((await state(id))!.State.Running, true);
    });

    it("an update after a failed wait does not wait and goes green", async () => {
      const inputs = {
        name: named(),
        image: imageId,
        healthcheck: { tests: ["CMD", "/app", "check"], interval: "100ms", retries: 1 },
        wait: true,
        waitTimeout: 1,
      };
      const { id, outputs } = await broken(inputs);
      const updated = await client.update(type.container, id, outputs, inputs, inputs);
      assert.equal(updated.name, inputs.name);
    });

    it("wait without a healthcheck is an error", async () => {
      const { message } = await broken({ wait: true });
      assert.match(message, /healthcheck/);
    });

    it("a container that must run and exits at once fails after its id is set", async () => {
      // The provider looks a tenth of a second after the start: a busy machine may be slower.
      for (let tries = 0; ; tries++)
        try {
          const { message } = await broken({ command: ["exit", "3"] });
          assert.match(message, /exited after creation, exit code 3/);
          return;
        } catch (error) {
          if (tries === 5) throw error;
        }
    });

    it("a one-shot needs mustRun false; attach and logs wait for its end", async () => {
      const { outputs } = await run({
        command: ["exit", "3"],
        mustRun: false,
        attach: true,
        logs: true,
      });
      assert.equal(outputs.exitCode, 3);
      assert.equal(outputs.containerLogs, "migrated\n");
    });

    it("a name in use is refused before anything is made", async () => {
      const { inputs } = await run();
      await assert.rejects(run({ name: inputs.name }), (error: Error) => {
        assert.ok(!(error instanceof Partial));
        return /is already in use by container/.test(error.message);
      });
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

    it("a change of restart or memory is made in place", async () => {
      const { id, inputs, outputs } = await run({ memory: 32, memorySwap: 64 });
      const next = { ...inputs, memory: 48, restart: "unless-stopped" };
      const found = await client.diff(type.container, inputs, next, outputs);
      assert.deepEqual([found.changed.sort(), found.replaces], [["memory", "restart"], []]);
      const started = (await state(id))!.State.StartedAt;
      await client.update(type.container, id, outputs, inputs, next);
      const after = (await state(id))!;
      assert.equal(after.HostConfig.Memory, 48 * 1048576);
      assert.equal(after.HostConfig.RestartPolicy.Name, "unless-stopped");
      assert.equal(after.State.StartedAt, started);
    });

    for (const [key, value] of Object.entries({
      healthcheck: { tests: ["CMD", "/app", "check"] },
      tmpfs: { "/tmp": "rw" },
      init: true,
      cpuQuota: 50_000,
      rm: true,
      waitTimeout: 99,
    }))
      it(`a change of ${key} is ignored without a word`, async () => {
        const { id, inputs, outputs } = await run();
        const next = { ...inputs, [key]: value };
        const found = await client.diff(type.container, inputs, next, outputs);
        assert.deepEqual(found.replaces, []);
        const before = JSON.stringify(await state(id));
        await client.update(type.container, id, outputs, inputs, next);
        assert.equal(JSON.stringify(await state(id)), before);
      });

    it("everything else replaces", async () => {
      const { inputs, outputs } = await run();
      const others = {
        envs: ["A=1"],
        labels: [{ label: "a", value: "b" }],
        ports: [{ internal: 80 }],
        cpus: "0.5",
        networksAdvanced: [{ name: "x" }],
        uploads: [{ file: "/a", content: "b" }],
        stopTimeout: 3,
      };
      for (const [key, value] of Object.entries(others)) {
        const next = { ...inputs, [key]: value };
        const found = await client.diff(type.container, inputs, next, outputs);
        assert.deepEqual(found.replaces, [key]);
      }
    });

    it("a name instead of an image id replaces at every up", async () => {
      const { inputs, outputs } = await run({ image: tagName });
      const found = await client.diff(type.container, inputs, inputs, outputs);
      assert.deepEqual(found.replaces, ["image"]);
      const byId = await run();
      const same = await client.diff(type.container, byId.inputs, byId.inputs, byId.outputs);
      assert.deepEqual(same.changed, []);
    });

    it("a given name means delete before replace, a made-up one does not", async () => {
      const { inputs: chosen } = await client.check(type.container, { image: "x" });
      assert.match(String(chosen.values.name), /^thing-[0-9a-f]{7}$/);
      const next = { ...chosen.values, envs: ["A=1"] };
      assert.equal(
        (await client.diff(type.container, chosen.values, next)).deleteBeforeReplace,
        false,
      );
      const given = { name: "web", image: "x" };
      const found = await client.diff(type.container, given, { ...given, envs: ["A=1"] });
      assert.equal(found.deleteBeforeReplace, true);
    });

    it("the order of envs and networks means nothing", async () => {
      const found = await client.diff(
        type.container,
        { image: "x", envs: ["A=1", "B=2"] },
        { image: "x", envs: ["B=2", "A=1"] },
        { image: "x" },
      );
      assert.deepEqual(found.changed, []);
    });

    it("durations that cannot be read are zero without a word", async () => {
      const { id } = await run({
        healthcheck: { tests: ["CMD", "/app", "check"], interval: "soon", timeout: "1m30s" },
      });
      const check = (await state(id))!.Config.Healthcheck as Record<string, number>;
      assert.equal(check.Interval ?? 0, 0);
      assert.equal(check.Timeout, 90e9);
    });

    it("an image that is nowhere fails with nothing made", async () => {
      const name = "127.0.0.1:1/nowhere:1";
      await assert.rejects(run({ image: name }), {
        message: new RegExp(`^Unable to create container with image ${name}: unable to pull image`),
      });
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

  describe("refresh", () => {
    const refresh = (it: { id: string; outputs: Properties; inputs: Properties }) =>
      client.read(type.container, it.id, it.outputs, it.inputs);

    it("sees nothing where nothing changed", async () => {
      const network = await make(type.network, {});
      const container = await run({
        restart: "always",
        memory: 32,
        labels: [{ label: "a", value: "b" }],
        ports: [{ internal: 80, external: 48_080, ip: "127.0.0.1" }],
        networksAdvanced: [{ name: network.outputs.name }],
      });
      const found = await refresh(container);
      assert.deepEqual(found.inputs, container.inputs);
      const diff = await client.diff(type.container, found.inputs, container.inputs, found.outputs);
      assert.deepEqual(diff.changed, []);
    });

    it("sees a container that is gone", async () => {
      const container = await run();
      await engine.call("DELETE", `/containers/${container.id}?force=true`);
      assert.equal((await refresh(container)).id, "");
    });

    it("takes away a container that should run and does not", async () => {
      const container = await run();
      await engine.call("POST", `/containers/${container.id}/kill`);
      assert.equal((await refresh(container)).id, "");
      assert.equal(await state(container.id), undefined);
    });

    it("keeps a one-shot that has ended", async () => {
      const container = await run({ command: ["exit", "0"], mustRun: false, attach: true });
      assert.equal((await refresh(container)).id, container.id);
    });

    it("sees another restart policy and memory", async () => {
      const container = await run({ restart: "always", memory: 32 });
      await engine.call("POST", `/containers/${container.id}/update`, {
        body: { RestartPolicy: { Name: "no" }, Memory: 64 * 1048576, MemorySwap: 128 * 1048576 },
      });
      const found = await refresh(container);
      assert.equal(found.inputs.restart, "no");
      assert.equal(found.inputs.memory, 64);
    });

    it("sees a container that was taken off a network", async () => {
      const network = await make(type.network, {});
      const container = await run({ networksAdvanced: [{ name: network.outputs.name }] });
      await engine.call("POST", `/networks/${network.id}/disconnect`, {
        body: { Container: container.id },
      });
      const found = await refresh(container);
      assert.deepEqual(found.inputs.networksAdvanced, []);
    });
  });

  describe("networks and volumes", () => {
    it("a network of the same name is refused", async () => {
      const { inputs } = await make(type.network, {});
      await assert.rejects(make(type.network, inputs), /already exists/);
    });

    it("every argument of a network replaces it", async () => {
      const found = await client.diff(type.network, { name: "a" }, { name: "a", internal: true });
      assert.deepEqual(found.replaces, ["internal"]);
    });

    it("a network with containers on it is not deleted", async () => {
      const network = await make(type.network, {});
      await run({ networksAdvanced: [{ name: network.outputs.name }] });
      await assert.rejects(
        client.delete(type.network, network.id, network.outputs),
        /has active endpoints/,
      );
    });

    it("a volume's label change replaces the volume: its data is gone", async () => {
      const old = { name: "a", labels: [{ label: "a", value: "1" }] };
      const next = { name: "a", labels: [{ label: "a", value: "2" }] };
      const found = await client.diff(type.volume, old, next);
      assert.deepEqual(found.replaces, ["labels"]);
      assert.equal(found.deleteBeforeReplace, true);
    });

    it("a volume that the daemon has is handed out, with its data", async () => {
      const { outputs, inputs } = await make(type.volume, {});
      const again = await client.create(type.volume, inputs);
      assert.equal(again.outputs.mountpoint, outputs.mountpoint);
    });

    it("refresh sees a volume that is gone", async () => {
      const volume = await make(type.volume, {});
      await engine.call("DELETE", `/volumes/${volume.id}`);
      const found = await client.read(type.volume, volume.id, volume.outputs, volume.inputs);
      assert.equal(found.id, "");
    });
  });

  describe("images", () => {
    it("an image that is there is not pulled", async () => {
      const { outputs } = await client.create(type.remote, { name: tagName, keepLocally: true });
      assert.equal(outputs.imageId, imageId);
    });

    it("keepLocally false: delete fails while a container uses the image", async () => {
      await run();
      const { id, outputs } = await client.create(type.remote, { name: tagName });
      await assert.rejects(
        client.delete(type.remote, id, outputs),
        /is using its referenced image/,
      );
    });

    it("keepLocally true: delete leaves the image", async () => {
      const inputs = { name: tagName, keepLocally: true };
      const { id, outputs } = await client.create(type.remote, inputs);
      await client.delete(type.remote, id, outputs);
      assert.ok(await engine.find(`/images/${tagName}/json`));
    });

    it("tags an image, and takes the tag away", async () => {
      const target = `berth-simulator-tag:${process.pid}`;
      const inputs = { sourceImage: tagName, targetImage: target };
      const { id, outputs } = await client.create(type.tag, inputs);
      assert.equal(outputs.sourceImageId, imageId);
      await client.delete(type.tag, id, outputs);
      assert.equal(await engine.find(`/images/${target}/json`), undefined);
    });

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

    it("a changed file in the context is an update; preview leaves its digest unknown", async () => {
      const inputs = { imageName: tagName, skipPush: true, build: { context: "." } };
      const { id, outputs } = await client.create(type.image, inputs);
      assert.deepEqual((await client.diff(type.image, inputs, inputs, outputs)).changed, []);
      writeFileSync(join(folder, "app.c"), "// ignored\n");
      assert.deepEqual((await client.diff(type.image, inputs, inputs, outputs)).changed, []);
      writeFileSync(join(folder, "new.txt"), "new");
      const found = await client.diff(type.image, inputs, inputs, outputs);
      assert.deepEqual([found.changed, found.replaces], [["build"], []]);
      const preview = await client.update(type.image, id, outputs, inputs, inputs, true);
      assert.equal(preview.repoDigest, unknown);
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

    it("a context that is not there is named before anything is made", async () => {
      const { failures } = await client.check(type.image, {
        imageName: "x",
        skipPush: true,
        build: { context: "nowhere" },
      });
      assert.match(failures.join(), /build: build\.context: there is no folder .*nowhere/);
    });

    it("deleting an image resource leaves the image", async () => {
      await client.delete(type.image, tagName, { imageName: tagName });
      assert.ok(await engine.find(`/images/${tagName}/json`));
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
    it("a changed host updates the provider and asks for no replacement", async () => {
      const found = await client.diffConfig({ host: "tcp://a:2376" }, { host: "tcp://b:2376" });
      assert.deepEqual([found.diffsList, found.replacesList], [["host"], []]);
    });

    it("two providers with two hosts are told apart", async () => {
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
