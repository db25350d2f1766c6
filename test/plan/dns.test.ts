import assert from "node:assert/strict";
import { catalogs } from "../../components/clouds";
import { plan } from "../../components/plan";
import { isRecorded, publicHosts } from "../../components/plan/edge/dns";
import type { Plan } from "../../components/plan/plan";
import type { Settings } from "../../components/settings/settings";
import { app, planOf, settings, told } from "./make";

const web = { restart: "always", expose: ["80"] };
const route = (host: string, internal = false) => ({
  host,
  path: "/",
  service: "web",
  port: 80,
  ...(internal && { internal }),
});
const dns = { zone: "shop.example", cloud: "digitalocean" } as const;
const recordedHosts = (made: Plan): string[] =>
  publicHosts(made.routes).filter((host) => isRecorded(made, host));

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

describe("the domain of a site on a CDN", () => {
  const domain = "static.shop.example";
  const at = (cloud: "aws" | "gcp", set: Partial<Settings> = {}) => {
    const sites = { docs: { path: "/project/docs", spa: false, serve: "cdn" as const, domain } };
    const more = { cloud, sites, routes: [route("www.shop.example")], ...set };
    const { plan: made } = plan(app({ web }), settings(more), catalogs[cloud]());
    return {
      domain: made!.sites[0]?.domain,
      told: made!.notices
        .filter(({ key }) => /^(sites|dns)/.test(key))
        .map(({ level, key, message }) => `${level} ${key}: ${message}`),
    };
  };

  it("is served on AWS where its zone is in Route 53, and else is a loss", () => {
    assert.deepEqual(at("aws", { dns: { zone: "shop.example", cloud: "aws" } }), {
      domain,
      told: [],
    });
    for (const set of [{}, { dns: { zone: "other.example", cloud: "aws" as const } }]) {
      const without = at("aws", set);
      assert.equal(without.domain, undefined);
      assert.match(
        without.told[0]!,
        /^loss sites\.docs\.domain: its certificate is proven in Route 53 alone, .*static\.shop\.example; set dns/,
      );
    }
    const elsewhere = at("aws", { dns: { ...dns, cloud: "gcp" } }).told;
    assert.deepEqual(
      elsewhere.map((line) => line.split(":")[0]),
      ["loss sites.docs.domain", "loss dns.cloud"],
    );
  });

  it("needs a record on Google Cloud, which a zone elsewhere gets by hand", () => {
    assert.deepEqual(at("gcp", { dns: { ...dns, cloud: "gcp" } }), { domain, told: [] });
    assert.deepEqual(at("gcp").told, []);
    const routes = [route("www.other.example")];
    const other = at("gcp", { routes, dns: { zone: "other.example", cloud: "gcp" } });
    assert.match(other.told[0]!, /^loss dns\.zone: static\.shop\.example is not in the zone/);
  });

  it("has its records beside an edge of the application's own, too", () => {
    const traefik = {
      restart: "always",
      image: "traefik:v3",
      ports: [{ target: 443, published: "443", protocol: "tcp", mode: "ingress" }],
    };
    const sites = { docs: { path: "/project/docs", spa: false, serve: "cdn" as const, domain } };
    const keys = (cloud: "gcp" | "aws", more: Partial<Settings>) =>
      plan(
        app({ traefik }),
        settings({ cloud: "gcp", dns: { ...dns, cloud }, stated: new Set(["dns"]), ...more }),
        catalogs.gcp(),
      ).plan!.notices.flatMap(({ level, key }) => (/^dns/.test(key) ? [`${level} ${key}`] : []));
    assert.deepEqual(keys("gcp", { sites }), []);
    assert.deepEqual(keys("aws", { sites }), ["loss dns.cloud"]);
    assert.deepEqual(keys("gcp", {}), ["loss dns"]);
  });
});
