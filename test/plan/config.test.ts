import assert from "node:assert/strict";
import { catalogs } from "../../components/clouds";
import { plan } from "../../components/plan";
import type { Settings } from "../../components/settings/settings";
import { app, catalog, planOf, problemsOf, serviceOf, settings, snapshot, told } from "./make";

const web = { restart: "always", expose: ["80"] };
const dns = { zone: "example.com", cloud: "aws" } as const;

describe("config that a plan answers to", () => {
  it("asks for the account, once there is one to be wrong about", () => {
    const { account: _, ...none } = settings();
    assert.deepEqual(told(planOf({ web }, { ...none, account: undefined } as never)), [
      "info account",
    ]);
  });

  it("says what a cloud cannot check, and what it does not watch", () => {
    const { account: _, ...unchecked } = catalog;
    const other = { ...unchecked, can: { ...catalog.can, alerts: false } };
    const said = (more: Partial<Settings>): string[] => {
      const { account: _none, ...none } = settings(more);
      const stated = "account" in more ? { ...none, account: more.account } : none;
      return told(plan(app({ web }), stated, other).plan!);
    };
    assert.deepEqual(said({}), []);
    assert.deepEqual(said({ account: "team" }), ["loss account"]);
    const monitoring = { alerts: "ops@example.com" };
    assert.deepEqual(said({ monitoring }), ["loss monitoring.alerts"]);
    assert.deepEqual(told(planOf({ web }, { monitoring })), []);
  });

  it("says whom the cloud lets administer a cluster, and whom of admins it does not know", () => {
    const role = "arn:aws:iam::210987654321:role/ci/ship";
    const grants = {
      form: "an ARN",
      pattern: /^arn:/,
      correct: () => undefined,
      otherwise: "alone",
    };
    const made = (admins: string[], cloud = catalog) =>
      plan(app({ web }), settings({ shape: "cluster", domain: "a.b", admins }), cloud).plan!;
    const known = { ...catalog, admins: grants };
    assert.deepEqual(made([role, "user:ada@acme.example"], known).cluster!.admins, [role]);
    assert.deepEqual(told(made([role], known)), []);
    assert.deepEqual(told(made([], known)), ["info admins"]);
    assert.deepEqual(told(made([role, "user:ada@acme.example"], known)), ["loss admins"]);
    assert.deepEqual(told(made([role])), ["loss admins"]);
    assert.deepEqual(made([role]).cluster!.admins, []);
  });

  it("takes the machine types of the region, where it has its own", () => {
    const machines = { ...catalog.machines, small: "other-2vcpu" };
    const machineTypes = {
      ...catalog.machineTypes,
      "other-2vcpu": { cpus: 2, memory: 4, monthly: 20 },
    };
    const other = { ...catalog, machineTypes, machinesIn: { nyc3: machines } };
    const typeIn = (location: "europe" | "us-east"): string | undefined =>
      plan(app({ web }), settings({ location }), other).plan?.machine?.type;
    assert.equal(typeIn("europe"), "s-2vcpu-4gb");
    assert.equal(typeIn("us-east"), "other-2vcpu");
  });

  it("has a notice for a zone in another cloud, which has no effect", () => {
    assert.deepEqual(told(planOf({ web }, { dns, domain: "example.com" })), ["loss dns.cloud"]);
  });

  it("runs Datadog's agent on a machine, its key a reference", () => {
    const key = "\u0001config:monitoring.datadogApiKey\u0002";
    const made = planOf({ web }, { monitoring: { datadogApiKey: key } });
    assert.equal(serviceOf(made, "datadog").environment["DD_API_KEY"], key);
    assert.deepEqual(serviceOf(made, "datadog").networks, {});
  });

  it("has a notice for an autoscaler on a machine", () => {
    const scale = { web: { min: 2, max: 9 } };
    const made = planOf({ web }, { scale });
    assert.deepEqual(told(made), ["info scale.web"]);
    assert.equal(serviceOf(made, "web").replicas, 2);
  });

  it("refuses an open port that the edge itself has", () => {
    const open = { port: 443, protocol: "tcp", service: "web" } as const;
    assert.deepEqual(problemsOf({ web }, { openPorts: [open] }), [
      "berth:openPorts.443: the edge itself listens on 443; take another port, or a route in berth:routes",
    ]);
  });

  it("serves a site on the edge where no CDN does, its files in the container", () => {
    const sites = { docs: { path: "/project/docs", spa: true } };
    const files = [{ path: "index.html", content: "<p>hello", binary: false, executable: false }];
    const without = { ...catalog, can: { ...catalog.can, sites: false } };
    const { plan: made } = plan(app({ web }), settings({ sites, domain: "example.com" }), without, {
      siteFiles: { "/project/docs": snapshot({ files, count: 1, bytes: 8 }) },
    });
    assert.deepEqual(made!.sites, []);
    assert.deepEqual(
      made!.routes.map(({ host, service, port }) => [host, service, port]),
      [["docs.example.com", "site-docs", 80]],
    );
    const mounted = serviceOf(made!, "site-docs").mounts.flatMap((mount) =>
      mount.kind === "files" ? mount.files : [],
    );
    assert.deepEqual(
      mounted.map(({ path }) => path),
      ["/usr/share/nginx/html/index.html", "/etc/nginx/conf.d/default.conf"],
    );
    assert.match(mounted[1]!.content, /try_files \$uri \$uri\/ \/index\.html;/);
  });

  it("says what an organisation may forbid of a site, unless the config says where it is served", () => {
    const site = { path: "/project/docs", spa: false };
    const at = (serve?: "cdn" | "edge") => {
      const sites = { docs: { ...site, ...(serve !== undefined && { serve }) } };
      const files = [{ path: "index.html", content: "", binary: false, executable: false }];
      const made = plan(app({ web }), settings({ sites, domain: "example.com" }), catalogs.gcp(), {
        siteFiles: { "/project/docs": snapshot({ files, count: 1, bytes: 8 }) },
      });
      return made.plan!.notices.filter(({ key }) => key === "sites.docs.serve");
    };
    assert.match(at()[0]?.message ?? "", /organisation .* set serve to edge/);
    assert.deepEqual([...at("cdn"), ...at("edge")], []);
  });
});
