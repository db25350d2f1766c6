import assert from "node:assert/strict";
import { planOf, problemsOf, serviceOf, told, type Loose } from "./make";

const data = { type: "volume" as const, source: "data", target: "/data" };
const rolloutOf = (service: Loose, others: Record<string, Loose> = {}): string =>
  serviceOf(planOf({ it: service, ...others }), "it").rollout;

describe("rollout", () => {
  it("starts the new version first, unless the service writes a volume", () => {
    assert.equal(rolloutOf({}), "start-first");
    assert.equal(rolloutOf({ volumes: [data] }), "stop-first");
    assert.equal(rolloutOf({ volumes: [{ ...data, read_only: true }] }), "start-first");
  });

  it("follows update_config.order", () => {
    assert.equal(rolloutOf({ deploy: { update_config: { order: "stop-first" } } }), "stop-first");
    assert.equal(
      rolloutOf({ volumes: [data], deploy: { update_config: { order: "start-first" } } }),
      "start-first",
    );
  });

  it("never has two containers on one fixed address", () => {
    assert.equal(rolloutOf({ networks: { default: { ipv4_address: "10.5.0.5" } } }), "stop-first");
    assert.equal(rolloutOf({ networks: { default: { ipv6_address: "fd00::5" } } }), "stop-first");
  });

  it("runs a one-shot once: awaited, not restarted, or labelled", () => {
    assert.equal(rolloutOf({ restart: "no" }), "job");
    assert.equal(rolloutOf({ restart: "on-failure:3" }), "job");
    assert.equal(rolloutOf({ labels: { "berth.job": "true" } }), "job");
    assert.equal(rolloutOf({ labels: { "berth.cron": "0 3 * * *" } }), "cron");
    const awaited = {
      it: { condition: "service_completed_successfully" as const, required: true },
    };
    assert.equal(rolloutOf({}, { web: { depends_on: awaited } }), "job");
  });

  it("takes a service that listens for a service, whatever its restart", () => {
    const made = planOf({ it: { restart: "on-failure", expose: ["80"] } });
    assert.equal(serviceOf(made, "it").rollout, "start-first");
    assert.equal(serviceOf(made, "it").restart, "on-failure");
    assert.deepEqual(told(made), ["info it.restart"]);
  });

  it("gives a service without restart unless-stopped, with a notice", () => {
    const made = planOf({ it: {} });
    assert.equal(serviceOf(made, "it").restart, "unless-stopped");
    assert.deepEqual(told(made), ["info it.restart"]);
    assert.deepEqual(told(planOf({ it: { restart: "always" } })), []);
  });

  it("runs one container of a global service", () => {
    assert.equal(rolloutOf({ deploy: { mode: "global" } }), "daemon");
  });

  it("makes services stop-first where old and new do not fit the memory, largest first", () => {
    const big = {
      restart: "always",
      deploy: { resources: { limits: { memory: String(1500 * 2 ** 20) } } },
    };
    const small = {
      restart: "always",
      deploy: { resources: { limits: { memory: String(200 * 2 ** 20) } } },
    };
    const made = planOf({ big, small });
    assert.equal(serviceOf(made, "big").rollout, "start-first");
    const full = planOf({ big, other: big, small });
    assert.equal(serviceOf(full, "small").rollout, "start-first");
    assert.deepEqual(
      full.services.filter(({ rollout }) => rollout === "stop-first").map(({ name }) => name),
      ["big", "other"],
    );
    assert.deepEqual(told(full), [
      "info big.deploy.update_config.order",
      "info other.deploy.update_config.order",
    ]);
  });

  it("refuses two database servers on one volume", () => {
    assert.deepEqual(
      problemsOf({ db: { image: "postgres:17", volumes: [data], deploy: { replicas: 2 } } }),
      [
        "services.db.deploy.replicas: 2 postgres servers on one volume would destroy it; run one, or set berth:databases.db",
      ],
    );
  });

  it("puts each service after what it waits for", () => {
    const wait = (name: string): Loose => ({
      depends_on: { [name]: { condition: "service_healthy", required: true } },
    });
    const made = planOf({ a: wait("b"), b: wait("c"), c: {} });
    assert.deepEqual(
      made.services.map(({ name }) => name),
      ["c", "b", "a"],
    );
    assert.equal(serviceOf(made, "c").waitHealthy, true);
    assert.equal(serviceOf(made, "a").waitHealthy, false);
  });
});
