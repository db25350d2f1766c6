import assert from "node:assert/strict";
import { recordedHosts } from "../../components/plan/edge/dns";
import { planOf, told } from "./make";

const web = { restart: "always", expose: ["80"] };
const route = (host: string, internal = false) => ({
  host,
  path: "/",
  service: "web",
  port: 80,
  ...(internal && { internal }),
});
const dns = { zone: "shop.example", cloud: "digitalocean" } as const;

describe("the records of a zone", () => {
  const made = (...hosts: string[]) =>
    planOf({ web }, { dns, routes: hosts.map((one) => route(one)) });

  it("are those of hosts in it", () => {
    const hosts = [
      "shop.example",
      "www.shop.example",
      "*.shop.example",
      "workshop.example",
      "other.org",
    ];
    const plan = made(...hosts);
    assert.deepEqual(recordedHosts(plan), hosts.slice(0, 3));
    const [notice] = plan.notices.filter(({ key }) => key === "dns.zone");
    assert.equal(notice!.level, "loss");
    assert.match(notice!.message, /^workshop.example, other.org are not in the zone shop.example/);
  });

  it("need no base domain", () => {
    assert.deepEqual(told(made("www.shop.example")), []);
    assert.deepEqual(recordedHosts(made("www.shop.example")), ["www.shop.example"]);
  });

  it("are none for routes that are not for the world, which is reported", () => {
    const plan = planOf({ web }, { dns, routes: [route("a.shop.example", true)] });
    assert.deepEqual(recordedHosts(plan), []);
    assert.deepEqual(told(plan), ["loss dns"]);
  });

  it("are none where another cloud has the zone", () => {
    const plan = planOf(
      { web },
      { dns: { ...dns, cloud: "aws" }, routes: [route("a.shop.example")] },
    );
    assert.deepEqual(recordedHosts(plan), []);
    assert.deepEqual(told(plan), ["loss dns.cloud"]);
  });
});
