import assert from "node:assert/strict";
import { ClusterBench, imagesOf, said, type CloudName } from "./rig";

/**
 * The examples, with the cloud of their stack file: all three clouds are among them, and what differs between clouds
 * has a suite of its own (clouds.test.ts).
 */
const examples: Readonly<Record<string, CloudName>> = {
  simpleapp: "digitalocean",
  autoship: "gcp",
  connesoa: "gcp",
  qwaya: "aws",
  bigga: "aws",
};

for (const [example, cloud] of Object.entries(examples))
  describe(`the example ${example} on a cluster of ${cloud}`, function () {
    this.timeout(300_000);
    const configFile = `examples/${example}/Pulumi.prod.yaml`;
    let bench: ClusterBench | undefined;

    before(async function () {
      const images = imagesOf(configFile);
      bench = await ClusterBench.create(this, { configFile, cloud, config: { images } });
    });

    after(async () => {
      await bench?.dispose();
    });

    it("comes up, and every pod is ready", async () => {
      const run = await bench!.stack.up();
      assert.equal(run.code, 0, said(run));
      assert.deepEqual(await bench!.unready(), []);
      assert.ok((await bench!.objects("v1", "Pod")).length > 0);
    });

    it("has not drifted when it is read back, and changes nothing the second time", async () => {
      const refresh = await bench!.stack.refresh();
      assert.equal(refresh.code, 0, said(refresh));
      assert.deepEqual(Object.keys(refresh.changes), ["same"], said(refresh));
      const run = await bench!.stack.up();
      assert.equal(run.code, 0, said(run));
      assert.deepEqual(Object.keys(run.changes), ["same"], said(run));
    });

    it("is not destroyed while anything of it is protected, and names that", async () => {
      const before = await bench!.stack.export();
      const run = await bench!.stack.destroy({ preview: true });
      assert.notEqual(run.code, 0, "it went green");
      const kept = before.deployment.resources!.filter(({ protect }) => protect === true);
      // One is enough for the engine to stop at.
      const named = kept.filter(({ urn }) => run.stdout.includes(`"${urn}" cannot be deleted`));
      assert.ok(named.length > 0, said(run));
      const { resources } = (await bench!.stack.export()).deployment;
      assert.equal(resources!.length, before.deployment.resources!.length);
    });

    it("leaves what is protected, and what that stands on, with --exclude-protected", async () => {
      const { resources: all } = (await bench!.stack.export()).deployment;
      const run = await bench!.stack.destroy({ args: ["--exclude-protected"] });
      assert.equal(run.code, 0, said(run));
      const { resources: left } = (await bench!.stack.export()).deployment;
      const urns = left!.map(({ urn }) => urn);
      const kept = all!.filter(({ protect }) => protect === true);
      for (const { urn } of kept) assert.ok(urns.includes(urn), urn);
      assert.deepEqual(await bench!.objects("v1", "Pod"), []);
      const claims = kept.filter(({ type }) => type.endsWith(":PersistentVolumeClaim"));
      const found = await bench!.objects("v1", "PersistentVolumeClaim");
      assert.equal(found.length, claims.length);
      assert.ok(urns.length < all!.length);
    });
  });
