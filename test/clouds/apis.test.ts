import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { preview } from "../../cli/preview/run";
import type { Recorded } from "../../cli/recording";
import { readStack } from "../../cli/stack";
import { apisOf } from "../../components/clouds/gcp/apis";
import { root } from "./contract";

const examples = readdirSync(`${root}/examples`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** What only some stacks have: alerts, records, shared volumes, sites and caches. */
const more: Readonly<Record<string, readonly string[]>> = {
  qa: ["monitoring.alerts=ops@bigga.example"],
  prod: ["dns.zone=bigga.example", "dns.cloud=gcp"],
};

async function resourcesOf(example: string, stack: string): Promise<readonly Recorded[]> {
  const { recording } = await preview(
    readStack(root, {
      configFile: `examples/${example}/Pulumi.${stack}.yaml`,
      overrides: ["cloud=gcp", ...(example === "bigga" ? more[stack]! : [])],
    }),
  );
  return recording.resources;
}

const service = "gcp:projects/service:Service";

describe("Google Cloud's APIs", function () {
  this.timeout(300_000);
  const seen = new Set<string>();

  for (const example of examples)
    for (const stack of ["qa", "prod"])
      it(`are on before anything of ${example} that needs them, ${stack}`, async () => {
        const resources = await resourcesOf(example, stack);
        const apis = new Map(
          resources
            .filter(({ type }) => type === service)
            .map(({ urn, inputs }) => [String(inputs["service"]), urn]),
        );
        for (const { type, name, dependencies, custom } of resources) {
          if (!custom || !type.startsWith("gcp:")) continue;
          seen.add(type);
          for (const api of apisOf(type)) {
            const urn = apis.get(`${api}.googleapis.com`);
            assert.ok(urn !== undefined && dependencies.includes(urn), `${name} waits for ${api}`);
          }
        }
        for (const { type, inputs } of resources)
          if (type === service) assert.equal(inputs["disableOnDestroy"], false);
      });

  it("are those of machines, clusters, databases, sites, records and alerts", () => {
    for (const kind of ["instance", "cluster", "databaseInstance", "backendBucket", "recordSet"])
      assert.ok(
        [...seen].some((type) => type.includes(`/${kind}:`)),
        kind,
      );
    assert.ok(seen.has("gcp:monitoring/alertPolicy:AlertPolicy"));
  });

  it("are known for each type, or the program says where to write it down", () => {
    assert.throws(() => apisOf("gcp:pubsub/topic:Topic"), /pubsub\/topic.*gcp\/apis\.ts/);
    assert.deepEqual(apisOf("random:index/randomId:RandomId"), []);
  });

  it("keep their resources of before, in the network, the cluster and the registry", async () => {
    const resources = await resourcesOf("bigga", "prod");
    const prefix = "berth-gcp";
    const aliases = resources
      .filter(({ type, aliases }) => type === service && aliases.length > 0)
      .map((one) => `${one.name} was ${one.aliases.join()}`);
    assert.deepEqual(aliases.sort(), [
      `${prefix}-apis-artifactregistry was ${prefix}-registry-api`,
      `${prefix}-apis-compute was ${prefix}-network-compute-api`,
      `${prefix}-apis-container was ${prefix}-cluster-container-api`,
      `${prefix}-apis-servicenetworking was ${prefix}-network-servicenetworking-api`,
      `${prefix}-apis-sqladmin was ${prefix}-network-sqladmin-api`,
    ]);
  });
});
