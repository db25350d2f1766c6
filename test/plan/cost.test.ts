import assert from "node:assert/strict";
import { planOf } from "./make";

const always = { restart: "always" };

describe("cost", () => {
  it("adds up a machine: 24 and 40 GiB at 0.10", () => {
    assert.equal(planOf({ web: always }).cost.monthly, 28);
  });

  it("adds up a cluster: two nodes of 24, a balancer of 12, a highly available database of 2 × 30, 10 GiB more on each", () => {
    const made = planOf(
      { db: { ...always, image: "postgres:17" }, web: always },
      { shape: "cluster", domain: "example.com" },
    );
    assert.equal(made.cost.monthly, 48 + 12 + 60 + 4);
  });

  it("is nothing on this computer", () => {
    assert.deepEqual(planOf({ web: always }, { cloud: "local" }).cost, {
      currency: "USD",
      monthly: 0,
      items: [],
    });
  });

  it("of a site says what serve: edge costs beside it, where the site has a price", () => {
    const sites = { docs: { path: __dirname, spa: false, serve: "cdn" as const } };
    const { cost } = planOf({ web: always }, { sites });
    assert.deepEqual(
      cost.items.filter(({ resource }) => resource === "docs"),
      [
        {
          resource: "docs",
          item: "static site; with serve: edge it costs nothing more",
          monthly: 5,
        },
      ],
    );
  });
});
