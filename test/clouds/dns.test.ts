import assert from "node:assert/strict";
import { catalogs, clouds } from "../../components/clouds";
import { names } from "./contract";
import { cloudArgs, planFor } from "./plan";
import { record } from "./record";
import { compose, Folder } from "../cli/run";

describe("the records of a name with several addresses", function () {
  this.timeout(120_000);

  for (const cloud of names.filter((name) => catalogs[name]().can.dns))
    it(`have all of them on ${cloud}, the first by the name that it always had`, async () => {
      const values = ["192.0.2.7", "192.0.2.8"];
      const found = await record(() => {
        const dns = { zone: "acme.example", cloud: cloud as "aws" };
        const records = [{ name: "www.acme.example", type: "A" as const, values }];
        new (clouds[cloud]())(cloudArgs(planFor(cloud, "vm", { dns }))).dns!(
          "qa-dns",
          { zone: dns.zone, records },
          {},
        );
      });
      const made = found.filter(({ custom, name }) => custom && name.startsWith("qa-dns-"));
      assert.equal(made[0]!.name, "qa-dns-www.acme.example-A");
      const said = made.map(({ inputs }) => JSON.stringify(inputs)).join();
      for (const value of values) assert.ok(said.includes(`"${value}"`), value);
    });

  it("are those of every zone of a cluster's edge on AWS, and so are the records to make by hand", async () => {
    const folder = new Folder({
      "compose.yaml": compose,
      "Pulumi.qa.yaml": [
        "config:",
        "  berth:cloud: aws",
        "  berth:shape: cluster",
        "  berth:operators: anywhere",
        "  berth:domain: acme.example",
        "  berth:dns: { zone: acme.example, cloud: aws }",
        "  berth:variables: { PASSWORD: a }",
        "",
      ].join("\n"),
    });
    try {
      const { code, out, err } = await folder.preview("--json");
      assert.equal(code, 0, err);
      const { resources, outputs } = JSON.parse(out) as {
        resources: { type: string; inputs: { name: string; records: string[] } }[];
        outputs: { records: { name: string }[] };
      };
      const made = resources.filter(({ type }) => type === "aws:route53/record:Record");
      assert.ok(made.length > 0);
      for (const { inputs } of made) {
        assert.equal(inputs.records.length, 2);
        assert.equal(outputs.records.filter(({ name }) => name === inputs.name).length, 2);
      }
    } finally {
      folder.remove();
    }
  });
});
