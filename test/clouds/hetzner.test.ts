import assert from "node:assert/strict";
import { catalogs } from "../../components/clouds";
import { plan } from "../../components/plan";
import type { Settings } from "../../components/settings/settings";
import { app, settings } from "../plan/make";

const catalog = catalogs.hetzner();
const services = {
  web: { image: "web:1", restart: "always", expose: ["80"] },
  db: { image: "postgres:17", restart: "always", environment: { POSTGRES_PASSWORD: "a" } },
};
const planned = (more: Partial<Settings> = {}) =>
  plan(app(services), settings({ cloud: "hetzner", machine: "small", ...more }), catalog);

describe("a plan on Hetzner", () => {
  it("is a server of the location's own types, in the region that the config names", () => {
    assert.equal(planned().plan?.machine?.type, "cpx22");
    assert.equal(planned({ location: "asia" }).plan?.machine?.type, "cpx22");
    assert.equal(planned({ location: "us-west" }).plan?.machine?.type, "cpx21");
    assert.equal(planned({ region: "nbg1" }).plan?.region, "nbg1");
    assert.equal(planned({ machine: "cx23" }).plan?.machine?.type, "cx23");
  });

  it("costs what its price list of 2026-09-03 says, in dollars of 2026-10-28", () => {
    // 19.99, 40 × 0.0572 and 0.50 EUR at 1.1133.
    const { plan: made } = planned({ disk: 40 });
    assert.equal(made?.cost.monthly, 22.25 + 2.55 + 0.56);
  });

  it("refuses a cluster and a managed database, and says what to do", () => {
    const cluster = planned({ shape: "cluster", domain: "shop.example" });
    assert.ok(
      cluster.problems.some(
        ({ key, message }) =>
          key === "berth:shape" && message === "hetzner cannot make a cluster; set it to vm",
      ),
    );
    const managed = planned({ databases: { db: { mode: "managed" } } });
    assert.match(
      managed.problems.map(({ message }) => message).join(),
      /hetzner has no managed postgres; set it to container/,
    );
  });

  it("says that it neither checks the account, nor mails alerts, nor has a bucket for backups", () => {
    const { plan: made } = planned({ account: "a", monitoring: { alerts: "ops@shop.example" } });
    const losses = made!.notices.filter(({ level }) => level === "loss").map(({ key }) => key);
    assert.deepEqual(losses.sort(), ["account", "backups", "monitoring.alerts"]);
  });
});
