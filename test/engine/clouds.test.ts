import assert from "node:assert/strict";
import { readFileSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { Bench, said } from "../docker/rig";
import { outer } from "../machine/machine";
import type { Checkpoint, Run } from "../rig/engine";
import { needsDockerMachine } from "./machine";
import { leaks, secretValues, written } from "./secrets";
import { changes, repository, Site } from "./site";

const name = "site";
const net = "127.0.20";
const hush = "hush-hush-of-the-configuration";
const images = ["traefik:v3.5", "busybox:1.37", "berth-test-app:1"];
const compose = `name: ${name}
services:
  migrate: { image: busybox:1.37, command: ["true"], restart: "no" }
  store:
    image: busybox:1.37
    restart: unless-stopped
    init: true
    command: ["sh", "-c", "cat /run/secrets/password > /data/row; sleep 100000"]
    volumes: ["data:/data"]
    secrets: [password, session]
    networks: [back]
  web:
    image: berth-test-app:1
    restart: unless-stopped
    ports: ["8000:8000"]
    environment: { VERSION: one, TOKEN: "\${TOKEN}" }
    healthcheck: { test: [CMD, /app, check], interval: 1s }
    networks: [back, front]
    depends_on: { store: { condition: service_started }, migrate: { condition: service_completed_successfully } }
    deploy: { replicas: 2 }
  worker:
    image: busybox:1.37
    restart: unless-stopped
    init: true
    command: ["sleep", "100000"]
    networks: [back]
networks: { back: {}, front: {} }
volumes: { data: {} }
secrets: { password: { environment: PASSWORD }, session: { environment: SESSION } }
`;
const droplet = "digitalocean:index/droplet:Droplet";
const volume = "digitalocean:index/volume:Volume";
const reservedIp = "digitalocean:index/reservedIp:ReservedIp";
const firewall = "digitalocean:index/firewall:Firewall";
const container = "docker:index/container:Container";

type Env = Readonly<Record<string, string>>;
type StateResource = NonNullable<Checkpoint["deployment"]["resources"]>[number];

const last = (urn: string): string => urn.split("::").pop()!;

/** Plain data of a state shown with its secrets. */
function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  const { plaintext } = value as { plaintext?: string };
  if (plaintext !== undefined) return opened(JSON.parse(plaintext));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, opened(part)]));
}

