import assert from "node:assert/strict";
import { catalogs } from "../../components/clouds";
import { planCost } from "../../components/plan/size/cost";
import type { ClusterPlan, Database } from "../../components/plan/plan";
import type { Settings } from "../../components/settings/settings";
import type { CloudName } from "../../components/clouds/list";
import { databaseFor } from "./plan";

/** Figures typed by hand from price lists of 2026-11-21: USD a month, us-east-1, us-central1, nyc3. */
const nothing = {
  ...{ region: null, machine: null, services: [], volumes: [], sites: [] },
  ...{ backups: null, databases: [] },
};

const monthly = (cloud: CloudName, databases: readonly Database[] = []): number => {
  const offer = catalogs[cloud]();
  const cluster: Partial<ClusterPlan> = { nodeType: offer.nodeSize, min: 2, max: 5 };
  const settings: Partial<Settings> = { cloud, monitoring: {} };
  const all = { ...nothing, databases, cluster: cluster as ClusterPlan };
  return planCost(all, offer, settings as Settings).monthly;
};

/** To the cent: sums of fractions are not. */
const cents = (amount: number): number => Math.round(amount * 100);

describe("the price of the smallest cluster", () => {
  it("on aws: control plane and 5 GiB of its logs, two t3.medium with 40 GiB, NAT and its address, balancer with two", () => {
    assert.equal(cents(monthly("aws")), cents(73 + 5 * 0.53 + 60.74 + 6.4 + 36.5 + 16.43 + 7.3));
  });

  it("on gcp: control plane, two e2-medium with 50 GiB, NAT and its address, balancer", () => {
    assert.equal(cents(monthly("gcp")), cents(73 + 48.92 + 10 + 2.04 + 3.65 + 18.25));
  });

  it("says that Google's first cluster of a billing account has no fee", () => {
    const offer = catalogs.gcp();
    const cluster: Partial<ClusterPlan> = { nodeType: offer.nodeSize, min: 2, max: 5 };
    const all = { ...nothing, cluster: cluster as ClusterPlan };
    const settings: Partial<Settings> = { cloud: "gcp", monitoring: {} };
    const items = planCost(all, offer, settings as Settings).items.map(({ item }) => item);
    assert.ok(items.some((item) => /^control plane \(nothing for the first zonal/.test(item)));
  });

  it("on digitalocean: two droplets of 24, the system pool's 12, balancer", () => {
    assert.equal(cents(monthly("digitalocean")), cents(48 + 12 + 12));
  });
});

describe("the price of a database", () => {
  const alone = (cloud: CloudName, database: Database): number =>
    cents(monthly(cloud, [database]) - monthly(cloud));

  it("of Memorystore is not doubled by a standby where its tier is priced apart", () => {
    const redis = (more: Partial<Database>) =>
      alone("gcp", databaseFor("redis", "7", { storage: 0, ...more }));
    assert.equal(redis({ size: "1" }), cents(35.77));
    assert.equal(redis({ size: "1", highAvailability: true }), cents(46.72));
    assert.equal(redis({ size: "5" }), cents(98.55));
    assert.equal(redis({ size: "5", highAvailability: true }), cents(197.1));
  });

  it("of Cloud SQL: a standby costs as much again, disk too", () => {
    const size = "db-custom-1-3840";
    const sql = { size, storage: 10, highAvailability: true };
    assert.equal(alone("gcp", databaseFor("postgres", "17", sql)), cents(98.63 + 3.4));
  });

  it("of RDS: each read replica costs a server and its disk", () => {
    const rds = { size: "db.t4g.micro", storage: 20, readReplicas: 2 };
    assert.equal(alone("aws", databaseFor("postgres", "17", rds)), cents(3 * (11.68 + 2.3)));
  });

  it("of DigitalOcean: a standby node costs a node", () => {
    const two = { size: "db-s-1vcpu-2gb", storage: 10, highAvailability: true };
    assert.equal(alone("digitalocean", databaseFor("postgres", "17", two)), cents(60.9));
  });

  it("of MongoDB on DigitalOcean: one node, or three that elect their primary", () => {
    const mongo = (more: Partial<Database>) =>
      alone("digitalocean", databaseFor("mongodb", "7.0", { storage: 0, ...more }));
    assert.equal(mongo({ size: "db-s-1vcpu-1gb" }), cents(15.15));
    assert.equal(mongo({ size: "db-s-1vcpu-2gb", highAvailability: true }), cents(91.35));
  });

  it("of DocumentDB: every instance, standby and replicas, before what its storage holds", () => {
    const size = "db.t4g.medium";
    const mongo = (more: Partial<Database>) =>
      alone("aws", databaseFor("mongodb", "8.0", { size, storage: 0, ...more }));
    assert.equal(mongo({}), cents(55.23));
    assert.equal(mongo({ highAvailability: true, readReplicas: 1 }), cents(165.69));
  });
});
