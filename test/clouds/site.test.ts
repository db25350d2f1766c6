import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { preview } from "../../cli/preview/run";
import { readStack } from "../../cli/stack";
import { catalogs, clouds } from "../../components/clouds";
import { siteFiles } from "../../components/clouds/files";
import type { CloudName } from "../../components/clouds/list";
import { names, root } from "./contract";
import { cloudArgs, planFor } from "./plan";
import { record, type Registration } from "./record";

const folder = mkdtempSync(join(tmpdir(), "berth-site-"));
const tags = { project: "bigga", stack: "qa", client: "acme" };

before(() => {
  mkdirSync(join(folder, "assets"));
  mkdirSync(join(folder, ".git"));
  writeFileSync(join(folder, "index.html"), "<h1>Hello</h1>");
  writeFileSync(join(folder, "robots.txt"), "");
  writeFileSync(join(folder, "assets/app.1a2b3c4d.js"), "");
  writeFileSync(join(folder, ".git/config"), "secret");
  writeFileSync(join(folder, ".env"), "SECRET=1");
  symlinkSync("/etc/passwd", join(folder, "passwd"));
});
after(() => {
  rmSync(folder, { recursive: true });
});

describe("the files of a site", () => {
  it("have a type and a cache lifetime, without hidden files and links", () => {
    assert.deepEqual(
      siteFiles(folder).map(({ key, contentType, cacheControl }) => [
        key,
        contentType,
        cacheControl,
      ]),
      [
        [
          "assets/app.1a2b3c4d.js",
          "text/javascript; charset=utf-8",
          "public, max-age=31536000, immutable",
        ],
        ["index.html", "text/html; charset=utf-8", "no-cache"],
        ["robots.txt", "text/plain; charset=utf-8", "public, max-age=300"],
      ],
    );
  });
});

const siteOf = (cloud: CloudName, spa: boolean, domain?: string): Promise<Registration[]> =>
  record(() => {
    const plan = planFor(cloud, "cluster", {
      ...(domain !== undefined && { dns: { zone: "acme.example", cloud } }),
    });
    const site = { name: "shop", path: folder, spa, ...(domain !== undefined && { domain }) };
    new (clouds[cloud]())(cloudArgs(plan)).site!("qa-site", { site, tags }, {});
  });

const one = (resources: readonly Registration[], name: string): Registration => {
  const found = resources.find((resource) => resource.name === name);
  assert.ok(found, name);
  return found;
};

describe("a site on aws", function () {
  this.timeout(120_000);

  it("is a private bucket that its distribution alone reads", async () => {
    const own = await siteOf("aws", true);
    const block = one(own, "qa-site-files-private").inputs;
    assert.equal(block["blockPublicPolicy"] && block["restrictPublicBuckets"], true);
    assert.match(JSON.stringify(one(own, "qa-site-files-policy").inputs), /AWS:SourceArn/);
    const { inputs } = one(own, "qa-site-distribution");
    const behavior = inputs["defaultCacheBehavior"] as Record<string, unknown>;
    assert.equal(behavior["viewerProtocolPolicy"], "redirect-to-https");
  });

  it("answers every path with the page of a single-page application, and only then", async () => {
    const errors = (own: readonly Registration[]) =>
      one(own, "qa-site-distribution").inputs["customErrorResponses"];
    assert.deepEqual(errors(await siteOf("aws", true)), [
      { errorCode: 403, responseCode: 200, responsePagePath: "/index.html" },
      { errorCode: 404, responseCode: 200, responsePagePath: "/index.html" },
    ]);
    assert.deepEqual(errors(await siteOf("aws", false)), []);
  });

  it("has its domain's certificate in the region that CloudFront reads, and TLS 1.2 or newer", async () => {
    const own = await siteOf("aws", true, "shop.acme.example");
    assert.equal(one(own, "qa-site-certificate").inputs["region"], "us-east-1");
    const { inputs } = one(own, "qa-site-distribution");
    assert.deepEqual(inputs["aliases"], ["shop.acme.example"]);
    const certificate = inputs["viewerCertificate"] as Record<string, unknown>;
    assert.equal(certificate["minimumProtocolVersion"], "TLSv1.2_2021");
    assert.equal(one(own, "qa-site-record-a").inputs["name"], "shop.acme.example");
  });
});

