import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { aws } from "../aws";
import { digitalocean } from "../digitalocean";
import { docker } from "../docker";
import { factsOf } from "../facts";
import { gcp } from "../gcp";
import { hetzner } from "../hetzner";
import { random } from "../random";
import { tls } from "../tls";
import { generate, tokenOf, usedTypes } from "./generate";
import { print } from "./extract";

const components = join(__dirname, "../../../components");
const simulators = {
  aws: aws(),
  digitalocean: digitalocean(),
  docker: docker(),
  gcp: gcp(),
  hcloud: hetzner(),
  random,
  tls: tls(),
};

describe("property facts", function () {
  this.timeout(120_000);

  for (const [name, simulator] of Object.entries(simulators))
    it(`are there for every type of ${name} that Berth makes`, () => {
      if (!existsSync(components)) assert.fail("components/ is missing");
      const used = usedTypes(name, components).map((each) => tokenOf(name, each));
      const missing = used.filter((token) => simulator.resources[token] === undefined);
      assert.deepEqual(missing, [], `run test/simulators/facts/generate.ts ${name}`);
    });

  for (const name of ["aws", "gcp", "hcloud"])
    it(`of ${name} are those of the installed SDK`, () => {
      const facts = factsOf(name);
      assert.equal(print(generate(name, Object.keys(facts.resources))), print(facts));
    });

  it("list required properties, nested types, values, and what replaces", () => {
    const { resources, types } = factsOf("gcp");
    const instance = resources["gcp:compute/instance:Instance"]!;
    assert.equal(instance.bootDisk?.required, true);
    assert.equal(instance.bootDisk.type, "compute.InstanceBootDisk");
    assert.equal(instance.zone?.replaces, true);
    assert.deepEqual(types["compute.InstanceBootDisk"]?.autoDelete?.type, "boolean");
    const address = resources["gcp:compute/address:Address"]!;
    assert.deepEqual(address.networkTier?.values, ["PREMIUM", "STANDARD"]);
  });
});
