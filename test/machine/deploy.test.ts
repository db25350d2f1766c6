import assert from "node:assert/strict";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { said } from "../docker/rig";
import { changes, Deployment } from "./deployment";
import { needsMachine } from "./machine";

const example = resolve(__dirname, "../../examples/simpleapp");
const address = "127.0.0.5";
const host = `app.${address}.sslip.io`;
const images = ["mysql:8.4", "redis:7", "golang:1.24", "busybox:1.37", "traefik:v3.5"];

interface Deep {
  readonly services: Record<string, { readonly ok: boolean; readonly value: string }>;
}

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

  /** Values that the application wrote to each data service and read back. */
  async function deep(): Promise<Record<string, string>> {
    const { status, body } = await made.call(host, "/health/deep");
    assert.equal(status, 200, body);
    const { services } = JSON.parse(body) as Deep;
    return Object.fromEntries(Object.entries(services).map(([name, { value }]) => [name, value]));
  }

  async function deepWithin(seconds: number): Promise<void> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const failure = await deep().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure === undefined) return;
      if (Date.now() > end) throw failure as Error;
      await sleep(1000);
    }
  }

  it("says in one line that an expired certificate is refused, once the machine has booted", async () => {
    const past = Date.now() - 400 * 24 * 3_600_000;
    made.now = () => new Date(past);
    const run = await made.stack.up();
    assert.notEqual(run.code, 0);
    const lines = said(run).split("\n");
    const told = lines.filter((line) => /refuses this stack's client certificate/.test(line));
    // While it runs, and in the diagnostics at the end.
    assert.equal(told.length, 2, said(run));
    for (const line of told) assert.match(line, /it expired on \d{4}-\d\d-\d\d; renew it/);
    assert.doesNotMatch(said(run), /^ +at /m, said(run));
    assert.deepEqual(
      changes(run).filter((step) => / docker:/.test(step)),
      [],
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
      ["tls:index/locallySignedCert:LocallySignedCert"],
    );
  });

  it("reads and writes MySQL and Redis through the edge", async () => {
    const [one, two] = [await deep(), await deep()];
    assert.deepEqual(Object.keys(one).sort(), ["mysql", "redis"]);
    for (const [name, value] of Object.entries(one)) {
      assert.notEqual(two[name], value, name);
    }
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

  it("comes back by itself when the machine is rebooted, with the same containers", async () => {
    const { status, body } = await made.call(host, "/notes", { text: "before the reboot" });
    assert.equal(status, 201, body);
    const before = made.containers();
    await made.cloud.machine.reboot();
    await deepWithin(300);
    assert.match((await made.call(host, "/notes")).body, /before the reboot/);
    assert.deepEqual(made.containers(), before);
    const run = await made.stack.up();
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(Object.keys(run.changes), ["same"], said(run));
  });
});
