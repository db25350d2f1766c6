import assert from "node:assert/strict";
import { resolve } from "node:path";
import type { StackOptions } from "../rig/engine";
import { said } from "../docker/rig";
import { Authority, type Pair } from "./authority";
import type { SimulatedCloud } from "./cloud";
import { deepTwice } from "./deep";
import { Deployment } from "./deployment";
import { listed, rulesOf } from "./firewall";
import { ask, needsMachine, type Client } from "./machine";
import { kinds, userDataOf } from "./parts";
import { NetworkSandbox } from "./network-sandbox";

const examples = resolve(__dirname, "../../examples");

/** SimpleApp, and a service of its own that sends back what comes to it, by TCP and UDP. */
const withEcho = `
name: simpleapp
include: [${examples}/simpleapp/compose.yaml]
services:
  echo:
    image: redis:7
    restart: unless-stopped
    init: true
    entrypoint: [perl, -MIO::Socket::INET, -e]
    command:
      - |
        if (fork) {
          my $$at = IO::Socket::INET->new(LocalPort => 5001, Proto => "udp");
          while ($$at->recv(my $$text, 1500)) { $$at->send($$text) }
        } else {
          my $$at = IO::Socket::INET->new(LocalPort => 5000, Listen => 5, ReuseAddr => 1);
          while (my $$caller = $$at->accept) { print $$caller "hello\\n" }
        }
`;

interface Whole {
  readonly cloud: SimulatedCloud;
  readonly address: string;
  readonly application: string;
  readonly options: Partial<StackOptions> & { readonly text?: string };
  readonly images: readonly string[];
  /** Data services that the application behind each host names. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  readonly openPorts: { readonly tcp: readonly number[]; readonly udp: readonly number[] };
  /** How many machines the metadata service's answers cross. */
  readonly hops: number;
}

const simpleApp = {
  application: "SimpleApp",
  options: {
    text: withEcho,
    configFile: `${examples}/simpleapp/Pulumi.qa.yaml`,
    config: { openPorts: { "5000": "echo:5000", "5001/udp": "echo:5001" } },
  },
  images: ["mysql:8.4", "redis:7", "golang:1.24", "busybox:1.37", "traefik:v3.5"],
  openPorts: { tcp: [5000], udp: [5001] },
};

const wholes: readonly Whole[] = [
  {
    cloud: "digitalocean",
    address: "127.0.0.2",
    application: "Bigga",
    options: { configFile: `${examples}/bigga/Pulumi.qa.yaml` },
    images: [
      ...["postgres:17", "mongo:7", "neo4j:5", "elasticsearch:8.19.0", "solr:9", "redis:7"],
      ...["rabbitmq:4-management", "python:3.12-slim", "node:20-slim", "nginx:1.29"],
      ...["busybox:1.37", "traefik:v3.5"],
    ],
    hosts: {
      "api.qa.bigga.example": [
        ...["postgres", "mongo", "neo4j", "elasticsearch", "solr", "rabbitmq", "redis"],
      ],
      "ws.qa.bigga.example": ["redis"],
    },
    openPorts: { tcp: [], udp: [] },
    hops: 64,
  },
  // Its disk is attached when the machine is there already.
  {
    ...simpleApp,
    cloud: "aws",
    address: "127.0.0.3",
    hosts: { "app.127.0.0.3.sslip.io": ["mysql", "redis"] },
    // As the machine's metadata options say; a test holds them to it.
    hops: 1,
  },
  {
    ...simpleApp,
    cloud: "gcp",
    address: "127.0.0.4",
    hosts: { "app.127.0.0.4.sslip.io": ["mysql", "redis"] },
    hops: 64,
  },
];

