import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { preview } from "../../cli/preview/run";
import { readStack } from "../../cli/stack";
import { Folder } from "../cli/run";

const compose = `services:
  files: { image: "busybox:1", volumes: ["kept:/kept"] }
  db:
    image: postgres:17
    environment: { POSTGRES_PASSWORD: x }
    volumes: ["rows:/var/lib/postgresql/data"]
volumes: { kept: , rows: }
`;

/** What its hook says to an update of the resource whose name ends like that. */
async function said(
  name: string,
  before: object,
  after: object,
  ...config: string[]
): Promise<string | undefined> {
  const folder = new Folder({
    "compose.yaml": compose,
    "Pulumi.qa.yaml": "config:\n  berth:operators: []\n  berth:domain: depot.example\n",
  });
  try {
    const { recording } = await preview(readStack(folder.path, { overrides: config }));
    const made = recording.resources.find((one) => one.name.endsWith(name))!;
    assert.deepEqual(made.hooks["beforeUpdate"], [`${made.name}-grows-only`]);
    const hook = recording.hooks.get(`${made.name}-grows-only`);
    assert.ok(pulumi.ResourceHook.isInstance(hook));
    assert.equal(hook.opts?.onDryRun, true);
    const { urn, id, type } = made;
    await hook.callback({
      ...{ urn, id, type, name: made.name },
      oldInputs: before,
      newInputs: after,
    });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    folder.remove();
  }
}

describe("a size that only grows", function () {
  this.timeout(60_000);

  for (const cloud of ["aws", "digitalocean", "hetzner"])
    it(`stops an update to a smaller data disk on ${cloud}`, async () => {
      const disk = (before: number, after: number): Promise<string | undefined> =>
        said("-machine-disk", { size: before }, { size: after }, `cloud=${cloud}`);
      assert.match((await disk(60, 45))!, /^berth:disk: 45 GiB are less than the 60 .*60 or more$/);
      assert.equal(await disk(45, 60), undefined);
      assert.equal(await disk(45, 45), undefined);
    });

  it("stops one to a smaller claim, or a smaller server of RDS", async () => {
    const cluster = ["cloud=aws", "shape=cluster"];
    const claim = (storage: string): object => ({ spec: { resources: { requests: { storage } } } });
    assert.match(
      (await said("-volume-kept", claim("15Gi"), claim("12Gi"), ...cluster))!,
      /^berth:volumes\.kept\.size: 12 GiB/,
    );
    assert.equal(await said("-volume-kept", claim("15Gi"), claim("16Gi"), ...cluster), undefined);
    const server = (allocatedStorage: number): object => ({ allocatedStorage });
    assert.match(
      (await said("db-server", server(50), server(25), ...cluster))!,
      /databases\.db\.storage/,
    );
  });
});