describe("an application on clouds whose machines run Docker", function () {
  this.timeout(600_000);
  let site: Site;
  let bench: Bench;
  let address: string;
  const runs: Run[] = [];

  const config = { variables: { TOKEN: "" }, secrets: { session: { generate: true } } };
  const secrets = { "variables.TOKEN": `${hush}-variable`, "secrets.password": hush };

  before(async function () {
    needsDockerMachine(this);
    // The same on this computer's Docker, to compare with; it builds the image too.
    bench = await Bench.create(name, 18201, config);
    bench.compose(compose.replace(/^name: .*\n/, ""));
    await bench.stack.setSecrets(secrets);
    symlinkSync(bench.stack.configFile, join(bench.folder, basename(bench.stack.configFile)));
    site = await Site.create({ name: "rig", net, compose, images, config, secrets });
  });
  after(async () => {
    await (bench as Bench | undefined)?.dispose();
    await (site as Site | undefined)?.dispose();
  });

  const succeeds = (run: Run): Run => {
    runs.push(run);
    assert.equal(run.code, 0, said(run));
    return run;
  };
  const same = (run: Run): void => {
    assert.deepEqual(changes(succeeds(run)), []);
  };
  const resources = async (showSecrets = false): Promise<readonly StateResource[]> =>
    (await site.stack.export({ showSecrets })).deployment.resources ?? [];
  const works = async (at: string): Promise<void> => {
    assert.equal(await site.get(at, `web.${at}.sslip.io`), "one");
  };

  it("is previewed without a machine, and nothing is made", async () => {
    const run = succeeds(await site.stack.preview());
    assert.ok((run.changes.create ?? 0) > 20, said(run));
    assert.equal(site.creates(), 0);
  });

  it("comes up on DigitalOcean: one droplet, one volume, one address", async () => {
    succeeds(await site.stack.up());
    for (const type of [droplet, volume, reservedIp])
      assert.equal(site.world.things(type).length, 1, type);
    address = `${net}.1`;
    assert.equal((await site.stack.outputs()).address, address);
    await works(address);
    const store = Object.keys(site.machine.containers()).find((it) => it.includes("-store-1-"))!;
    assert.equal(site.machine.docker("exec", store, "cat", "/data/row"), hush);
  });

  it("is open to all at 80 and 443, to operators at 2376, and nowhere else", () => {
    const [rules, ...more] = site.world.things(firewall);
    assert.deepEqual(more, []);
    assert.deepEqual(rules!.inputs.inboundRules, [
      { protocol: "tcp", portRange: "80", sourceAddresses: ["0.0.0.0/0"] },
      { protocol: "tcp", portRange: "443", sourceAddresses: ["0.0.0.0/0"] },
      { protocol: "tcp", portRange: "2376", sourceAddresses: ["127.0.0.0/8"] },
    ]);
    const { tags } = site.world.things(droplet)[0]!.inputs as { tags: string[] };
    assert.ok((rules!.inputs.tags as string[]).every((tag) => tags.includes(tag)));
  });

  it("opens and closes its firewall as docs/workflows/up.yml does while its Docker is out of reach", async () => {
    const file = readFileSync(join(repository, "docs/workflows/up.yml"), "utf8");
    const { jobs } = parse(file) as { jobs: { up: { steps: { run?: string; env?: Env }[] } } };
    const closing = jobs.up.steps.at(-1)!;
    const args = [...closing.run!.matchAll(/--target '([^']+)'/g)].flatMap(([, target]) => [
      "--target",
      target!,
    ]);
    const before = site.machine.containers();
    outer("pause", site.machine.name);
    try {
      for (const operators of [["127.0.0.0/8", "203.0.113.7/32"], ["127.0.0.0/8"]]) {
        site.stack.configure({ operators });
        const run = succeeds(await site.stack.up({ args, env: closing.env! }));
        assert.deepEqual(changes(run), ["update Firewall berth-digitalocean-machine-firewall"]);
        const { inboundRules } = site.world.things(firewall)[0]!.inputs;
        const docker = { protocol: "tcp", portRange: "2376", sourceAddresses: operators };
        assert.deepEqual((inboundRules as unknown[]).at(-1), docker);
      }
    } finally {
      outer("unpause", site.machine.name);
    }
    assert.deepEqual(site.machine.containers(), before);
  });

  it("changes nothing the second time", async () => {
    same(await site.stack.up());
  });

  it("asks Docker for the same as on this computer", async () => {
    const run = await bench.stack.up();
    assert.equal(run.code, 0, said(run));
    const local = await bench.stack.export({ showSecrets: true });
    const inputs = (list: readonly StateResource[], cloud: string): Record<string, unknown> => {
      const generated = list.find(({ type }) => type.startsWith("random:index/randomPassword"))!;
      const password = String(opened(generated.outputs!.result));
      const found = list.filter(({ type }) => type.startsWith("docker:"));
      return Object.fromEntries(
        found.map(({ urn, inputs }) => {
          const name = last(urn).replace(`-${cloud}-`, "-");
          const text = JSON.stringify(opened(inputs)).replaceAll(password, "generated");
          return [name, alike(name, JSON.parse(text) as Record<string, unknown>)];
        }),
      );
    };
    assert.deepEqual(
      inputs(await resources(true), "digitalocean"),
      inputs(local.deployment.resources ?? [], "local"),
    );
  });

  it("gives Docker's provider a host of the address alone, and certificates of tls alone", async () => {
    const found = (await resources()).find(({ type }) => type === "pulumi:providers:docker")!;
    const sources = Object.fromEntries(
      Object.entries(found.propertyDependencies ?? {}).map(([key, urns]) => [
        key,
        urns.map((urn) => urn.split("::")[2]!.split("$").at(-1)!),
      ]),
    );
    assert.deepEqual(sources.host, [reservedIp]);
    for (const key of ["caMaterial", "certMaterial", "keyMaterial"]) {
      assert.ok(sources[key]!.length > 0, key);
      for (const type of sources[key]!) assert.match(type, /^tls:index\//, key);
    }
    const others = Object.entries(sources).filter(([, types]) => types.includes(droplet));
    assert.deepEqual(others, []);
  });

  it("refresh sees a droplet with other tags, and up mends it and nothing else", async () => {
    const { tags } = site.world.things(droplet)[0]!.inputs;
    site.world.change(droplet, "berth-digitalocean-machine-droplet", {
      inputs: { tags: ["by-hand"] },
    });
    const refreshed = succeeds(await site.stack.refresh());
    assert.equal(refreshed.changes.update, 1, said(refreshed));
    const run = succeeds(await site.stack.up());
    assert.deepEqual(changes(run), ["update Droplet berth-digitalocean-machine-droplet"]);
    assert.deepEqual(site.world.things(droplet)[0]!.inputs.tags, tags);
  });

  it("refresh sees a container that is gone, and up makes that one again", async () => {
    const before = site.machine.containers();
    const gone = Object.keys(before).find((it) => it.includes("-worker-1-"))!;
    site.machine.docker("rm", "-f", gone);
    const refreshed = succeeds(await site.stack.refresh());
    assert.equal(refreshed.changes.delete, 1, said(refreshed));
    const run = succeeds(await site.stack.up());
    const made = changes(run).filter((step) => / Container /.test(step));
    assert.deepEqual(
      made.filter((step) => !/-routes$/.test(step)),
      ["create Container berth-digitalocean-docker-worker-1"],
    );
    const after = site.machine.containers();
    assert.ok(after[gone] !== undefined && after[gone] !== before[gone]);
    same(await site.stack.up());
  });

  for (const [what, change] of [
    ["location", { location: "us-east" }],
    ["cloud", { cloud: "aws" }],
  ] as const)
    for (const preview of [false, true])
      it(`refuses another ${what} before anything is made${preview ? "" : ", without a preview too"}`, async () => {
        const [creates, before] = [site.creates(), site.machine.containers()];
        site.stack.configure(change);
        const run = await site.stack.up({ preview });
        site.stack.configure({ location: undefined, cloud: "digitalocean" });
        runs.push(run);
        assert.notEqual(run.code, 0);
        assert.equal(site.creates(), creates, said(run));
        assert.match(said(run), /guard-see-docs-switch-cloud/);
        assert.match(said(run), /protect/);
        assert.deepEqual(site.machine.containers(), before);
      });

  it("continues as before once the config is changed back", async () => {
    same(await site.stack.up());
  });

  it("keeps no secret where it can be read: state, event logs, what up and preview print", async () => {
    const values = await secretValues(site.stack);
    assert.ok(values.includes(hush) && values.includes(`TOKEN=${hush}-variable`));
    // A generated password of 32 characters, and keys of tls.
    assert.ok(values.some((value) => /^[A-Za-z0-9]{32}$/.test(value)));
    assert.ok(values.length > 8, `${values.length} secrets`);
    values.push(`${hush}-variable`, "a-token-that-nobody-reads");
    const files = written(site.stack);
    assert.ok(files.some(([file]) => file.endsWith("/rig.json")));
    assert.ok(files.some(([file]) => /events-\d+\.json$/.test(file)));
    for (const [file, bytes] of files) assert.deepEqual(leaks(bytes, values), [], file);
    for (const run of runs) assert.deepEqual(leaks(Buffer.from(said(run)), values), []);
    // The search finds what is there.
    const shown = JSON.stringify(await site.stack.export({ showSecrets: true }));
    assert.ok(leaks(Buffer.from(shown), [hush]).length === 1);
    const hidden = Buffer.from(`xx${hush}yy`).toString("base64");
    assert.deepEqual(leaks(Buffer.from(hidden), [hush]), [hush]);
  });

  it("removes its protection in an update that changes nothing else", async () => {
    site.stack.configure({ protect: false });
    const run = succeeds(await site.stack.up());
    assert.deepEqual(
      changes(run).filter((step) => /^(create|delete|replace)/.test(step)),
      [],
    );
  });

  for (const [index, [what, change]] of (
    [
      ["another location", { location: "us-east" }],
      ["AWS", { location: undefined, cloud: "aws" }],
      ["Google Cloud", { cloud: "gcp" }],
      ["DigitalOcean again", { cloud: "digitalocean" }],
    ] as const
  ).entries())
    it(`moves to ${what} in one update, with every container created again`, async () => {
      const before = site.machine;
      const containers = Object.values(before.containers({ all: false }));
      site.stack.configure(change);
      const run = succeeds(await site.stack.up());
      assert.notEqual(site.machine.name, before.name);
      const made = (await resources()).filter(({ type }) => type === container);
      const there = site.machine.containers();
      for (const { urn, outputs } of made) {
        const name = String(outputs?.name);
        assert.ok(there[name] !== undefined, `${last(urn)} is not on the new machine`);
        assert.ok(!containers.includes(there[name]), `${last(urn)} is the old one`);
      }
      assert.ok(made.length >= 8, String(made.length));
      const steps = run.steps.filter(({ type }) => type === container);
      assert.ok(!steps.some(({ op }) => op === "same" || op === "update"), said(run));
      address = `${net}.${index + 2}`;
      assert.equal((await site.stack.outputs()).address, address);
      await works(address);
      same(await site.stack.up());
    });

  it("leaves nothing at the clouds when it is destroyed", async () => {
    succeeds(await site.stack.destroy());
    assert.deepEqual(
      site.world.things().map(({ type, name }) => `${type} ${name}`),
      [],
    );
    assert.deepEqual(site.running, []);
  });
});

/** Inputs of a Docker resource without what may differ between clouds. */
function alike(resource: string, inputs: Record<string, unknown>): unknown {
  const { __defaults: _, name, ...rest } = inputs;
  // A container's name ends in a hash of its inputs.
  const named = { ...rest, name: String(name).replace(/-[0-9a-f]{10}$/, "") };
  if (!/-(edge-traefik|routes)$/.test(resource)) return named;
  // Published ports, TLS and the routes' hosts and servers are the edge's.
  const differing = ["ports", "command", "envs", "uploads"];
  return Object.fromEntries(Object.entries(named).filter(([key]) => !differing.includes(key)));
}
