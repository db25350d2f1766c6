import assert from "node:assert/strict";
import { preview } from "../../cli/preview/run";
import { revealed, type Recorded } from "../../cli/recording";
import { readStack } from "../../cli/stack";
import { root } from "./contract";

const year = 365 * 24 * 3600;

const resourcesOf = async (...overrides: string[]): Promise<readonly Recorded[]> => {
  const { recording } = await preview(
    readStack(root, {
      configFile: "examples/bigga/Pulumi.prod.yaml",
      overrides: ["cloud=digitalocean", ...overrides],
    }),
  );
  return recording.resources;
};

const only = (resources: readonly Recorded[], name: string): Recorded => {
  const found = resources.filter((one) => one.name === name);
  assert.equal(found.length, 1, name);
  return found[0]!;
};

describe("the registry of a DigitalOcean account", function () {
  this.timeout(120_000);
  let own: readonly Recorded[];
  before(async () => (own = await resourcesOf()));

  it("gives pods a login from their first start, without the cluster's integration", () => {
    const secret = only(own, "berth-digitalocean-kubernetes-registry");
    const { metadata } = secret.inputs as { metadata: { name: string } };
    const pods = own.flatMap(({ type, name, inputs, dependencies }) => {
      if (!type.startsWith("kubernetes:apps/v1:")) return [];
      const { template } = (revealed(inputs) as { spec: { template: { spec: object } } }).spec;
      return [{ name, dependencies, spec: template.spec as Record<string, unknown> }];
    });
    const backend = pods.find(({ name }) => /-backend-deployment$/.test(name))!;
    assert.deepEqual(backend.spec["imagePullSecrets"], [{ name: metadata.name }]);
    assert.ok(backend.dependencies.includes(secret.urn));
    const cluster = only(own, "berth-digitalocean-cluster-control-plane");
    assert.equal(cluster.inputs["registryIntegration"], undefined);
  });

  it("lets pods read alone, and renews both logins before they end", () => {
    const role = (name: string) => {
      const { inputs, replacementTrigger, deleteBeforeReplace } = only(
        own,
        `berth-digitalocean-registry-${name}`,
      );
      assert.match(String(replacementTrigger), /^\d{4}-Q[1-4]$/);
      assert.equal(deleteBeforeReplace, false);
      return [inputs["write"], Number(inputs["expirySeconds"]) / year];
    };
    assert.deepEqual(role("credentials"), [true, 1]);
    assert.deepEqual(role("pull-credentials"), [false, 5]);
    const secret = only(own, "berth-digitalocean-kubernetes-registry");
    const from = secret.dependencies.map((urn) => urn.split("::").at(-1));
    assert.ok(from.includes("berth-digitalocean-registry-pull-credentials"));
    assert.ok(!from.includes("berth-digitalocean-registry-credentials"));
  });

  it("renews the pods' login under running pods: their Secret keeps its name", () => {
    const { inputs } = only(own, "berth-digitalocean-kubernetes-registry");
    assert.equal((inputs as { metadata: { name: string } }).metadata.name, "berth-pull");
    assert.equal(inputs["immutable"], undefined);
  });

  it("is made by one stack, and named by the others", async () => {
    const other = await resourcesOf("registry.name=acme");
    const made = (all: readonly Recorded[]) =>
      all.filter(({ type }) => /containerRegistry:/.test(type)).length;
    assert.deepEqual([made(own), made(other)], [1, 0]);
    for (const name of ["credentials", "pull-credentials"])
      assert.equal(
        only(other, `berth-digitalocean-registry-${name}`).inputs["registryName"],
        "acme",
      );
    const images = other.filter(({ type }) => type === "docker:index/image:Image");
    assert.ok(images.length > 0);
    for (const { inputs } of images)
      assert.match(String(inputs["imageName"]), /^registry\.digitalocean\.com\/acme\/bigga-prod-/);
  });
});
