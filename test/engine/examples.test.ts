import assert from "node:assert/strict";
import { resolve } from "node:path";
import { preview, type Preview } from "../../cli/preview/run";
import { shown } from "../../cli/recording";
import { readStack } from "../../cli/stack";

const repository = resolve(__dirname, "../..");
const examples = ["autoship", "bigga", "connesoa", "qwaya", "simpleapp"];
const clouds = ["aws", "gcp", "digitalocean"] as const;
const machine = /^(aws:ec2\/instance|gcp:compute\/instance|digitalocean:index\/droplet):/;

/** What an example's QA stack would make on a cloud, or on this computer. */
function planned(example: string, cloud: string): Promise<Preview> {
  // Static sites are a CDN's where the cloud has one, and a container where it has none.
  const overrides = [`cloud=${cloud}`, "gcp:project=acme-qa", "sites={}"];
  const configFile = `examples/${example}/Pulumi.qa.yaml`;
  return preview(readStack(repository, { configFile, overrides }));
}

/** Inputs of what Docker holds, by name, without what the edge and the backups have of a cloud: ports, certificates, hosts, buckets. */
function dockerInputs({ recording }: Preview, cloud: string): Record<string, string> {
  const found = recording.resources.filter(
    ({ type, name }) =>
      type.startsWith("docker:") && !/-(edge-traefik|routes|backups-scheduler)$/.test(name),
  );
  return Object.fromEntries(
    found.map(({ name, inputs }) => [
      name.replace(`-${cloud}-`, "-"),
      JSON.stringify(shown(inputs)).replace(/(-\d)-[0-9a-f]{10}"/g, '$1"'),
    ]),
  );
}

/** What a cloud itself holds: type and name of each resource, whichever zone the example is in. */
function onCloud({ recording }: Preview, cloud: string): readonly string[] {
  return recording.resources
    .filter(({ type }) => type.startsWith(`${cloud}:`))
    .map(({ type, name }) => `${type} ${name.replace(/-[a-z]+-[a-z]+-\d[a-z]$/, "-<zone>")}`)
    .sort();
}

const held: Record<string, readonly string[]> = {};

for (const example of examples)
  it(`${example} has one machine on every cloud with the same around it, and Docker gets the same`, async function () {
    this.timeout(120_000);
    const inputs = [];
    for (const cloud of clouds) {
      const made = await planned(example, cloud);
      const machines = made.recording.resources.filter(({ type }) => machine.test(type));
      assert.equal(machines.length, 1, cloud);
      assert.deepEqual(onCloud(made, cloud), (held[cloud] ??= onCloud(made, cloud)), cloud);
      inputs.push(dockerInputs(made, cloud));
    }
    assert.ok(Object.keys(inputs[0]!).length > 3);
    for (const [index, found] of inputs.entries())
      assert.deepEqual(found, inputs[0], clouds[index]);
  });
