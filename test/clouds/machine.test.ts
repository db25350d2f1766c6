import assert from "node:assert/strict";
import { catalogs, clouds } from "../../components/clouds";
import type { CloudName } from "../../components/clouds/list";
import { machineArgs, names, only, stack, tagProperty, tags } from "./contract";
import { cloudArgs, planFor } from "./plan";
import { record, type Registration } from "./record";

const machineOf = (cloud: CloudName): Promise<Registration[]> =>
  record(() => {
    const made = new (clouds[cloud]())(
      cloudArgs(planFor(cloud, "vm", { monitoring: { alerts: "ops@acme.example" } })),
    );
    made.machine("qa-machine", machineArgs(cloud), {});
  });

const values = (value: unknown): unknown[] =>
  Array.isArray(value)
    ? value.flatMap(values)
    : typeof value === "object" && value !== null
      ? [value, ...Object.values(value).flatMap(values)]
      : [value];

/** `tcp 443 ← 0.0.0.0/0` of each way in that a cloud's firewall opens. */
function waysIn(resources: readonly Registration[]): string[] {
  const text = (value: unknown): string => String(value);
  const rows = resources.flatMap(({ type, inputs }): [string, string, unknown][] => {
    switch (type) {
      case "digitalocean:index/firewall:Firewall":
        return (inputs["inboundRules"] as Record<string, unknown>[]).flatMap((rule) =>
          (rule["sourceAddresses"] as string[]).map((source): [string, string, unknown] => [
            text(rule["protocol"]),
            text(rule["portRange"]),
            source,
          ]),
        );
      case "hcloud:index/firewall:Firewall":
        return (inputs["rules"] as Record<string, unknown>[]).flatMap((rule) => {
          assert.equal(rule["direction"], "in");
          return (rule["sourceIps"] as string[]).map((source): [string, string, unknown] => [
            text(rule["protocol"]),
            text(rule["port"]),
            source,
          ]);
        });
      case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
        return [[text(inputs["ipProtocol"]), rangeOf(inputs), inputs["cidrIpv4"]]];
      case "gcp:compute/firewall:Firewall":
        return (inputs["allows"] as { protocol: string; ports: string[] }[]).flatMap((allow) =>
          allow.ports.flatMap((port) =>
            (inputs["sourceRanges"] as string[]).map((source): [string, string, unknown] => [
              allow.protocol,
              port,
              source,
            ]),
          ),
        );
      default:
        // Rules inside the group itself would add to, or fight with, those of their own.
        assert.equal(inputs["ingress"], undefined, type);
        return [];
    }
  });
  return rows.map(([protocol, port, source]) => `${protocol} ${port} ← ${text(source)}`).sort();
}

const rangeOf = ({ fromPort, toPort }: Record<string, unknown>): string =>
  fromPort === toPort ? String(fromPort) : `${String(fromPort)}-${String(toPort)}`;

const holdsData = /(ebs\/volume|index\/volume|compute\/disk):/;
const holdsAddress = /(ec2\/eip|index\/(reservedIp|primaryIp)|compute\/address):/;
const isMachine = /(ec2\/instance|index\/(droplet|server)|compute\/instance):/;

