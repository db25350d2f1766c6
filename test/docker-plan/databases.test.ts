import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { preview } from "../../cli/preview/run";
import { revealed, Secret, type Recorded, type Recording } from "../../cli/recording";
import { catalogs } from "../../components/clouds";
import type { DatabaseSetting } from "../../components/settings/settings";
import type { CloudName } from "../../components/clouds/list";
import type { Settings } from "../../components/databases/postgres/program/main";

const clouds = ["aws", "gcp", "digitalocean"] as const;

const composeFile = (mysql: string): string => `
name: shop
services:
  web:
    image: nginx:1.29
    restart: always
    ports: ["80:80"]
    environment: { DATABASE_URL: "postgres://app@db/shop", MYSQL_HOST: mysql }
    depends_on: { cache: { condition: service_healthy } }
    networks: [front, back]
  other:
    image: nginx:1.29
    restart: always
    networks: [front]
  db:
    image: postgis/postgis:17-3.5
    restart: always
    environment: { POSTGRES_USER: app, POSTGRES_PASSWORD: word, POSTGRES_DB: shop }
    healthcheck: { test: pg_isready }
    volumes: ["rows:/var/lib/postgresql/data"]
    networks: { back: { aliases: [sql] } }
  mysql:
    image: mysql:${mysql}
    restart: always
    environment: { MYSQL_USER: app, MYSQL_PASSWORD: word, MYSQL_DATABASE: shop, MYSQL_ROOT_PASSWORD: root }
    volumes: ["more:/var/lib/mysql"]
    networks: [back]
  cache:
    image: redis:7
    restart: always
    command: redis-server --requirepass correct-horse-battery
    healthcheck: { test: redis-cli ping }
    networks: [back]
networks: { front: {}, back: { internal: true } }
volumes: { rows: {}, more: {} }
`;

interface Result {
  readonly recording: Recording;
  readonly resources: readonly Recorded[];
  readonly of: (name: string) => Recorded;
  /** Inputs with their secrets. */
  readonly inputs: (name: string) => Properties;
  /** What a container has in its files. */
  readonly file: (name: string, file: string) => string;
  /** Names that a container answers to, by network. */
  readonly aliases: (name: string) => Record<string, readonly string[]>;
}

/** What PostgreSQL's proxy is told. */
const configOf = (made: Result, name: string): Settings =>
  JSON.parse(made.file(name, "/etc/berth/config.json")) as Settings;
type Properties = Record<string, unknown>;

const last = (urn: string): string => urn.split("::").pop()!;

/** The whole program, on a machine of a cloud; names lose what all of them begin with. */
async function shop(
  cloud: CloudName,
  databases: Readonly<Record<string, unknown>>,
  config: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "berth-databases-"));
  const mysql = catalogs[cloud]().engines.mysql?.versions[0] ?? "8.4";
  writeFileSync(join(folder, "compose.yaml"), composeFile(mysql));
  const { recording } = await preview({
    project: "shop",
    stack: "qa",
    folder,
    secretKeys: [],
    config: {
      "berth:cloud": cloud,
      "berth:operators": '["203.0.113.0/24"]',
      "berth:databases": JSON.stringify(databases),
      "gcp:project": "acme",
      ...config,
    },
  }).finally(() => {
    rmSync(folder, { recursive: true });
  });
  const { resources } = recording;
  const of = (name: string): Recorded => {
    const found = resources.find((each) => each.name === `berth-${cloud}-${name}`);
    if (found === undefined)
      throw new Error(`no ${name} among ${resources.map((each) => each.name).join(", ")}`);
    return found;
  };
  const inputs = (name: string): Properties => revealed(of(name).inputs) as Properties;
  return {
    recording,
    resources,
    of,
    inputs,
    file: (name, file) => {
      const uploads = inputs(name)["uploads"] as { file: string; content: string }[];
      return uploads.find((each) => each.file === file)?.content ?? "";
    },
    aliases: (name) => {
      const networks = inputs(name)["networksAdvanced"] as { name: string; aliases?: string[] }[];
      return Object.fromEntries(networks.map((network) => [network.name, network.aliases ?? []]));
    },
  };
}

