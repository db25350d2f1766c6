import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { catalogs, clouds } from "../../components/clouds";
import type { CloudName } from "../../components/clouds/list";
import { names, stack, tagProperty, tags } from "./contract";
import { cloudArgs, planFor } from "./plan";
import { record, type Registration } from "./record";

/** The first of a set of records, as text or as an object. */
const first = (records: readonly (string | { value: string })[] = []): string | undefined => {
  const [record] = records;
  return typeof record === "object" ? record.value : record;
};

for (const cloud of names)
  describe(`the registry and the records of ${cloud}`, () => {
    const { can } = catalogs[cloud]();
    let own: readonly Registration[];
    const said: Record<string, string> = {};

    before(async function () {
      this.timeout(120_000);
      own = await record(() => {
        const made = new (clouds[cloud]())(
          cloudArgs(planFor(cloud, can.cluster ? "cluster" : "vm")),
        );
        assert.equal(made.registry !== undefined, can.registry);
        const registry = made.registry?.("qa-registry", { repositories: ["backend"], tags }, {});
        if (registry !== undefined)
          pulumi
            .all([registry.server, registry.repository("backend"), registry.username])
            .apply(([server, repository, username]) =>
              Object.assign(said, { server, repository, username }),
            );
        const records = [
          { name: "acme.example", type: "A", values: ["203.0.113.10"] },
          { name: "www.acme.example", type: "CNAME", values: ["acme.example"] },
        ] as const;
        made.dns!("qa-dns", { zone: "acme.example", records }, {});
      });
      own = own.filter(({ type, custom }) => custom && !stack.test(type));
    });

    it("gives images a place on its own server, and a login to it", function () {
      if (!can.registry) return this.skip();
      assert.ok(said["repository"]?.startsWith(`${said["server"] ?? "?"}/`), said["repository"]);
      assert.match(said["repository"] ?? "", /\/backend$/);
      assert.match(said["server"] ?? "", /^[a-z0-9.-]+$/);
      assert.ok(said["username"]);
    });

    it("writes names and values as the cloud wants them", () => {
      const records = own.filter(({ name }) => name.startsWith("qa-dns-"));
      const written = records.map(({ inputs }) =>
        [
          inputs["name"],
          inputs["type"],
          inputs["value"] ??
            first(inputs["records"] as (string | { value: string })[] | undefined) ??
            (inputs["rrdatas"] as string[])[0],
        ].join(" "),
      );
      const wanted: Partial<Record<CloudName, string[]>> = {
        aws: ["acme.example A 203.0.113.10", "www.acme.example CNAME acme.example"],
        gcp: ["acme.example. A 203.0.113.10", "www.acme.example. CNAME acme.example."],
        digitalocean: ["@ A 203.0.113.10", "www CNAME acme.example."],
        hetzner: ["@ A 203.0.113.10", "www CNAME acme.example."],
      };
      assert.deepEqual(written, wanted[cloud]);
    });

    it("are tagged, each with a chosen order of replacement and an explicit provider", () => {
      for (const { name, type, inputs, deleteBeforeReplace, provider } of own) {
        assert.notEqual(deleteBeforeReplace, undefined, name);
        assert.equal(provider, cloud, name);
        const property = tagProperty(type);
        if (property !== undefined)
          assert.match(JSON.stringify(inputs[property] ?? null), /acme/, `${name}: ${property}`);
      }
    });
  });
