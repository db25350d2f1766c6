import assert from "node:assert/strict";
import { ClusterBench, imagesOf, said, type CloudName } from "./rig";

/** Every example on digitalocean and on the cloud of its stack file, the smallest on all three. */
const runs: readonly (readonly [string, CloudName])[] = [
  ["simpleapp", "digitalocean"],
  ["simpleapp", "aws"],
  ["simpleapp", "gcp"],
  ["autoship", "digitalocean"],
  ["autoship", "gcp"],
  ["connesoa", "digitalocean"],
  ["connesoa", "gcp"],
  ["qwaya", "digitalocean"],
  ["qwaya", "aws"],
  ["bigga", "digitalocean"],
  ["bigga", "aws"],
];

for (const [example, cloud] of runs)
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

    it("changes nothing the second time", async () => {
      const run = await bench!.stack.up();
      assert.equal(run.code, 0, said(run));
      assert.deepEqual(Object.keys(run.changes), ["same"], said(run));
    });
  });