const sized = (
  cloud: CloudName,
  engine: "postgres" | "mysql",
  replicas: number,
): DatabaseSetting => ({
  size: catalogs[cloud]().engines[engine]!.sizes[0]!.name,
  readReplicas: replicas,
});

for (const cloud of clouds)
  describe(`managed databases beside a machine on ${cloud}`, function () {
    this.timeout(120_000);
    let made: Result;
    const proxies = ["docker-db-proxy", "docker-mysql-proxy", "docker-cache-proxy"];
    const replicas = [
      "docker-db-read-1-proxy",
      "docker-db-read-2-proxy",
      "docker-mysql-read-1-proxy",
    ];
    const bootstraps = ["docker-db-bootstrap", "docker-mysql-bootstrap"];

    before(async function () {
      this.timeout(120_000);
      made = await shop(cloud, {
        db: sized(cloud, "postgres", 2),
        mysql: sized(cloud, "mysql", 1),
        cache: "managed",
      });
    });

    it("are the cloud's own and protected, without containers and volumes", () => {
      for (const name of ["db-server", "mysql-server", "cache-server"])
        assert.equal(made.of(name).protect, true, name);
      const names = made.resources.map(({ name }) => name.replace(`berth-${cloud}-docker-`, ""));
      for (const name of ["db-1", "mysql-1", "cache-1", "volume-rows", "volume-more"])
        assert.ok(!names.includes(name), name);
    });

    it("answer by proxies on the networks of their Compose services, and on a way out", () => {
      const outside = "shop-qa-berth-databases";
      assert.deepEqual(made.aliases("docker-db-proxy"), {
        "shop-qa-back": ["db", "sql"],
        [outside]: [],
      });
      assert.deepEqual(made.aliases("docker-db-read-2-proxy"), {
        "shop-qa-back": ["db-read-2", "db-read"],
        [outside]: [],
      });
      assert.deepEqual(made.aliases("docker-cache-proxy"), {
        "shop-qa-back": ["cache", "cache-read"],
        [outside]: [],
      });
      assert.equal(made.inputs("docker-databases-network")["internal"], undefined);
      assert.equal(made.inputs("docker-network-back")["internal"], true);
    });

    it("are reached by the engine's own proxy, which checks the certificate", () => {
      const verify = cloud === "gcp" ? "authority" : "host";
      const config = configOf(made, "docker-db-proxy");
      assert.deepEqual([config.tls, config.verify, config.listen], [true, verify, 5432]);
      const router = made.file("docker-mysql-proxy", "/etc/berth/router.conf");
      assert.match(router, /^bind_port = 3306$/m);
      assert.match(router, verify === "authority" ? /VERIFY_CA/ : /VERIFY_IDENTITY/);
      assert.match(made.file("docker-mysql-proxy", "/etc/berth/server.key"), /PRIVATE KEY/);
      assert.match(
        made.file("docker-cache-proxy", "/etc/berth/haproxy.cfg"),
        /ssl verify required/,
      );
      const hosts = ["docker-db-proxy", "docker-db-read-1-proxy", "docker-db-read-2-proxy"].map(
        (name) => configOf(made, name).host,
      );
      assert.equal(new Set(hosts).size, 3, hosts.join(" "));
    });

    it("are waited for until healthy, and changed while the old proxy serves", () => {
      for (const name of [...proxies, ...replicas]) {
        const { wait, mustRun, restart, healthcheck, entrypoints } = made.inputs(name);
        assert.deepEqual([wait, mustRun, restart], [true, true, "unless-stopped"], name);
        assert.match(JSON.stringify(healthcheck), /proc\/net\/tcp|127\.0\.0\.1:8404\/health/, name);
        assert.match((entrypoints as string[])[0]!, /^(node|mysqlrouter|haproxy)$/, name);
        assert.equal(made.of(name).deleteBeforeReplace, false, name);
        assert.deepEqual(made.of(name).replaceOnChanges, ["*"], name);
      }
    });

    it("get what the Compose file asks for from a one-shot with the administrator's rights", () => {
      assert.match(made.file("docker-db-bootstrap", "/etc/berth/bootstrap.sql"), /CREATE DATABASE/);
      assert.match(
        made.file("docker-db-bootstrap", "/etc/berth/bootstrap.sql"),
        /^CREATE EXTENSION IF NOT EXISTS "postgis" CASCADE;$/m,
      );
      const env = made.inputs("docker-db-bootstrap")["envs"] as string[];
      for (const name of ["HOST", "PORT", "ADMIN", "ADMIN_PASSWORD", "APP_USER", "VERIFY"])
        assert.ok(
          env.some((line) => line.startsWith(`${name}=`) && line !== `${name}=`),
          name,
        );
      for (const name of bootstraps) {
        const { mustRun, restart } = made.inputs(name);
        assert.deepEqual([mustRun, restart], [false, "no"]);
        assert.deepEqual(Object.keys(made.aliases(name)), ["shop-qa-berth-databases"]);
        const proxy = made.of(name.replace("bootstrap", "proxy"));
        assert.ok(proxy.dependencies.map(last).includes(made.of(name).name), name);
      }
    });

    it("exist before the services that use them, and delay no others", () => {
      const waits = (name: string): string[] =>
        made.of(name).dependencies.map((urn) => last(urn).replace(`berth-${cloud}-`, ""));
      const web = waits("docker-web-1");
      for (const name of [...bootstraps, ...proxies, ...replicas])
        assert.ok(web.includes(name), name);
      const other = waits("docker-other-1");
      assert.ok(!other.some((name) => /proxy|bootstrap/.test(name)), other.join(" "));
      const envs = made.inputs("docker-web-1")["envs"] as string[];
      assert.ok(envs.includes("DB_READ_HOSTS=db-read-1:5432,db-read-2:5432"));
      assert.ok(envs.includes("MYSQL_READ_HOSTS=mysql-read-1:3306"));
    });

    it("keep all that is put into proxies and one-shots secret", () => {
      for (const name of [...proxies, ...replicas, ...bootstraps]) {
        const { uploads, envs = [] } = made.of(name).inputs as {
          uploads: { content: unknown }[] | Secret;
          envs?: unknown[];
        };
        if (uploads instanceof Secret) continue;
        assert.ok(uploads.length > 0);
        for (const { content } of uploads) assert.ok(content instanceof Secret, name);
        for (const line of envs) assert.ok(line instanceof Secret, name);
      }
      assert.ok(made.recording.outputs["databases"] instanceof Secret);
    });

    it("are not protected where the config says so", async () => {
      const free = await shop(cloud, { cache: "managed" }, { "berth:protect": "false" });
      assert.equal(free.of("cache-server").protect, false);
    });
  });

