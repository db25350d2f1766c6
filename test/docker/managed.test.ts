import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { EngineStack } from "../rig/engine";
import { portsOf, serveProviders } from "../rig/providers";
import { World, type Thing } from "../simulators/cloud/world";
import { digitalocean } from "../simulators/digitalocean";
import { docker } from "../simulators/docker";
import { face, type Face } from "../simulators/docker/face";
import { random } from "../simulators/random";
import type { ServedProvider } from "../simulators/server";
import { tls } from "../simulators/tls";
import { Egress, words } from "./egress";
import { dockerHost, needsDocker, said } from "./rig";

const repository = resolve(__dirname, "../..");
const address = "127.0.0.79";
const name = `managed${process.pid}`;

// It is its own edge, at an address of its own: the ports of the host stay free.
const file = `
name: ${name}
services:
  app:
    image: postgres:17
    restart: unless-stopped
    stop_grace_period: 1s
    command: ["sh", "-c", "while :; do sleep 1; done"]
    environment: { DB_HOST: postgres }
    ports: ["${address}:443:443"]
    labels: { berth.edge: "true" }
    depends_on: { postgres: { condition: service_healthy } }
  postgres:
    image: postgres:17
    restart: unless-stopped
    environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: "\${WORD}", POSTGRES_DB: shop }
    healthcheck: { test: ["CMD", "pg_isready"], interval: 2s }
    volumes: ["rows:/var/lib/postgresql/data", "./first.sql:/docker-entrypoint-initdb.d/first.sql:ro"]
volumes: { rows: {} }
`;

/** A machine on a simulated cloud whose Docker, and whose managed database, are real. */
describe("a managed database beside a machine on DigitalOcean", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "berth-managed-"));
  const bench = {
    folder,
    prefix: `${name}-cloud`,
    docker: (...args: readonly string[]): string =>
      execFileSync("docker", ["--host", dockerHost!, ...args], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      }).trim(),
  };
  const outside = new Egress(bench);
  const world = new World();
  let served: Readonly<Record<string, ServedProvider>> = {};
  let stack: EngineStack | undefined;
  let front: Face | undefined;

  const containers = (): string[] =>
    bench
      .docker("ps", "-a", "--filter", `name=^${bench.prefix}-`, "--format", "{{.Names}}")
      .split("\n")
      .filter((found) => found !== "" && !found.includes("-outside-"));
  const container = (part: string): string =>
    containers().find((found) => found.startsWith(`${bench.prefix}-${part}-`))!;
  const sql = (word: string, query: string): string => {
    const client = ["psql", "-h", "postgres", "-U", "shop", "-tAc", query, "shop"];
    const env = ["-e", `PGPASSWORD=${word}`, "-e", "PGSSLMODE=disable"];
    return bench.docker("exec", ...env, container("app-1"), ...client);
  };

  /** What DigitalOcean would do: a server comes with its cluster, a Docker with its droplet. */
  const act = async (moment: string, thing: Thing): Promise<void> => {
    if (thing.type === "digitalocean:index/droplet:Droplet") {
      front?.close();
      const socket = dockerHost!.replace("unix://", "");
      front =
        moment === "deleting"
          ? undefined
          : await face(String(thing.inputs["userData"]), address, socket);
    }
    if (thing.type !== "digitalocean:index/databaseCluster:DatabaseCluster") return;
    if (moment === "deleting") outside.dispose();
    if (moment !== "created") return;
    outside.newAuthority();
    outside.postgres("doadmin");
    const at = { privateHost: outside.host, port: Number(outside.port("postgres")) };
    const outputs = { ...thing.outputs, ...at, user: "doadmin", password: words.postgres };
    world.replace(thing.type, thing.id, { ...thing, outputs: { ...outputs, database: "shop" } });
  };

  before(async function () {
    needsDocker(this);
    writeFileSync(join(folder, "compose.yaml"), file);
    writeFileSync(join(folder, "first.sql"), "CREATE TABLE item AS SELECT 'kept' AS name;\n");
    const cloud = digitalocean({
      world,
      env: {},
      hook: act,
      address: (type) => (type.endsWith(":ReservedIp") ? address : undefined),
    });
    const ca = "digitalocean:index/getDatabaseCa:getDatabaseCa";
    const functions = { ...cloud.functions, [ca]: () => ({ id: "ca", certificate: outside.ca }) };
    served = await serveProviders([
      docker({ env: {}, folder: repository }),
      { ...cloud, functions },
      random,
      tls(),
    ]);
    stack = await EngineStack.create({
      name: "cloud",
      project: repository,
      config: {
        // No bucket is there.
        backups: false,
        cloud: "digitalocean",
        compose: join(folder, "compose.yaml"),
        operators: ["127.0.0.0/8"],
        databases: { postgres: "managed" },
        "digitalocean:token": "t",
      },
      secrets: { "variables.WORD": words.app },
      providers: portsOf(served),
    });
    const run = await stack.up();
    assert.equal(run.code, 0, said(run));
  });

  after(async () => {
    if (stack !== undefined) {
      await stack.cancel();
      stack.configure({ protect: false });
      await stack.up();
      await stack.destroy();
      for (const left of containers()) bench.docker("rm", "-fv", left);
      stack.dispose();
    }
    outside.dispose();
    front?.close();
    for (const one of Object.values(served)) await one.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("has the Compose file's user, database and first-start scripts, under its name", () => {
    assert.equal(sql(words.app, "SELECT name FROM item"), "kept");
    assert.equal(sql(words.app, "SELECT current_user"), "shop");
    assert.equal(sql(words.app, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"), "t");
    assert.ok(!containers().some((found) => found.startsWith(`${bench.prefix}-postgres-1-`)));
  });

  it("is in the stack's outputs with its administrator, as a secret", async () => {
    assert.equal((await stack!.outputs())["databases"], "[secret]");
    const { databases } = await stack!.outputs({ showSecrets: true });
    assert.deepEqual(databases, {
      postgres: {
        host: outside.host,
        port: Number(outside.port("postgres")),
        user: "doadmin",
        password: words.postgres,
      },
    });
  });

  it("is left alone by the next update", async () => {
    const run = await stack!.up();
    assert.deepEqual(Object.keys(run.changes), ["same"], said(run));
  });

  it("has another password as soon as the config has, and the application stays", async () => {
    const app = container("app-1");
    await stack!.setSecrets({ "variables.WORD": "another-word" });
    const run = await stack!.up();
    assert.equal(run.code, 0, said(run));
    assert.equal(sql("another-word", "SELECT name FROM item"), "kept");
    assert.throws(() => sql(words.app, "SELECT 1"), /authentication failed/);
    assert.equal(container("app-1"), app);
  });

  it("cannot become a container while it is protected: the preview refuses", async () => {
    stack!.configure({ databases: { postgres: "container" } });
    const run = await stack!.up({ preview: true });
    assert.notEqual(run.code, 0);
    assert.match(said(run), /postgres-server.*protect|protect.*postgres-server/s);
    stack!.configure({ databases: { postgres: "managed" } });
    assert.equal(sql("another-word", "SELECT name FROM item"), "kept");
  });

  it("remains after a destroy with --exclude-protected", async () => {
    const refused = await stack!.destroy({ preview: true });
    assert.notEqual(refused.code, 0);
    const run = await stack!.destroy({ args: ["--exclude-protected"] });
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(containers(), []);
    assert.equal(world.things("digitalocean:index/databaseCluster:DatabaseCluster").length, 1);
  });
});
