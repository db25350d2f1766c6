import assert from "node:assert/strict";
import { catalogs } from "../../components/clouds";
import { catalog as local } from "../../components/clouds/local/catalog";
import { plan } from "../../components/plan";
import { formatProblem } from "../../components/model/problem";
import { refer } from "../../components/model/reference";
import { app, catalog, planOf, problemsOf, serviceOf, settings, told } from "./make";

const always = { restart: "always" };
const postgres = {
  ...always,
  image: "postgres:17-alpine",
  environment: {
    POSTGRES_DB: "shop",
    POSTGRES_USER: "app",
    POSTGRES_PASSWORD_FILE: "/run/secrets/pw",
  },
  secrets: [{ source: "pw", target: "/run/secrets/pw" }],
  volumes: [{ type: "volume" as const, source: "data", target: "/var/lib/postgresql/data" }],
};
const web = { ...always, environment: { DATABASE_URL: "postgres://app@db:5432/shop" } };
const more = {
  secrets: { pw: { name: "pw", content: "\u0001file:pw\u0002" } },
  volumes: { data: { name: "x" } },
};
const prod = { shape: "cluster", domain: "example.com" } as const;

describe("databases", () => {
  it("say how long the cloud keeps their backups, where it does not take the stated days", () => {
    const at = (cloud: "gcp" | "digitalocean", service: object, backupDays: number) =>
      plan(
        app({ db: { ...always, ...service }, web }),
        settings({ ...prod, cloud, databases: { db: { mode: "managed", backupDays } } }),
        catalogs[cloud](),
      ).plan!.notices.flatMap(({ level, key, message }) =>
        key === "databases.backupDays" ? [`${level} ${message}`] : [],
      );
    const sql = {
      image: "postgres:17",
      environment: { POSTGRES_USER: "app", POSTGRES_PASSWORD: "hush" },
    };
    assert.deepEqual(at("digitalocean", sql, 30), [
      "loss digitalocean keeps backups of 7 days, whatever is stated; schedule a dump for more",
    ]);
    assert.deepEqual(at("digitalocean", { image: "valkey/valkey:8" }, 5), [
      "loss digitalocean keeps no backups of it; schedule a dump, or set it to 0",
    ]);
    assert.match(at("gcp", { image: "redis:7" }, 7).join(), /^loss gcp keeps no backups/);
    assert.deepEqual([...at("digitalocean", sql, 7), ...at("gcp", sql, 30)], []);
  });

  it("stay containers on a vm", () => {
    const made = planOf({ db: postgres, web }, {}, more);
    assert.equal(made.databases[0]?.managed, false);
    assert.equal(serviceOf(made, "db").rollout, "stop-first");
    assert.equal(made.volumes.length, 1);
  });

  it("say when the cloud stops to support their version, within a year of the catalog's day", () => {
    const said = (end: string, set: object = {}): string[] => {
      const support = { ends: { "17": end }, then: "it is upgraded" };
      const dated = {
        ...catalog,
        prices: { ...catalog.prices, date: "2026-11-21" },
        engines: { ...catalog.engines, postgres: { ...catalog.engines.postgres!, support } },
      };
      const made = plan(app({ db: postgres, web }, more), settings({ ...prod, ...set }), dated);
      return made
        .plan!.notices.filter(({ message }) => message.includes("standard support"))
        .map(({ level, service, key, message }) => `${level} ${service!}.${key}: ${message}`);
    };
    const rest =
      "; from then on it is upgraded; take a newer version in the image, or in berth:databases.db.version";
    const what = "db.image: standard support of postgres 17 on digitalocean";
    assert.deepEqual(said("2026-11-20"), [`loss ${what} ended on 2026-11-20${rest}`]);
    assert.deepEqual(said("2027-11-21"), [`info ${what} ends on 2027-11-21${rest}`]);
    assert.deepEqual(said("2027-11-22"), []);
    const stated = { databases: { db: { mode: "managed" as const, version: "17" } } };
    assert.deepEqual(said("2026-11-20", stated), [`info ${what} ended on 2026-11-20${rest}`]);
    assert.deepEqual(said("2026-11-20", { databases: { db: { mode: "container" } } }), []);
  });

  it("are managed on a cluster: without container and volume, under the same name", () => {
    const made = planOf({ db: postgres, web }, prod, more);
    assert.deepEqual(
      made.services.map(({ name }) => name),
      ["web"],
    );
    assert.deepEqual(made.volumes, []);
    const [db] = made.databases;
    assert.deepEqual(
      { ...db, networks: undefined, scripts: undefined },
      {
        service: "db",
        engine: "postgres",
        version: "17",
        managed: true,
        readUrls: [],
        host: "db",
        port: 5432,
        size: "db-s-1vcpu-2gb",
        storage: 20,
        highAvailability: true,
        readReplicas: 0,
        backupDays: 7,
        finalSnapshot: true,
        database: "shop",
        user: "app",
        password: "\u0001file:pw\u0002",
        parameters: {},
        settings: {},
        extensions: [],
        networks: undefined,
        scripts: undefined,
        users: ["web"],
      },
    );
  });

  it("pass the names of read replicas to the application, by one number", () => {
    const made = planOf(
      { db: postgres, web },
      { ...prod, databases: { db: { readReplicas: 2 } } },
      more,
    );
    assert.equal(
      serviceOf(made, "web").environment["DB_READ_HOSTS"],
      "db-read-1:5432,db-read-2:5432",
    );
    const none = planOf(
      { db: postgres, web },
      { ...prod, databases: { db: { readReplicas: 0 } } },
      more,
    );
    assert.equal(serviceOf(none, "web").environment["DB_READ_HOSTS"], "db:5432");
    assert.equal(
      serviceOf(planOf({ db: postgres, web }, prod, more), "web").environment["DB_READ_HOSTS"],
      undefined,
    );
  });

  it("have the tag's major version, or an error that lists what is offered", () => {
    assert.deepEqual(problemsOf({ db: { ...postgres, image: "postgres:12" } }, prod, more), [
      "services.db.image: digitalocean offers no managed postgres 12; set berth:databases.db.version to one of 17, 16, or berth:databases.db: container",
    ]);
    assert.deepEqual(problemsOf({ db: { ...postgres, image: "postgres" } }, prod, more), [
      "services.db.image: postgres names no version of postgres, and a managed database has one; set berth:databases.db.version to one of 17, 16, or berth:databases.db: container",
    ]);
  });

  it("tell of a last snapshot that the cloud does not keep", () => {
    const managed = { mode: "managed" as const, finalSnapshot: true };
    const made = planOf({ db: postgres, web }, { databases: { db: managed } }, more);
    assert.ok(told(made).includes("loss db.databases.finalSnapshot"), told(made).join());
  });

  it("stay containers where the cloud has none, or imposes a password, with a notice", () => {
    const made = planOf(
      { mongo: { ...always, image: "mongo:7" }, cache: { ...always, image: "valkey/valkey:8" } },
      prod,
    );
    assert.deepEqual(
      made.databases.map(({ managed }) => managed),
      [false, false],
    );
    assert.deepEqual(
      told(made).filter((line) => !line.endsWith(".volumes")),
      ["info mongo.image", "info cache.image", "info expose", "loss backups"],
    );
    const asked = planOf(
      { cache: { ...always, image: "valkey/valkey:8" } },
      { ...prod, databases: { cache: { mode: "managed" } } },
    );
    assert.equal(asked.databases[0]?.managed, true);
  });

  it("are managed beside a machine when asked: by word, or by what a container cannot be", () => {
    for (const setting of [
      { mode: "managed" as const },
      { size: "db-s-1vcpu-2gb" },
      { highAvailability: true },
      { storage: 30 },
      { version: "16" },
      { restoreFrom: "backup" },
    ]) {
      const made = planOf({ db: postgres, web }, { databases: { db: setting } }, more);
      assert.deepEqual(
        made.services.map(({ name }) => name),
        ["web"],
        JSON.stringify(setting),
      );
      assert.deepEqual(made.volumes, []);
      const [db] = made.databases;
      assert.equal(db?.managed, true);
      assert.equal(db.host, "db");
      assert.equal(db.highAvailability, setting.highAvailability ?? false);
      assert.deepEqual(db.users, ["web"]);
      assert.ok(
        made.cost.items.some(({ resource, item }) => resource === "db" && /^managed/.test(item)),
      );
    }
  });

  it("stay containers on a machine otherwise, with a notice for what is ignored", () => {
    const two = planOf({ db: postgres, web }, { databases: { db: { readReplicas: 2 } } }, more);
    assert.equal(two.databases[0]?.managed, false);
    assert.equal(serviceOf(two, "web").environment["DB_READ_HOSTS"], "db:5432");
    assert.deepEqual(told(two), ["info db.databases.readReplicas"]);
    const kept = planOf({ db: postgres, web }, { databases: { db: { backupDays: 3 } } }, more);
    assert.equal(kept.databases[0]?.managed, false);
    const mongo = planOf(
      { mongo: { ...always, image: "mongo:7" } },
      { databases: { mongo: { size: "large", highAvailability: true } } },
    );
    assert.equal(mongo.databases[0]?.managed, false);
    assert.deepEqual(told(mongo), [
      "info mongo.volumes",
      "info mongo.databases.size",
      "info mongo.databases.highAvailability",
      "info mongo.image",
    ]);
  });

  it("may be somewhere else already, on this computer too, where none is managed", () => {
    const url = refer("config", "databases.db.url");
    for (const cloud of ["local", "digitalocean"] as const) {
      const made = planOf(
        { db: postgres, web },
        { cloud, databases: { db: { mode: "url", url, readUrls: [url] } } },
        more,
      );
      assert.deepEqual(made.volumes, []);
      assert.equal(made.databases[0]?.url, url);
      assert.equal(serviceOf(made, "web").environment["DB_READ_HOSTS"], "db-read-1:5432");
      assert.ok(made.cost.items.every(({ resource }) => resource !== "db"));
    }
    const { problems } = plan(
      app({ db: postgres }, more),
      settings({ cloud: "local", databases: { db: { mode: "managed" } } }),
      local,
    );
    assert.deepEqual(problems.map(formatProblem), [
      "berth:databases.db: local has no managed postgres; set it to container, or give the url of one",
    ]);
  });

  it("have the password of Redis from wherever its command takes it", () => {
    const passwordOf = (command: string[]): string | undefined =>
      planOf(
        {
          cache: {
            ...always,
            image: "redis:7",
            command,
            environment: { CACHE_WORD: "hush" },
            secrets: [{ source: "pw", target: "/run/secrets/pw" }],
          },
        },
        {},
        more,
      ).databases[0]?.password;
    const file = "\u0001file:pw\u0002";
    const shell = (line: string): string[] => ["sh", "-c", line];
    assert.equal(passwordOf(["redis-server", "--requirepass", "plain"]), "plain");
    assert.equal(passwordOf(shell("redis-server --requirepass $CACHE_WORD ## why")), "hush");
    assert.equal(passwordOf(shell('exec redis-server --requirepass "${CACHE_WORD}"')), "hush");
    assert.equal(passwordOf(shell('redis-server --requirepass "$(cat /run/secrets/pw)"')), file);
    assert.equal(passwordOf(["redis-server", "--appendonly", "yes"]), undefined);
  });

  it("are refused elsewhere where their engine has no proxy", () => {
    const url = refer("config", "databases.search.url");
    const search = { ...always, image: "opensearchproject/opensearch:2" };
    const refused = (cloud: "local" | "digitalocean") =>
      problemsOf({ search }, { cloud, databases: { search: { mode: "url", url, readUrls: [] } } });
    for (const cloud of ["local", "digitalocean"] as const)
      assert.deepEqual(refused(cloud), [
        "berth:databases.search: OpenSearch has no proxy that could answer as search for a server elsewhere; set it to container, or remove the service and give the application the server's own URL in berth:variables",
      ]);
    const { problems } = plan(
      app({ search }),
      settings({ ...prod, databases: { search: { mode: "managed" } } }),
      { ...catalog, engines: { opensearch: { ...catalog.engines.postgres!, versions: ["2"] } } },
    );
    assert.match(
      problems.map(formatProblem).join("\n"),
      /^berth:databases\.search: OpenSearch has no proxy/,
    );
    assert.deepEqual(problemsOf({ search }), []);
  });

  it("say where the application has to log in as the URL does", () => {
    const noticesOf = (image: string): string[] => {
      const url = refer("config", "databases.db.url");
      return told(
        planOf(
          { db: { ...always, image } },
          { databases: { db: { mode: "url", url, readUrls: [] } } },
        ),
      );
    };
    assert.ok(noticesOf("mysql:8.4").includes("info db.databases.url"));
    assert.ok(noticesOf("rabbitmq:4").includes("info db.databases.url"));
    assert.ok(!noticesOf("redis:7").includes("info db.databases.url"));
    assert.ok(!noticesOf("postgres:17").includes("info db.databases.url"));
  });

  it("refuse to be managed where the cloud has none", () => {
    assert.deepEqual(
      problemsOf(
        { mongo: { ...always, image: "mongo:7" } },
        { ...prod, databases: { mongo: { mode: "managed" } } },
      ),
      [
        "berth:databases.mongo: digitalocean has no managed mongodb; set it to container (managed here: postgres, valkey)",
      ],
    );
    assert.deepEqual(problemsOf({ web }, { databases: { db: { mode: "managed" } } }), [
      "berth:databases.db: no service db in the Compose file; name one of its databases",
    ]);
  });
});