for (const { cloud, address, application, options, images, hosts, openPorts, hops } of wholes)
  describe(`${application} on a machine of ${cloud}, from nothing`, function () {
    this.timeout(1_500_000);
    let made: Deployment;
    let certificates: Awaited<ReturnType<Deployment["certificates"]>>;
    let wall: NetworkSandbox;

    before(async function () {
      needsMachine(this);
      made = await Deployment.create(address, { ...options, cloud });
      made.cloud.images = images;
    });
    after(async () => {
      (wall as NetworkSandbox | undefined)?.dispose();
      await (made as Deployment | undefined)?.dispose();
    });

    const thing = () => made.cloud.world.things().find(({ type }) => kinds.machine.test(type))!;

    it("boots by the cloud's user-data, and comes up over mutual TLS, in one update", async () => {
      const run = await made.stack.up();
      certificates = await made.certificates();
      assert.equal(run.code, 0, said(run));
    });

    it("reads and writes every data service through the machine's edge", async () => {
      for (const [host, services] of Object.entries(hosts)) await deepTwice(made, host, services);
    });

    it("changes nothing the second time", async () => {
      const run = await made.stack.up();
      assert.equal(run.code, 0, said(run));
      assert.deepEqual(Object.keys(run.changes), ["same"], said(run));
    });

    it("ends its boot without a failed unit, cloud-init done", async () => {
      const { machine } = made.cloud;
      assert.equal(await machine.settled(), "done", machine.report());
      assert.equal(machine.shell("systemctl --failed --no-legend"), "");
    });

    it("keeps all of Docker's state on the data disk", () => {
      const { machine, disk } = made.cloud;
      for (const folder of ["docker", "containerd"])
        assert.match(
          machine.run("findmnt", "-no", "SOURCE,FSTYPE", `/var/lib/${folder}`),
          new RegExp(`^/dev/loop${disk}\\[/${folder}\\] +ext4$`),
        );
      const info = machine.run("docker", "info", "-f", "{{.Driver}} {{.LiveRestoreEnabled}}");
      assert.equal(info, "overlay2 true");
    });

    it("has a cloud-config without mistakes", () => {
      const path = "/var/lib/cloud/seed/nocloud/user-data";
      const said = made.cloud.machine.run("cloud-init", "schema", "--config-file", path);
      assert.match(said, /Valid/);
      assert.ok(Buffer.byteLength(userDataOf(thing())) < 16_000);
    });

    it("accepts the stack's own client", async () => {
      const { ca, client } = certificates;
      assert.equal(await ask(address, { ca: ca.cert, pair: client }), "OK");
    });

    const client = (pair?: Pair): Client => ({
      ca: certificates.ca.cert,
      ...(pair === undefined ? {} : { pair }),
    });
    const others: Readonly<Record<string, [() => Client, RegExp]>> = {
      "no certificate": [() => client(), /bad certificate|certificate required/],
      "another authority's certificate": [
        () => client(new Authority().client()),
        /bad certificate|unknown ca/,
      ],
      "the server's own certificate": [() => client(certificates.server), /bad certificate/],
      "an expired certificate": [
        () => client(new Authority(certificates.ca).client(-1)),
        /certificate expired|bad certificate/,
      ],
      "no TLS": [() => ({ ca: "", plain: true }), /HTTP request to an HTTPS server/],
      "another authority to check the server by": [
        () => ({ ...client(certificates.client), ca: new Authority().cert }),
        /self-signed certificate in certificate chain|unable to verify|unable to get local issuer/,
      ],
    };
    for (const [what, [who, refusal]] of Object.entries(others))
      it(`refuses a client with ${what}`, async () => {
        assert.match(await ask(address, who()), refusal);
      });

    it("listens on no other port than Docker's, SSH's and those of its edge", () => {
      const listening = made.cloud.machine
        .run("ss", "-Hltn")
        .split("\n")
        .map((line) => line.trim().split(/\s+/)[3]!)
        .filter((at) => !/^(127\.|\[::1\])/.test(at));
      const ports = listening.map((at) => Number(at.split(":").pop()));
      assert.deepEqual(
        [...new Set(ports)].sort((a, b) => a - b),
        [22, 80, 443, 2376, ...openPorts.tcp],
      );
    });

    it("is reached through the cloud's firewall where it is open, and nowhere else", async () => {
      const rules = rulesOf(made.cloud.world.things());
      assert.deepEqual(
        listed(rules),
        [
          ...[80, 443, ...openPorts.tcp].map((port) => `tcp ${port} from 0.0.0.0/0`),
          ...openPorts.udp.map((port) => `udp ${port} from 0.0.0.0/0`),
          "tcp 2376 from 203.0.113.0/24",
        ].sort(),
      );
      wall = await NetworkSandbox.create(made.cloud.machine.pid);
      wall.allow(rules);
      const tried = Array.from({ length: 9500 }, (_, index) => index + 1);
      const stranger = await wall.reached("stranger", { tcp: tried, udp: openPorts.udp });
      assert.deepEqual(stranger, { tcp: [80, 443, ...openPorts.tcp], udp: openPorts.udp });
      const operator = await wall.reached("operator", { tcp: tried, udp: openPorts.udp });
      assert.deepEqual(operator, { tcp: [80, 443, 2376, ...openPorts.tcp], udp: openPorts.udp });
    });

    const metadata = "169.254.169.254";
    /** What a container on one of the machine's networks gets from an address of the metadata service. */
    const inContainer = (network: string, ...command: readonly string[]): string =>
      made.cloud.machine.shell(
        `docker run --rm --network ${network} busybox:1.37 ${command.join(" ")}`,
      );
    /** @param seconds How long silence is waited for, or an answer. */
    const fetch = (seconds: number): string[] => {
      const url = `http://${metadata}/latest/user-data`;
      // Not as the first process, which no signal ends; its own -T crashes in a static BusyBox.
      return ["sh", "-c", `'timeout ${seconds} wget -qO- ${url}; true'`];
    };

    it("reads its own user-data at the metadata service, and no container does", async () => {
      if (cloud === "aws") {
        const { metadataOptions } = thing().inputs as { metadataOptions: Record<string, unknown> };
        assert.equal(metadataOptions.httpPutResponseHopLimit, hops);
        assert.equal(metadataOptions.httpTokens, "required");
      }
      await wall.serveMetadata(hops);
      assert.equal(made.cloud.machine.run("curl", "-sm", "5", `http://${metadata}/`), "user-data");
      const networks = made
        .docker("network", "ls", "--filter", "driver=bridge", "--format", "{{.Name}}")
        .split("\n");
      assert.ok(networks.includes("bridge") && networks.length > 3, networks.join(" "));
      for (const network of networks)
        assert.doesNotMatch(inContainer(network, ...fetch(3)), /user-data/, network);
    });

    // That of AWS has another address.
    if (cloud !== "aws")
      it("keeps the cloud's name server at that address in reach of containers", () => {
        assert.doesNotMatch(inContainer("bridge", "nslookup", "bigga.test", metadata), /timed out/);
      });

    it(hops === 1 ? "keeps it so by the hop limit too" : "would not without Docker's rule", () => {
      const { machine } = made.cloud;
      machine.shell(`iptables -w -F DOCKER-USER`);
      const got = inContainer("bridge", ...fetch(hops === 1 ? 3 : 30));
      machine.run("/usr/local/sbin/berth-firewall");
      if (hops === 1) assert.doesNotMatch(got, /user-data/);
      else assert.match(got, /user-data/);
      assert.doesNotMatch(inContainer("bridge", ...fetch(3)), /user-data/);
    });
  });
