import assert from "node:assert/strict";
import { catalogs } from "../../components/clouds";
import type { CloudName } from "../../components/clouds/list";
import { plan } from "../../components/plan";
import type { Settings } from "../../components/settings/settings";
import { app, settings } from "./make";

const web = { restart: "always", image: "example/web:1", expose: ["80"] };

const said = (cloud: CloudName, set: Partial<Settings>): string[] =>
  plan(app({ web }), settings({ cloud, ...set }), catalogs[cloud]()).plan!.notices.flatMap(
    ({ level, key, message }) =>
      /new account/.test(message) ? [`${level} ${key}: ${message}`] : [],
  );

const nodes = (min: number, size?: string) =>
  ({
    shape: "cluster",
    domain: "shop.example",
    nodes: { min, max: min, ...(size !== undefined && { size }) },
  }) as const;

describe("the quotas of a new account", () => {
  it("are said where the stack alone exceeds one, with the place to ask for more", () => {
    assert.deepEqual(said("aws", { machine: "xlarge" }), [
      "info machine: the stack uses 8 vCPUs of on-demand machines in a region, and a new account of aws has 5 (2026-11-29); ask for more before up, if yours is new: https://console.aws.amazon.com/servicequotas",
    ]);
    assert.match(
      said("digitalocean", nodes(10)).join("\n"),
      /^info nodes: .* 11 droplets.* has 10/,
    );
    assert.match(
      said("gcp", nodes(10, "e2-standard-4")).join("\n"),
      /40 CPUs in a region.* has 24 /,
    );
    assert.match(said("gcp", { disk: 600 }).join(), /620 GB of SSD and balanced disks/);
  });

  it("are not mentioned where they are enough, or unknown", () => {
    for (const cloud of ["aws", "gcp", "digitalocean", "hetzner", "local"] as const)
      assert.deepEqual(said(cloud, cloud === "local" ? {} : { machine: "small" }), [], cloud);
    for (const cloud of ["aws", "gcp", "digitalocean"] as const)
      assert.deepEqual(said(cloud, nodes(2)), [], cloud);
  });
});