for (const cloud of names)
  describe(`the machine of ${cloud}`, () => {
    let resources: readonly Registration[];
    let own: readonly Registration[];

    before(async function () {
      this.timeout(120_000);
      resources = await machineOf(cloud);
      own = resources.filter(({ type, custom }) => custom && !stack.test(type));
    });

    it("names each child after its parent, and puts nothing but components under the stack", () => {
      for (const { type, name, parent } of resources) {
        if (parent === "") assert.match(type, /^(berth|random|pulumi:providers):?/);
        else assert.ok(name.startsWith(`${parent}-`), `${name} under ${parent}`);
      }
    });

    it("admits everyone on 80, 443 and open ports, a range by one rule, and operators on Docker's", () => {
      assert.deepEqual(waysIn(resources), [
        "tcp 2376 ← 198.51.100.7/32",
        "tcp 443 ← 0.0.0.0/0",
        "tcp 80 ← 0.0.0.0/0",
        "udp 5000-5002 ← 0.0.0.0/0",
      ]);
    });

    it("protects the disk and the address, and nothing that has to be replaceable", () => {
      const kept = resources.filter(({ protect }) => protect).map(({ name }) => name);
      assert.deepEqual(kept.sort(), ["qa-machine-address", "qa-machine-disk"]);
      assert.ok(only(own, holdsData).protect);
      assert.ok(only(own, holdsAddress).protect);
    });

    it("tags everything that can carry tags", () => {
      for (const { type, name, inputs } of own) {
        const property = tagProperty(type);
        if (property === undefined) continue;
        const found = JSON.stringify(inputs[property] ?? null);
        for (const [key, value] of Object.entries(tags))
          assert.ok(found.includes(key) && found.includes(value), `${name} has ${key}: ${found}`);
      }
      assert.ok(own.some(({ type }) => tagProperty(type) !== undefined));
    });

    it("gives each resource a provider of the stack's own", () => {
      for (const { name, type, provider, custom } of resources)
        if (custom && !type.startsWith("pulumi:"))
          assert.match(provider, new RegExp(`^(${cloud}|qa-tls|qa-random)$`), name);
    });

    it("marks every key as secret", () => {
      for (const { name, inputs, secrets } of resources)
        for (const [key, value] of Object.entries(inputs))
          if (values(value).some((one) => typeof one === "string" && /PRIVATE KEY/.test(one)))
            assert.ok(secrets.includes(key), `${name}.${key}`);
      const { secrets } = only(own, isMachine);
      assert.deepEqual(secrets, [cloud === "gcp" ? "metadata" : "userData"]);
    });

    it("chooses the order of replacement of each resource", () => {
      for (const { name, deleteBeforeReplace } of own)
        assert.notEqual(deleteBeforeReplace, undefined, name);
      assert.equal(only(own, isMachine).deleteBeforeReplace, true);
    });

    it("makes Docker's certificates from the address alone", () => {
      const from = Object.fromEntries(
        resources.map(({ name, inputDependencies }) => [name, inputDependencies]),
      );
      assert.deepEqual(from["qa-machine-server-request"]?.["ipAddresses"], ["qa-machine-address"]);
      const upstream = (name: string): string[] =>
        Object.values(from[name] ?? {})
          .flat()
          .flatMap((dependency) => [dependency, ...upstream(dependency)]);
      const all = [
        ...new Set([...upstream("qa-machine-server"), ...upstream("qa-machine-client")]),
      ];
      const clouds = all.filter((name) => own.some((resource) => resource.name === name));
      assert.deepEqual(clouds, ["qa-machine-address"]);
    });

    it("does not replace the machine for a later image", () => {
      const { ignoreChanges } = only(own, isMachine);
      assert.ok(
        ignoreChanges.some((path) => /^(ami|image|bootDisk\.initializeParams\.image)$/.test(path)),
      );
    });

    it("sends alerts where the settings say", function () {
      if (!catalogs[cloud]().can.alerts) return this.skip();
      const mails = own.filter(({ inputs }) => JSON.stringify(inputs).includes("ops@acme.example"));
      const alerts = own.filter(({ name }) => name.startsWith("qa-machine-alert-"));
      assert.ok(mails.length > 0);
      assert.ok(alerts.length >= 2);
    });

    it("makes a new machine when its user-data or its disk changes", () => {
      const { inputs, replaceOnChanges } = only(own, isMachine);
      if (cloud === "aws") assert.equal(inputs["userDataReplaceOnChange"], true);
      else if (cloud === "hetzner")
        // The provider itself replaces for other user-data, and the disk's path there holds its id.
        assert.match(JSON.stringify(inputs["userData"]), /scsi-0HC_Volume_\d+/);
      else assert.ok(replaceOnChanges.some((path) => /volumeIds|attachedDisks/.test(path)));
      if (cloud === "gcp") assert.ok(replaceOnChanges.includes('metadata["user-data"]'));
    });

    it("detaches no disk from a running machine", () => {
      const attachments = own.filter(({ type }) => /[aA]ttach(ment|edDisk):/.test(type));
      if (cloud === "aws") {
        const { inputs } = only(attachments, /ec2\/volumeAttachment/);
        assert.equal(inputs["stopInstanceBeforeDetaching"], true);
      } else if (cloud === "hetzner") {
        // Its deletion, the first, does nothing; the deletion of the server shuts down and detaches.
        const { retainOnDelete } = only(attachments, /index\/volumeAttachment/);
        assert.equal(retainOnDelete, true);
        assert.equal(only(own, isMachine).inputs["shutdownBeforeDeletion"], true);
      } else
        assert.deepEqual(
          attachments.map(({ type }) => type).filter((type) => /isk|olume/.test(type)),
          [],
        );
    });

    it("keeps a hop to the metadata service from containers where the cloud can", () => {
      if (cloud !== "aws") return;
      const options = only(own, isMachine).inputs["metadataOptions"] as Record<string, unknown>;
      assert.equal(options["httpPutResponseHopLimit"], 1);
      assert.equal(options["httpTokens"], "required");
    });
  });

describe("the machine of this computer", () => {
  it("is Docker as it is here", async () => {
    const resources = await record(() => {
      const cloud = new (clouds.local())(cloudArgs(planFor("local", "vm")));
      const machine = cloud.machine("qa-machine", machineArgs("local"), {});
      assert.deepEqual(machine.docker, {});
      assert.equal(machine.disk, undefined);
    });
    assert.deepEqual(
      resources.map(({ type }) => type).filter((type) => !stack.test(type)),
      ["berth:local:Machine"],
    );
  });
});
