/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment -- objects differ from kind to kind */
import assert from "node:assert/strict";
import fc from "fast-check";
import { objectName } from "../../components/kubernetes/names";
import { objectsOf } from "./make";

describe("names on a cluster", () => {
  it("are what Kubernetes allows, whatever the file calls things", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 20, max: 63 }), (text, max) => {
        const name = objectName(text, max);
        assert.match(name, /^[a-z]([-a-z0-9]*[a-z0-9])?$/);
        assert.ok(name.length <= max);
      }),
    );
  });

  it("answer by every alias, on declared ports and those that others call", async () => {
    const { one } = await objectsOf({
      Back_End: {
        restart: "always",
        container_name: "shop-api",
        networks: { default: { aliases: ["api"] } },
        expose: ["8000", "53/udp"],
      },
      web: { restart: "always", environment: { URL: "http://api:9000/x" }, links: ["Back_End:b"] },
      worker: { restart: "always" },
    });
    const ports = [
      { name: "udp-53", port: 53, targetPort: 53, protocol: "UDP" },
      { name: "tcp-8000", port: 8000, targetPort: 8000, protocol: "TCP" },
      { name: "tcp-9000", port: 9000, targetPort: 9000, protocol: "TCP" },
    ];
    for (const name of ["back-end", "shop-api", "api", "b"]) {
      const { spec, metadata } = one("Service", name);
      assert.deepEqual(spec.selector, { "berth.service": "back-end" });
      assert.deepEqual(spec.ports, ports);
      assert.equal(metadata.annotations?.["pulumi.com/skipAwait"], "true");
    }
    assert.deepEqual(one("Service", "worker").spec, {
      selector: { "berth.service": "worker" },
      clusterIP: "None",
    });
  });

  it("lead to all services that share one", async () => {
    const networks = { default: { aliases: ["pool"] } };
    const { one } = await objectsOf({
      a: { restart: "always", networks, expose: ["80"] },
      b: { restart: "always", networks, expose: ["80"] },
    });
    const selector = { "berth.name/pool": "true" };
    assert.deepEqual(one("Service", "pool").spec.selector, selector);
    for (const name of ["a", "b"])
      assert.equal(
        one("Deployment", name).spec.template.metadata.labels["berth.name/pool"],
        "true",
      );
  });

  it("stay apart where two services have one slug", async () => {
    const { all } = await objectsOf({
      a_b: { restart: "always" },
      "a-b": { restart: "always" },
    });
    const names = all.filter(({ kind }) => kind === "Deployment").map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });
});
