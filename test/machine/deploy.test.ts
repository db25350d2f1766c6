import assert from "node:assert/strict";
import { resolve } from "node:path";
import { said } from "../docker/rig";
import { realProviders } from "../rig/providers";
import { Authority, type Pair } from "./authority";
import { deepTwice, deepWithin } from "./deep";
import { changes, Deployment } from "./deployment";
import { needsMachine } from "./machine";

const example = resolve(__dirname, "../../examples/simpleapp");
const address = "127.0.0.5";
const host = `app.${address}.sslip.io`;
const images = ["mysql:8.4", "redis:7", "golang:1.24", "busybox:1.37", "traefik:v3.5"];

describe("SimpleApp on a machine of DigitalOcean", function () {
  this.timeout(1_200_000);
  let made: Deployment;

  before(async function () {
    needsMachine(this);
    made = await Deployment.create(address, { configFile: resolve(example, "Pulumi.qa.yaml") });
  });
  after(async () => {
    await (made as Deployment | undefined)?.dispose();
  });

  /** The one line of an update that Docker lets do nothing. */
  async function refusal(): Promise<string> {
    const run = await made.stack.up();
    assert.notEqual(run.code, 0, said(run));
    const lines = said(run).split("\n");
    const told = lines.filter((line) => / error: .*tcp:/.test(line));
    // While it runs, and in the diagnostics at the end.
    assert.equal(told.length, 2, said(run));
    const [one, two] = told.map((line) => /docker: .*/.exec(line)![0].trim());
    assert.equal(one, two);
    assert.doesNotMatch(said(run), /^ +at /m, said(run));
    assert.deepEqual(
      changes(run).filter((step) => / docker:|:providers:docker /.test(step)),
      [],
    );
    return one!;
  }

  it("says in one line that an expired certificate is refused, once the machine has booted", async function () {
    if (realProviders) {
      console.error("skipped: the plugin for tls has this computer's clock and no other");
      this.skip();
    }
    const past = Date.now() - 400 * 24 * 3_600_000;
    made.now = () => new Date(past);
    assert.match(
      await refusal(),
      /refuses this stack's client certificate: it expired on \d{4}-\d\d-\d\d; renew it with pulumi up --refresh$/,
    );
  });

  it("renews that certificate, and with it the provider alone; then brings the application up", async () => {
    await made.cloud.load(images);
    made.now = () => new Date();
    const run = await made.stack.up();
    assert.equal(run.code, 0, said(run));
    const others = changes(run).filter((step) => !/^create /.test(step));
    assert.deepEqual(
      [...new Set(others.map((step) => step.split(" ")[1]))],
      realProviders ? [] : ["tls:index/locallySignedCert:LocallySignedCert"],
    );
  });

  it("reads and writes MySQL and Redis through the edge", async () => {
    await deepTwice(made, host, ["mysql", "redis"]);
  });

  it("sends http to https", async () => {
    const { status, location } = await made.callPlain(host, "/notes");
    assert.ok([301, 302, 307, 308].includes(status), `${status}`);
    assert.match(location, new RegExp(`^https://${host}/notes`));
  });

  it("opens no port on the machine but the edge's and Docker's", () => {
    const published = made.docker("ps", "--format", "{{.Ports}}").split("\n");
    const ports = published.flatMap((line) => [...line.matchAll(/:(\d+)->/g)].map(([, at]) => at));
    assert.deepEqual([...new Set(ports)].sort(), ["443", "80"]);
  });

  it("changes nothing the second time", async () => {
    const run = await made.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(Object.keys(run.changes), ["same"], said(run));
  });

  const anew = "make another with pulumi up --replace '**-machine-client*'";
  type Certificates = Awaited<ReturnType<Deployment["certificates"]>>;
  const others: readonly [string, (own: Certificates) => Pair, RegExp][] = [
    [
      "no certificate",
      ({ client }) => ({ ...client, cert: "" }),
      /requires a client certificate, and this stack's state has none; (.*)$/,
    ],
    [
      "another authority's certificate",
      ({ client }) => new Authority().client(365, client.key),
      /refuses this stack's client certificate: it is signed by an authority other than this stack's; (.*)$/,
    ],
    [
      "a certificate of another key",
      ({ client, server }) => ({ ...client, cert: server.cert }),
      /cannot be used \(.*key values mismatch\); (.*)$/,
    ],
    [
      "the server's own certificate",
      ({ server }) => server,
      /refuses this stack's client certificate: it is a server certificate; (.*)$/,
    ],
  ];
  for (const [what, pair, line] of others)
    it(`says in one line that ${what} is refused, and changes nothing`, async () => {
      const before = made.containers();
      const own = await made.certificates();
      await made.impersonate(pair(own));
      const told = await refusal();
      assert.match(told, line);
      assert.equal(line.exec(told)![1], anew);
      assert.deepEqual(made.containers(), before);
      // The last one stays, to be mended as the line says.
      if (what !== others.at(-1)![0]) await made.impersonate(own.client);
    });

  it("is corrected by the command of that line, and only the provider changes", async () => {
    const before = made.containers();
    const run = await made.stack.up({ args: ["--replace", /'(.*)'/.exec(anew)![1]!] });
    assert.equal(run.code, 0, said(run));
    assert.deepEqual([...new Set(changes(run).map((step) => step.split(" ")[1]))].sort(), [
      "pulumi:providers:docker",
      "tls:index/certRequest:CertRequest",
      "tls:index/locallySignedCert:LocallySignedCert",
      "tls:index/privateKey:PrivateKey",
    ]);
    assert.deepEqual(made.containers(), before);
  });

  it("comes back by itself when the machine is rebooted, with the same containers", async () => {
    const { status, body } = await made.call(host, "/notes", { text: "before the reboot" });
    assert.equal(status, 201, body);
    const before = made.containers();
    await made.cloud.machine.reboot();
    await deepWithin(300, made, host);
    assert.match((await made.call(host, "/notes")).body, /before the reboot/);
    assert.deepEqual(made.containers(), before);
    const run = await made.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(Object.keys(run.changes), ["same"], said(run));
  });
});
