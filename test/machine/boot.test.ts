import assert from "node:assert/strict";
import { clouds, offers } from "../../components/clouds";
import { userData } from "../../components/clouds/machine/user-data";
import type { CloudName } from "../../components/settings/settings";
import { cloudArgs, planFor } from "../clouds/plan";
import { record } from "../clouds/record";
import { Authority } from "./authority";
import { diskPath } from "./cloud";
import { Disk } from "./disk";
import { ask, Machine, needsMachine, type Client } from "./machine";

/** Where each cloud's machine carries its user-data. */
const carried: Readonly<Record<string, (inputs: Record<string, unknown>) => unknown>> = {
  "aws:ec2/instance:Instance": ({ userData }) => userData,
  "gcp:compute/instance:Instance": ({ metadata }) =>
    (metadata as { value?: Record<string, unknown> } & Record<string, unknown>)["user-data"],
  "digitalocean:index/droplet:Droplet": ({ userData }) => userData,
};

const plainText = (value: unknown): string =>
  typeof value === "string" ? value : String((value as { value: unknown }).value);

/** The user-data that the program gives a cloud's machine, with certificates of the recording. */
async function given(cloud: CloudName): Promise<string> {
  const resources = await record(() => {
    new (clouds[cloud]())(cloudArgs(planFor(cloud, "vm"))).machine(
      "qa-machine",
      {
        type: offers[cloud]().machines.small,
        disk: 40,
        ports: [{ port: 80, protocol: "tcp" }],
        operators: ["198.51.100.7/32"],
        grace: 60,
        reboot: "Sun 04:00",
        tags: {},
        protect: false,
      },
      {},
    );
  });
  const machine = resources.find(({ type }) => carried[type] !== undefined)!;
  return plainText(carried[machine.type]!(machine.inputs));
}

/** The same text with certificates that work. */
function certified(
  text: string,
  { cert, server }: { cert: string; server: Authority["server"] },
  address: string,
): { text: string; disk: string } {
  const disk = diskPath(text);
  const [ca, shown, key] = [...text.matchAll(/^ *-----BEGIN [\s\S]*?-----END [A-Z ]+-----$/gm)].map(
    ([block]) => block.replace(/^ +/gm, ""),
  ) as [string, string, string];
  const rest = { disk, grace: 60, reboot: "Sun 04:00" };
  assert.equal(userData({ ...rest, ca, cert: shown, key }), text, "the program gives another text");
  const pair = server(address);
  return { disk, text: userData({ ...rest, ca: cert, cert: pair.cert, key: pair.key }) };
}

const machines: readonly { cloud: CloudName; address: string; attachAfter?: number }[] = [
  { cloud: "digitalocean", address: "127.0.0.2" },
  // Its attachment is made when the machine is there already.
  { cloud: "aws", address: "127.0.0.3", attachAfter: 20 },
  { cloud: "gcp", address: "127.0.0.4" },
];

for (const { cloud, address, attachAfter } of machines)
  describe(`the user-data of ${cloud} on a machine`, function () {
    this.timeout(900_000);
    const authority = new Authority();
    const client: Client = { ca: authority.cert, pair: authority.client() };
    let text: string;
    let disk: Disk;
    let machine: Machine;

    before(async function () {
      needsMachine(this);
      const made = certified(
        await given(cloud),
        { cert: authority.cert, server: (at) => authority.server(at) },
        address,
      );
      text = made.text;
      disk = new Disk();
      machine = new Machine(text, {
        address,
        disk,
        path: made.disk,
        ...(attachAfter === undefined ? {} : { attachAfter }),
      });
    });
    after(() => {
      (machine as Machine | undefined)?.destroy();
      (disk as Disk | undefined)?.dispose();
    });

    it("boots until Docker's API answers over mutual TLS", async () => {
      await machine.answers(client);
    });

    it("ends without a failed unit, cloud-init done", async () => {
      assert.equal(await machine.settled(), "done", machine.report());
      assert.equal(machine.shell("systemctl --failed --no-legend"), "");
    });

    it("keeps all of Docker's state on the data disk", () => {
      for (const folder of ["docker", "containerd"])
        assert.match(
          machine.run("findmnt", "-no", "SOURCE,FSTYPE", `/var/lib/${folder}`),
          new RegExp(`^/dev/loop${disk.number}\\[/${folder}\\] +ext4$`),
        );
      const info = machine.run("docker", "info", "-f", "{{.Driver}} {{.LiveRestoreEnabled}}");
      assert.equal(info, "overlay2 true");
    });

    it("is a cloud-config without mistakes", () => {
      const path = "/var/lib/cloud/seed/nocloud/user-data";
      assert.match(machine.run("cloud-init", "schema", "--config-file", path), /Valid/);
      assert.ok(Buffer.byteLength(text) < 16_000);
    });

    const others: Readonly<Record<string, [() => Client, RegExp]>> = {
      "no certificate": [() => ({ ca: authority.cert }), /bad certificate|certificate required/],
      "another authority's certificate": [
        () => ({ ca: authority.cert, pair: new Authority().client() }),
        /bad certificate|unknown ca/,
      ],
      "the server's own certificate": [
        () => ({ ca: authority.cert, pair: authority.server(address) }),
        /bad certificate/,
      ],
      "an expired certificate": [
        () => ({ ca: authority.cert, pair: authority.client(-1) }),
        /certificate expired|bad certificate/,
      ],
      "no TLS": [() => ({ ca: "", plain: true }), /HTTP request to an HTTPS server/],
      "another authority to check the server by": [
        () => ({ ca: new Authority().cert, pair: authority.client() }),
        /self-signed certificate in certificate chain|unable to verify|unable to get local issuer/,
      ],
    };
    for (const [what, [who, refusal]] of Object.entries(others))
      it(`refuses a client with ${what}`, async () => {
        assert.match(await ask(address, who()), refusal);
      });

    it("is open on no other port than Docker's, and the web's once something listens there", () => {
      const listening = machine
        .run("ss", "-Hltn")
        .split("\n")
        .map((line) => line.trim().split(/\s+/)[3]!)
        .filter((at) => !/^(127\.|\[::1\])/.test(at));
      assert.deepEqual([...new Set(listening.map((at) => at.split(":").pop()))].sort(), [
        "22",
        "2376",
      ]);
    });
  });
