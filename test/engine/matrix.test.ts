import assert from "node:assert/strict";
import type { Checkpoint, Run } from "../rig/engine";
import { needsPulumi } from "../rig/pulumi";
import { CloudStack, said } from "./cloud-stack";
import { changes } from "./site";

type CloudName = "aws" | "gcp" | "digitalocean" | "local";
/**
 * One example on all of them, the others on one cloud each: what a cloud holds, and what Docker does, is the same
 * for every example and cloud (examples.test.ts).
 */
const matrix: Readonly<Record<string, readonly CloudName[]>> = {
  autoship: ["aws", "local"],
  bigga: ["aws", "gcp", "digitalocean", "local"],
  connesoa: ["gcp", "local"],
  qwaya: ["digitalocean", "local"],
  simpleapp: ["aws", "local"],
};
type StateResource = NonNullable<Checkpoint["deployment"]["resources"]>[number];

/** One stack, brought up twice. */
interface Brought {
  readonly first: Run;
  readonly second: Run;
  readonly machines: number;
  readonly loaded: readonly string[];
  readonly resources: readonly StateResource[];
}

async function bring(example: string, cloud: CloudName, address: string): Promise<Brought> {
  const own = await CloudStack.create({
    cloud,
    address,
    configFile: `examples/${example}/Pulumi.qa.yaml`,
    config: {
      // Static sites are a CDN's where the cloud has one, and a container where it has none.
      sites: undefined,
      // Of this computer's ports, domain and TLS the defaults are others.
      ...(cloud === "local" ? { listen: { http: 80, https: 443 } } : {}),
      ...(example === "simpleapp" ? { domain: "qa.simpleapp.example" } : {}),
      tls: "letsencrypt",
    },
  });
  try {
    const first = await own.stack.up();
    const second = await own.stack.up();
    const loaded = own.loaded.take();
    const { deployment } = await own.stack.export({ showSecrets: true });
    const resources = deployment.resources ?? [];
    return { first, second, machines: own.machines().length, loaded, resources };
  } finally {
    await own.dispose();
  }
}

/** Inputs of what Docker holds, by name, with names for what is another each time. */
function dockerInputs({ resources }: Brought, cloud: string): Record<string, unknown> {
  const name = ({ urn }: StateResource): string =>
    urn.split("::").pop()!.replace(`-${cloud}-`, "-");
  const names = new Map<string, string>();
  for (const one of resources) {
    const { result } = opened(one.outputs ?? {}) as { result?: string };
    if (one.type.startsWith("random:index/randomPassword")) names.set(result!, `<${name(one)}>`);
    if (one.type.startsWith("docker:index/container")) {
      names.set(one.id!, `<id of ${name(one)}>`);
      names.set(one.id!.slice(0, 12), `<id of ${name(one)}>`);
    }
  }
  const alike = (inputs: unknown): unknown => {
    let text = JSON.stringify(inputs);
    for (const [value, stand] of names) text = text.replaceAll(value, stand);
    text = text
      // Servers are in the order of their ids, and the release is a hash of those.
      .replace(/"SERVERS=([^"]*)"/, (_, servers: string) =>
        JSON.stringify(
          `SERVERS=${servers
            .split(/ (?=<)/)
            .sort()
            .join(" ")}`,
        ),
      )
      .replace(/\/release\/[0-9a-f]{16}/g, "/release/<hash>")
      // A container's name ends in a hash of its inputs.
      .replace(/-[0-9a-f]{10}"/g, '-<hash>"');
    return JSON.parse(text) as unknown;
  };
  return Object.fromEntries(
    resources
      // This computer is nobody's machine to set.
      .filter((one) => one.type.startsWith("docker:") && !name(one).endsWith("-machine-settings"))
      .map((one) => [name(one), alike(opened(one.inputs ?? {}))]),
  );
}

/** Plain data of a state shown with its secrets. */
function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  const { plaintext } = value as { plaintext?: string };
  if (plaintext !== undefined) return opened(JSON.parse(plaintext));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, opened(part)]));
}

for (const [index, [example, clouds]] of Object.entries(matrix).entries())
  describe(`${example} on ${clouds.join(", ")}, through the real engine`, function () {
    this.timeout(600_000);
    const brought = {} as Record<CloudName, Brought>;

    before(async function () {
      needsPulumi(this);
      const address = `127.0.30.${index + 1}`;
      // Two at a time are what two processors take.
      for (const pair of [clouds.slice(0, 2), clouds.slice(2)])
        await Promise.all(
          pair.map(async (cloud, at) => {
            brought[cloud] = await bring(example, cloud, address.replace(".30.", `.3${at}.`));
          }),
        );
    });

    for (const cloud of clouds)
      it(`comes up on ${cloud}, ${cloud === "local" ? "without a machine" : "on one machine"}, and changes nothing the second time`, () => {
        const { first, second, machines } = brought[cloud];
        assert.equal(first.code, 0, said(first));
        assert.equal(machines, cloud === "local" ? 0 : 1);
        assert.equal(second.code, 0, said(second));
        assert.deepEqual(changes(second), []);
        assert.deepEqual(Object.keys(second.changes), ["same"]);
      });

    it("gives Docker the same on all of them, except for generated values", () => {
      const local = dockerInputs(brought.local, "local");
      assert.ok(Object.keys(local).length > 10);
      for (const cloud of clouds)
        assert.deepEqual(dockerInputs(brought[cloud], cloud), local, cloud);
    });

    for (const cloud of clouds)
      it(`loads nothing of other clouds on ${cloud}, and asks for no other provider`, () => {
        const { loaded, resources } = brought[cloud];
        const own = cloud === "local" ? [] : [`@pulumi/${cloud}`];
        const base = ["docker", "pulumi", "random", "tls"].map((name) => `@pulumi/${name}`);
        assert.deepEqual(loaded, [...base, ...own, `clouds/${cloud}`].sort());
        const providers = resources
          .filter(({ type }) => type.startsWith("pulumi:providers:"))
          .map(({ type }) => `@pulumi/${type.split(":").pop()!}`);
        assert.deepEqual(
          [...new Set([...providers, "@pulumi/pulumi"])].sort(),
          [...base, ...own].sort(),
        );
      });
  });
