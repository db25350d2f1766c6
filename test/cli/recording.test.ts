import assert from "node:assert/strict";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { record, revealed, Secret, shown, type Recording } from "../../cli/recording";

const run = (program: () => unknown): Promise<Recording> =>
  record({ project: "berth", stack: "qa", config: { "berth:a": "1" }, program });

class Box extends pulumi.ComponentResource {
  readonly id_: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("berth:test:Box", name, {}, opts);
    const network = new docker.Network(`${name}-net`, {}, { parent: this, protect: true });
    const password = new random.RandomPassword(`${name}-pw`, { length: 8 }, { parent: this });
    const box = new docker.Container(
      `${name}-c`,
      {
        image: "busybox",
        envs: [pulumi.interpolate`PW=${password.result}`, pulumi.secret("A=hush")],
        networksAdvanced: [{ name: network.id }],
      },
      { parent: this, deleteBeforeReplace: false, replaceOnChanges: ["*"], replaceWith: [network] },
    );
    this.id_ = box.id;
    this.registerOutputs({ id: box.id });
  }
}

const boxed = (): Promise<Recording> =>
  run(() => {
    const provider = new docker.Provider("docker", { host: "tcp://203.0.113.10:2376" });
    const rand = new random.Provider("random");
    const box = new Box("box", { providers: [provider, rand] });
    return { id: box.id_, hush: pulumi.secret("hush"), dry: pulumi.runtime.isDryRun() };
  });

describe("the recording engine", () => {
  it("sees parents, providers, dependencies and options", async () => {
    const { resources } = await boxed();
    const container = resources.find(({ name }) => name === "box-c")!;
    const urn = (type: string, name: string): string => `urn:pulumi:qa::berth::${type}::${name}`;
    const network = urn("berth:test:Box$docker:index/network:Network", "box-net");
    assert.equal(container.urn, urn("berth:test:Box$docker:index/container:Container", "box-c"));
    assert.equal(container.parent, urn("berth:test:Box", "box"));
    assert.equal(container.provider, urn("pulumi:providers:docker", "docker"));
    assert.deepEqual(container.propertyDependencies["networksAdvanced"], [network]);
    assert.ok(container.dependencies.includes(network));
    assert.deepEqual(container.replaceWith, [network]);
    assert.deepEqual(container.replaceOnChanges, ["*"]);
    assert.equal(container.deleteBeforeReplace, false);
    assert.equal(resources.find(({ name }) => name === "box-net")!.protect, true);
    assert.equal(resources.find(({ name }) => name === "box-net")!.deleteBeforeReplace, undefined);
  });

  it("marks secrets and what derives from them", async () => {
    const { resources, outputs } = await boxed();
    const { inputs } = resources.find(({ name }) => name === "box-c")!;
    assert.equal(JSON.stringify(shown(inputs)).includes("hush"), false);
    assert.match(JSON.stringify(revealed(inputs)), /hush/);
    assert.ok(outputs["hush"] instanceof Secret);
    assert.equal(outputs["dry"], true);
    assert.match(String(outputs["id"]), /^[0-9a-f]{64}$/);
  });

  it("fails on a throw inside apply", async () => {
    await assert.rejects(
      run(() => {
        pulumi.output(1).apply(() => {
          throw new Error("too late");
        });
      }),
      /too late/,
    );
  });

  it("fails on a resource registered twice, and on one without a provider", async () => {
    const twice = run(() => {
      const provider = new docker.Provider("docker");
      new docker.Network("n", {}, { provider });
      new docker.Network("n", {}, { provider });
    });
    await assert.rejects(twice, /Network::n is registered twice/);
    await assert.rejects(
      run(() => new docker.Network("n", {}).driver),
      /Network::n has no explicit provider/,
    );
  });

  it("throws what the program throws, and runs again afterwards", async () => {
    await assert.rejects(
      run(() => {
        throw new pulumi.RunError("compose.yaml:1:1: no");
      }),
      (error) => pulumi.RunError.isInstance(error),
    );
    assert.equal((await boxed()).resources.length, 6);
  });

  it("accepts hooks and keeps what is logged", async () => {
    const { hooks, resources, logs } = await run(async () => {
      const provider = new docker.Provider("docker");
      const sweep = new pulumi.ResourceHook("sweep", () => undefined);
      new docker.Network("n", {}, { provider, hooks: { beforeCreate: [sweep] } });
      await pulumi.log.warn("careful");
    });
    assert.deepEqual([...hooks.keys()], ["sweep"]);
    assert.deepEqual(resources.at(-1)!.hooks, { beforeCreate: ["sweep"] });
    assert.deepEqual(
      logs.filter(({ severity }) => severity === "warning").map(({ message }) => message),
      ["careful"],
    );
  });

  it("answers the functions it knows, and no other", async () => {
    await assert.rejects(
      run(() =>
        pulumi.runtime.invoke(
          "docker:index/getNothing:getNothing",
          {},
          { provider: new docker.Provider("d") },
        ),
      ),
      /getNothing: no answer of this function is known/,
    );
  });
});
