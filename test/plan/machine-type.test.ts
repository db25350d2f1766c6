import assert from "node:assert/strict";
import { catalogs } from "../../components/clouds";
import type { CloudName } from "../../components/clouds/list";
import { preview } from "../../cli/preview/run";
import { BadInput } from "../../cli/options";
import { readStack } from "../../cli/stack";
import { Folder } from "../cli/run";
import type { Plan } from "../../components/plan/plan";

/** The plan of one small service, or the problems. */
async function planned(...config: string[]): Promise<Plan | string> {
  const folder = new Folder({
    "compose.yaml": 'services: { api: { image: "busybox:1", ports: ["8080:8080"] } }\n',
    "Pulumi.qa.yaml":
      "config:\n  berth:operators: []\n  berth:domain: mill.example\n  gcp:project: mill\n",
  });
  try {
    return (await preview(readStack(folder.path, { overrides: config }))).plan;
  } catch (error) {
    if (error instanceof BadInput) return error.lines.join("\n");
    throw error;
  } finally {
    folder.remove();
  }
}

async function refused(...config: string[]): Promise<string> {
  const plan = await planned(...config);
  assert.equal(typeof plan, "string", config.join());
  return plan as string;
}

describe("a machine's type", function () {
  this.timeout(60_000);

  it("that cannot be used is refused with the nearest that can", async () => {
    assert.match(
      await refused("cloud=aws", "machine=m7g.large"),
      /berth:machine: m7g\.large cannot be used: it is arm64, .*; take t3a\.large \(2 processors, 8 GiB\)$/,
    );
    assert.match(
      await refused("cloud=aws", "machine=t2.small"),
      /t2\.small .*no NVMe.*; take t3a\.small \(2 processors, 2 GiB\)$/,
    );
    assert.match(
      await refused("cloud=hetzner", "machine=cax31"),
      /cax31 .*arm64.*; take cx43 \(8 processors, 16 GiB\)$/,
    );
    assert.match(
      await refused("cloud=aws", "shape=cluster", "nodes.size=t4g.medium"),
      /berth:nodes\.size: t4g\.medium .*arm64.*; take t3a\.medium/,
    );
  });

  it("that does not exist is refused with those that are like it", async () => {
    assert.match(
      await refused("cloud=aws", "machine=t3.mediun"),
      /aws has no machine type t3\.mediun that Berth knows; take t3\.medium, .*, or small, medium, large, xlarge$/,
    );
    assert.match(
      await refused("cloud=gcp", "machine=e2-standard-3"),
      /e2-standard-3 that Berth knows; take e2-standard-2, /,
    );
    assert.match(
      await refused("cloud=digitalocean", "shape=cluster", "nodes.size=huge"),
      /berth:nodes\.size: digitalocean has no machine type huge .*; take small, medium, large, xlarge, or one of its types such as s-2vcpu-4gb$/,
    );
  });

  it("may be one without a price, and a node's one of Berth's sizes", async () => {
    const large = (await planned("cloud=aws", "machine=m6i.xlarge")) as Plan;
    assert.equal(large.machine?.type, "m6i.xlarge");
    const graphics = ["cloud=aws", "shape=cluster", "nodes.size=g4dn.xlarge"];
    assert.equal(((await planned(...graphics)) as Plan).cluster?.nodeType, "g4dn.xlarge");
    for (const cloud of ["aws", "gcp", "digitalocean"] as CloudName[]) {
      const plan = (await planned(`cloud=${cloud}`, "shape=cluster", "nodes.size=large")) as Plan;
      assert.equal(plan.cluster?.nodeType, catalogs[cloud]().machines.large);
    }
  });
});
