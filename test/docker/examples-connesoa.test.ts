import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { bring, call, deepTwice, eventually, up } from "./example";
import { needsDocker, type Bench } from "./rig";

const python = ["accounts", "catalog", "orders", "payments", "search", "reports", "ratings"];
const go = ["pricing", "stock", "shipping", "geo", "coupons", "images", "events"];

/** Where a service's route is. */
const routes = [
  ...python.map((service) => ({ service, host: `${service}.localhost`, path: "" })),
  ...go.map((service) => ({ service, host: "api.localhost", path: `/${service}` })),
];

describe("ConneSOA on Docker, through the real engine", function () {
  this.timeout(600_000);
  let bench: Bench;

  before(async function () {
    needsDocker(this);
    bench = await bring("connesoa");
  });
  after(async () => {
    await (bench as Bench | undefined)?.dispose();
  });

  it("comes up, all twenty-three services of it", async () => {
    await up(bench);
  });

  for (const { service, host, path } of routes)
    it(`reads and writes its data services: ${service}`, async () => {
      const { body } = await call(bench, host, `${path}/`);
      assert.equal((JSON.parse(body) as { service: string }).service, service);
      const stores = python.includes(service)
        ? ["postgres", "redis", "rabbitmq"]
        : ["mysql", "redis"];
      await deepTwice(bench, host, stores, path);
    });

  it("finds every service by its name", async () => {
    let calls = 0;
    for (const { host, path } of routes) {
      const { status, body } = await call(bench, host, `${path}/calls`);
      assert.equal(status, 200, `${host}${path}: ${body}`);
      calls += Object.keys((JSON.parse(body) as { calls: object }).calls).length;
    }
    assert.equal(calls, 16);
  });

  it("takes a record through two queues, each job done once", async () => {
    const host = "orders.localhost";
    const { status, body } = await call(bench, host, "/records", { text: "an order of the test" });
    assert.equal(status, 201, body);
    const { id } = JSON.parse(body) as { id: number };
    let record: { text?: string; done?: string[] } = {};
    await eventually(30, async () => {
      record = JSON.parse((await call(bench, host, `/records/${id}`)).body) as typeof record;
      return record.done?.length === 2;
    });
    assert.deepEqual(record, { id, text: "an order of the test", done: ["invoicer", "mailer"] });
    assert.equal((await call(bench, "payments.localhost", `/records/${id}`)).status, 404);
  });

  it("gives every service a key of its own, and no other", () => {
    const keys = routes.map(({ service }) => {
      const name = bench.containers().find((one) => one.includes(`-${service}-`))!;
      const key = Buffer.from(bench.docker("cp", `${name}:/run/secrets/service_key`, "-"));
      assert.ok(key.includes(`development-${service}`), service);
      return createHmac("sha256", key).digest("hex");
    });
    assert.equal(new Set(keys).size, routes.length);
  });

  it("changes nothing the second time", async () => {
    await up(bench, { unchanged: true });
  });
});
