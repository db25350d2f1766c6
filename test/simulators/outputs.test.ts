import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { callOf, outputsOf } from "../../cli/recording/outputs";
import { preview as digitalocean } from "../../components/clouds/digitalocean/preview";
import { preview as hetzner } from "../../components/clouds/hetzner/preview";
import { docker } from "../../cli/recording/outputs/docker";
import { random } from "../../cli/recording/outputs/random";
import { tls } from "../../cli/recording/outputs/tls";

/** Output properties that the SDK's class declares and its args do not: a cloud computes them. */
function computed(token: string): string[] {
  const [pkg = "", module = "", type = ""] = token.split(":");
  const root = dirname(require.resolve(`@pulumi/${pkg}/package.json`));
  const file = join(root, `${module.split("/")[1] ?? ""}.d.ts`);
  assert.ok(existsSync(file), `${token}: the SDK has no such resource`);
  const text = readFileSync(file, "utf8");
  const start = text.indexOf(`export declare class ${type} extends pulumi.CustomResource`);
  assert.notEqual(start, -1, `${token}: the SDK has no such resource`);
  const end = text.indexOf("export interface", start);
  const args = text.slice(text.indexOf(`export interface ${type}Args`));
  const given = new Set([...args.matchAll(/^ {4}(\w+)\??: /gm)].map((match) => match[1]));
  return [...text.slice(start, end).matchAll(/^ {4}readonly (\w+): pulumi\.Output<(.*)>;/gm)]
    .filter(([, , kind]) => !/\bundefined\b/.test(kind ?? ""))
    .map((match) => match[1] ?? "")
    .filter((name) => !given.has(name));
}

/** What the plugin leaves out where there is nothing, by its transcripts. */
const unset: Readonly<Record<string, RegExp>> = {
  "digitalocean:index/databaseCluster:DatabaseCluster": /^ui/,
  "digitalocean:index/loadBalancer:LoadBalancer": /^ipv6$/,
  "digitalocean:index/monitorAlert:MonitorAlert": /^uuid$/,
  "digitalocean:index/volume:Volume": /^filesystemLabel$/,
};

describe("outputsOf", () => {
  for (const { resources } of [docker, tls, random, digitalocean, hetzner])
    for (const type of Object.keys(resources))
      it(`knows every computed output of ${type}`, () => {
        const outputs = outputsOf(type, "some", {});
        const missing = computed(type).filter(
          (name) => outputs[name] === undefined && unset[type]?.test(name) !== true,
        );
        assert.deepEqual(missing, []);
        assert.equal(typeof outputs.id, "string");
      });

  it("gives the same values for the same name, others for another", () => {
    const type = "random:index/randomPassword:RandomPassword";
    assert.deepEqual(outputsOf(type, "a", { length: 24 }), outputsOf(type, "a", { length: 24 }));
    assert.notEqual(outputsOf(type, "a", {}).result, outputsOf(type, "b", {}).result);
    assert.equal(String(outputsOf(type, "a", { length: 24 }).result).length, 24);
  });

  it("stands 203.0.113.10 for addresses that only the cloud knows", () => {
    assert.equal(
      outputsOf("digitalocean:index/droplet:Droplet", "vm", {}).ipv4Address,
      "203.0.113.10",
    );
    assert.equal(
      outputsOf("digitalocean:index/reservedIp:ReservedIp", "ip", {}).ipAddress,
      "203.0.113.10",
    );
  });

  it("gives a droplet an id that is a number in a string", () => {
    assert.match(String(outputsOf("digitalocean:index/droplet:Droplet", "vm", {}).id), /^\d+$/);
  });

  it("gives at least an id for a type that it does not know", () => {
    assert.deepEqual(outputsOf("other:index/thing:Thing", "x", {}), { id: "x-id" });
  });
});

describe("callOf", () => {
  it("answers what is known, with the arguments", () => {
    const token = "digitalocean:index/getKubernetesVersions:getKubernetesVersions";
    assert.equal(callOf(token, { versionPrefix: "1.35." }).latestVersion, "1.35.3-do.1");
  });

  it("fails for a function that it does not know", () => {
    assert.throws(() => callOf("digitalocean:index/getMoon:getMoon", {}), {
      message:
        "digitalocean:index/getMoon:getMoon: no answer of this function is known; add it to components/clouds/digitalocean/preview",
    });
  });
});
