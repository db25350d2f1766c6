import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as digitalocean from "@pulumi/digitalocean";
import { catalogs } from "../../components/clouds";

const known = (cloud: "aws" | "gcp" | "digitalocean" | "hetzner", name: string) => {
  const { machineTypes, otherType } = catalogs[cloud]();
  return machineTypes[name] ?? otherType?.(name, "vm");
};

describe("machine types", () => {
  it("of AWS are those of the provider's SDK, but for accelerators, Macs and metal", () => {
    const all = Object.values(aws.ec2.InstanceType) as string[];
    const left = all.filter((name) => known("aws", name) === undefined);
    const families = new Set(
      left.filter((name) => !/\.metal/.test(name)).map((n) => n.split(".")[0]!),
    );
    assert.ok(left.length < all.length / 4);
    for (const family of families)
      assert.match(family, /^(c[cgr][12]|hi1|m1|mac|p6e|u-|u7)/, family);
    // None of a family in a size that it does not have.
    const sizes = [...new Set(all.map((name) => name.split(".")[1]!))].filter(
      (size) => !/metal/.test(size),
    );
    for (const family of ["c5", "m6i", "r7a", "c7i-flex", "i4i", "z1d"])
      for (const size of sizes)
        assert.equal(
          known("aws", `${family}.${size}`) !== undefined,
          all.includes(`${family}.${size}`),
          `${family}.${size}`,
        );
  });

  it("of DigitalOcean are those of the provider's SDK, but for GPUs", () => {
    const all = Object.values(digitalocean.DropletSlug) as string[];
    const left = all.filter((name) => known("digitalocean", name) === undefined);
    for (const name of left) assert.match(name, /^(gpu-|\d+(gb|mb)$)/, name);
    assert.equal(known("digitalocean", "s-3vcpu-5gb"), undefined);
    assert.deepEqual(known("digitalocean", "m3-4vcpu-32gb-intel"), { cpus: 4, memory: 32 });
  });

  it("have the processors and the memory of their names", () => {
    const has = (...[cloud, name]: Parameters<typeof known>): unknown => {
      const { cpus, memory } = known(cloud, name)!;
      return [cpus, memory];
    };
    assert.deepEqual(has("aws", "m6i.xlarge"), [4, 16]);
    assert.deepEqual(has("aws", "r7a.medium"), [1, 8]);
    assert.deepEqual(has("aws", "g4dn.2xlarge"), [8, undefined]);
    assert.deepEqual(has("gcp", "n2d-highmem-8"), [8, 64]);
    assert.deepEqual(has("gcp", "e2-custom-4-6144"), [4, 6]);
    assert.deepEqual(has("hetzner", "ccx53"), [32, 128]);
    for (const none of ["e2-standard-3", "x9-standard-2", "e2-standard", "n2-custom-4"])
      assert.equal(known("gcp", none), undefined, none);
  });

  it("refuse arm64, Hyperdisk and Xen by name", () => {
    const refused = (...[cloud, name]: Parameters<typeof known>): string | undefined => {
      const found = known(cloud, name)!;
      return "refused" in found ? found.refused : undefined;
    };
    for (const name of ["t4g.small", "c7gn.large", "m8gd.xlarge", "a1.large"])
      assert.match(refused("aws", name)!, /arm64/, name);
    for (const name of ["g4dn.xlarge", "g5.xlarge", "m7i-flex.large"])
      assert.equal(refused("aws", name), undefined, name);
    for (const name of ["t2.micro", "m4.large", "c4.xlarge"])
      assert.match(refused("aws", name)!, /NVMe/, name);
    // A node needs no name of a data disk.
    assert.deepEqual(catalogs.aws().otherType!("m4.large", "cluster"), { cpus: 2, memory: 8 });
    assert.match(refused("gcp", "t2a-standard-2")!, /arm64/);
    assert.match(refused("gcp", "c4a-standard-4")!, /arm64/);
    assert.match(refused("gcp", "c4-standard-4")!, /Hyperdisk/);
    assert.match(refused("hetzner", "cax21")!, /arm64/);
  });
});