describe("a site on gcp", function () {
  this.timeout(120_000);

  it("redirects to https, TLS 1.2 or newer, where it has a domain", async () => {
    const own = await siteOf("gcp", true, "shop.acme.example");
    assert.equal(one(own, "qa-site-tls").inputs["minTlsVersion"], "TLS_1_2");
    const redirect = one(own, "qa-site-redirect").inputs["defaultUrlRedirect"];
    assert.equal((redirect as Record<string, unknown>)["httpsRedirect"], true);
    assert.deepEqual(
      ["qa-site-http", "qa-site-https"].map((name) => one(own, name).inputs["portRange"]),
      ["80", "443"],
    );
    assert.ok(one(own, "qa-site-address").protect);
  });
});

describe("a bucket of a site", function () {
  this.timeout(120_000);

  for (const cloud of names.filter((name) => catalogs[name]().can.sites))
    it(`has no list of its files for the world, ${cloud}`, async () => {
      const own = await siteOf(cloud, false);
      const rights = own.flatMap(({ type, inputs }) => {
        if (/bucketIAM|bucketACL|bucketAccessControl|DefaultObject/i.test(type))
          return [String(inputs["role"])];
        if (!/bucketPolicy/.test(type)) return [];
        const policy = JSON.parse(String(inputs["policy"])) as { Statement: { Action: string }[] };
        return policy.Statement.map(({ Action }) => Action);
      });
      const reads = { aws: "s3:GetObject", gcp: "roles/storage.legacyObjectReader" };
      assert.deepEqual(rights, [reads[cloud as keyof typeof reads]]);
    });

  for (const cloud of names.filter((name) => !catalogs[name]().can.sites))
    it(`is not made on ${cloud}, where the edge serves it`, () => {
      assert.equal("site" in clouds[cloud]().prototype, false);
    });

  it("answers a missing file with the site's own page where nobody may list, gcp", async () => {
    const policy = async (spa: boolean) =>
      JSON.stringify(
        one(await siteOf("gcp", spa), "qa-site-map").inputs["defaultCustomErrorResponsePolicy"],
      );
    const codes = /"matchResponseCodes":\["403","404"\]/;
    assert.match(await policy(true), codes);
    assert.match(await policy(true), /"overrideResponseCode":200,"path":"\/index.html"/);
    assert.equal(await policy(false), undefined);
    writeFileSync(join(folder, "404.html"), "<h1>Not here</h1>");
    assert.match(await policy(false), codes);
    assert.match(await policy(false), /"overrideResponseCode":404,"path":"\/404.html"/);
    rmSync(join(folder, "404.html"));
  });
});

describe("the records of a site", function () {
  this.timeout(120_000);

  const prod = async (...overrides: string[]) => {
    const { recording } = await preview(
      readStack(root, {
        configFile: "examples/bigga/Pulumi.prod.yaml",
        overrides: ["cloud=gcp", ...overrides],
      }),
    );
    const made = recording.resources.filter(({ type }) => type === "gcp:dns/recordSet:RecordSet");
    return {
      made: made.map(({ inputs }) => inputs["name"]),
      told: recording.outputs["records"] as { name: string; type: string; value: string }[],
    };
  };

  it("are made where dns has their zone, and are an output in any case", async () => {
    const name = "static.bigga.example";
    const by = await prod("dns.zone=bigga.example", "dns.cloud=gcp");
    assert.ok(by.made.includes(`${name}.`));
    const elsewhere = await prod();
    assert.deepEqual(elsewhere.made, []);
    for (const { told } of [by, elsewhere])
      assert.deepEqual(
        told.filter((record) => record.name === name),
        [{ name, type: "A", value: "203.0.113.10" }],
      );
    assert.ok(by.told.length > 1);
  });
});
