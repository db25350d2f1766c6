import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { replacing } from "../../cli/preview/replacing";
import { revealed } from "../../cli/recording";
import { answersOf } from "../../cli/recording/outputs";
import { isObject } from "../../cli/recording/values";
import { factsOf } from "../simulators/facts";
import { examples } from "./examples";

/** What a provider replaces on and Berth says nothing of, each with its reason. */
const unknown: Readonly<Record<string, string>> = {
  "aws:elasticache/replicationGroup:ReplicationGroup transitEncryptionEnabled":
    "in place since Redis 7.0.5",
};

/** Of a provider's replacing properties, those that its facts leave out: parts of lists and objects. */
const nested: Readonly<Record<string, readonly string[]>> = {
  "digitalocean:index/kubernetesCluster:KubernetesCluster": ["nodePool.size"],
};

/** Where the table says more than the provider's schema, each with its reason. */
const more: Readonly<Record<string, string>> = {
  "gcp:compute/firewall:Firewall network": "Google Cloud refuses to change it",
  "gcp:compute/instance:Instance metadataStartupScript": "depends on how the script was given",
};

const gcp = (
  JSON.parse(readFileSync(join(__dirname, "replaces/gcp.json"), "utf8")) as {
    resources: Readonly<Record<string, readonly string[]>>;
  }
).resources;

/** Properties that the provider replaces on, by its schema or its documentation. */
function replacingOf(type: string): readonly string[] {
  const pkg = type.split(":")[0]!;
  if (pkg === "gcp") {
    assert.ok(gcp[type], `${type}: add what replaces it to test/clouds/replaces/gcp.json`);
    return gcp[type];
  }
  const facts = factsOf(pkg).resources[type];
  assert.ok(facts, `${type}: no facts; see test/simulators/facts`);
  return [
    ...Object.entries(facts).flatMap(([name, fact]) => (fact.replaces === true ? [name] : [])),
    ...(nested[type] ?? []),
  ];
}

/** Every path that an input has, without numbers of items: `rules.value`. */
function pathsOf(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((item) => pathsOf(item, path))];
  if (!isObject(value)) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, item]) =>
      pathsOf(item, path === "" ? key : `${path}.${key}`),
    ),
  ];
}

describe("what replaces a resource", function () {
  this.timeout(120_000);
  /** The inputs of every cloud's resources of all examples, by type. */
  const made = new Map<string, Set<string>>();

  before(async () => {
    for (const { recording } of await examples())
      for (const { type, custom, inputs } of recording.resources) {
        if (!custom || !/^(aws|gcp|digitalocean|hcloud):/.test(type)) continue;
        const paths = made.get(type) ?? new Set();
        for (const path of pathsOf(revealed(inputs))) paths.add(path);
        made.set(type, paths);
      }
  });

  it("is known for every property that Berth sets and a provider replaces on", () => {
    assert.ok(made.size > 90, `${made.size} types`);
    const missing = [...made].flatMap(([type, paths]) =>
      replacingOf(type)
        .filter((path) => paths.has(path) && !replacing(type, path))
        .map((path) => `${type} ${path}`),
    );
    assert.deepEqual(missing.sort(), Object.keys(unknown).sort());
  });

  it("is nothing that Google Cloud, DigitalOcean or Hetzner change in place", () => {
    const wrong = [...made.keys()]
      .filter((type) => !type.startsWith("aws:"))
      .flatMap((type) => {
        const known = replacingOf(type);
        const table = answersOf(type.split(":")[0]!)!.replaces[type] ?? [];
        return table
          .filter((path) => !known.some((one) => one === path || one.startsWith(`${path}.`)))
          .map((path) => `${type} ${path}`);
      });
    assert.deepEqual(wrong.sort(), Object.keys(more).sort());
  });
});