describe("one managed database beside a machine", function () {
  this.timeout(120_000);
  const inputsByName = ({ resources }: Result): Map<string, string> =>
    new Map(resources.map(({ name, inputs }) => [name, JSON.stringify(revealed(inputs))]));

  it("changes nothing but replicas and their wiring with their number", async () => {
    const [two, three] = [
      inputsByName(await shop("digitalocean", { db: sized("digitalocean", "postgres", 2) })),
      inputsByName(await shop("digitalocean", { db: sized("digitalocean", "postgres", 3) })),
    ];
    const changed = [...three.keys()].filter((name) => two.get(name) !== three.get(name));
    assert.deepEqual(
      changed.filter((name) => !/-(replica|read)-3|-docker-web-1$|-routes$/.test(name)),
      [],
    );
    assert.ok(changed.some((name) => name.endsWith("-docker-db-read-3-proxy")));
  });

  it("needs no cloud where its URL is given, and nothing is made in it", async () => {
    const made = await shop("local", {
      db: { url: "postgres://me:p%40ss@db.corp.example:6432/x" },
    });
    const { host, port, server } = configOf(made, "docker-db-proxy");
    assert.deepEqual([host, port], ["db.corp.example", 6432]);
    assert.deepEqual(server, { user: "me", password: "p@ss" });
    assert.ok(!made.resources.some(({ name }) => name.includes("bootstrap")));
    assert.equal(made.recording.outputs["databases"], undefined);
  });
});
