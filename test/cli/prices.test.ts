import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PreviewDocument } from "../../cli/preview/document";
import { Folder } from "./run";

const compose = `services:
  wiki:
    image: busybox:1
    ports: ["8080:8080"]
    volumes: ["pages:/pages", "media:/media", "cache:/cache"]
volumes: { pages: , media: , cache: }
`;

describe("what a preview says of prices", function () {
  this.timeout(60_000);
  let folder: Folder;
  before(() => {
    folder = new Folder({
      "compose.yaml": compose,
      "Pulumi.qa.yaml":
        "config:\n  berth:cloud: aws\n  berth:operators: []\n  berth:domain: wiki.example\n",
    });
  });
  after(() => {
    folder.remove();
  });

  const said = async (...config: string[]): Promise<string> => {
    const words = config.flatMap((one) => ["--config", one]);
    const { code, out, err } = await folder.preview(...words);
    assert.equal(code, 0, err);
    return out;
  };

  it("calls a machine without a price unknown, outside of the sum", async () => {
    const out = await said("machine=r6i.large");
    assert.match(out, /\n {2}machine +r6i\.large +unknown\n/);
    // 16 and 40 GiB of disk, an address, and 10 GiB of backups.
    assert.match(out, /\n {2}total +before traffic and tax, and what is unknown +8\.36\n/);
    const { out: json } = await folder.preview("--json", "--config", "machine=r6i.large");
    const { cost } = JSON.parse(json) as PreviewDocument;
    assert.deepEqual(cost.unknown, [{ resource: "machine", item: "r6i.large" }]);
    assert.ok(cost.items.every(({ monthly }) => monthly > 0));
    const { out: markdown } = await folder.preview("--markdown", "--config", "machine=r6i.large");
    assert.match(markdown, /\| machine \| r6i\.large \| unknown \|/);
  });

  it("calls nodes without a price and volumes of another class unknown", async () => {
    const out = await said(
      "shape=cluster",
      "nodes.size=m6i.large",
      "volumes.media.class=io2",
      "volumes.cache.size=7",
    );
    assert.match(out, /\n {2}cluster +2 nodes, m6i\.large +unknown\n/);
    assert.match(out, /\n {2}cluster +volume media, 10 GiB +unknown\n/);
    assert.match(out, /\n {2}cluster +volumes, 17 GiB +1\.36\n/);
  });

  it("names the day and the regions of the prices, and what they leave out", async () => {
    const out = await said("location=europe");
    assert.match(
      out,
      /list prices of 2026-\d\d-\d\d in us-east-1, the stack's region has others\n/,
    );
    assert.match(out, /not included: traffic; tax\n/);
    assert.match(await said("location=us-east"), /list prices of 2026-\d\d-\d\d\n/);
    assert.match(
      await said("shape=cluster", "monitoring.alerts=ops@wiki.example"),
      /not included: traffic; tax; the load balancer's capacity units .*; the control plane's logs/,
    );
  });

  it("names a smaller machine that holds what all services reserve, both versions of them", async () => {
    const cheaper = async (
      limit: string,
      replicas: number,
      ...config: string[]
    ): Promise<string> => {
      const services = `services:
  api:
    image: busybox:1
    ports: ["8080:8080"]
    deploy: { replicas: ${replicas}, resources: { limits: { ${limit} } } }
`;
      writeFileSync(join(folder.path, "compose.yaml"), services);
      return /cheaper by .*/.exec(await said("machine=xlarge", ...config))?.[0] ?? "";
    };
    // 512 MiB for the system, and twice 1,700 MiB: 4 GiB are enough.
    assert.match(await cheaper("memory: 1700M", 1), /^cheaper by 212\.57: machine: small /);
    assert.match(await cheaper("memory: 1700M", 2), /^cheaper by 182\.20: machine: medium /);
    assert.match(await cheaper('memory: 1G, cpus: "3"', 1), /: machine: large /);
    assert.equal(await cheaper("memory: 20G", 1), "");
    // Without a limit nobody knows.
    assert.equal(await cheaper('cpus: "1"', 1), "");
    assert.equal(await cheaper("memory: 100M", 1, "machine=small"), "");
  });
});
