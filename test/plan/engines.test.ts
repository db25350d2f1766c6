import assert from "node:assert/strict";
import { engineOf, engines, proxyOf } from "../../components/databases";
import { derivedOf } from "../../components/databases/derived";
import type { Engine } from "../../components/databases/engine";
import { type EngineName, engineNames } from "../../components/model/engine-name";
import { serviceOf, planOf } from "./make";

/** The names of parts that a type lets out. */
type Optional<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T];
/** Does not compile where a part of an engine is optional. */
const everyPartIsRequired: [Optional<Engine>] extends [never] ? true : false = true;

const image: Readonly<Record<EngineName, string>> = {
  postgres: "postgis/postgis:17-3.5",
  mysql: "mysql:8.4",
  mariadb: "mariadb:11",
  redis: "redis:7-alpine",
  valkey: "valkey/valkey:8",
  mongodb: "mongo:8",
  opensearch: "opensearchproject/opensearch:2",
  rabbitmq: "rabbitmq:4-management",
};

const url: Readonly<Record<EngineName, string>> = {
  postgres: "postgres://me:a%40b@db.example.net/shop",
  mysql: "mysql://me:a%40b@db.example.net/shop",
  mariadb: "mariadb://me:a%40b@db.example.net/shop",
  redis: "rediss://me:a%40b@db.example.net/shop",
  valkey: "valkeys://me:a%40b@db.example.net/shop",
  mongodb: "mongodb://me:a%40b@db.example.net/shop",
  opensearch: "https://me:a%40b@db.example.net/shop",
  rabbitmq: "amqps://me:a%40b@db.example.net/shop",
};

/** The variables of each engine's image, the `_FILE` form of a password where it has one. */
const environment: Readonly<Record<EngineName, Readonly<Record<string, string>>>> = {
  postgres: { POSTGRES_USER: "me", POSTGRES_PASSWORD_FILE: "/run/secrets/pw" },
  mysql: { MYSQL_USER: "me", MYSQL_PASSWORD_FILE: "/run/secrets/pw" },
  mariadb: { MARIADB_USER: "me", MARIADB_PASSWORD_FILE: "/run/secrets/pw" },
  redis: { REDIS_PASSWORD_FILE: "/run/secrets/pw" },
  valkey: { REDIS_PASSWORD_FILE: "/run/secrets/pw" },
  mongodb: {
    MONGO_INITDB_ROOT_USERNAME: "me",
    MONGO_INITDB_ROOT_PASSWORD_FILE: "/run/secrets/pw",
  },
  opensearch: {},
  rabbitmq: { RABBITMQ_DEFAULT_USER: "me", RABBITMQ_DEFAULT_PASS: "hush" },
};
const secret = {
  secrets: [{ source: "pw", target: "/run/secrets/pw" }],
};
const secrets = { secrets: { pw: { name: "pw", content: "hush" } } };

const parts = [
  ...[
    "backup",
    "bootstrap",
    "console",
    "dataFolders",
    "derived",
    "images",
    "keeps",
    "login",
    "logins",
    "memory",
    "name",
    "port",
    "programs",
  ],
  ...["proxy", "queue", "requiredUser", "settings", "title", "url"],
];

describe("the URL of a RabbitMQ", () => {
  it("speaks TLS on a port of its own where its scheme says so", () => {
    const of = (text: string): unknown => {
      const { port, tls } = engines.rabbitmq.url(text);
      return [port, tls];
    };
    assert.deepEqual(of("amqps://me:hush@mq.example.net/vhost"), [5671, true]);
    assert.deepEqual(of("amqps://me:hush@mq.example.net:5672"), [5672, true]);
    assert.deepEqual(of("amqp://me:hush@mq.example.net"), [5672, false]);
  });
});

for (const name of engineNames)
  describe(`the engine ${name}`, () => {
    const engine: Engine = engines[name];

    it("has every part", () => {
      assert.ok(everyPartIsRequired);
      assert.deepEqual(Object.keys(engine).sort(), parts);
      assert.equal(engine.name, name);
      assert.equal(engine.title.toLowerCase().replace("postgresql", "postgres"), name);
      assert.ok(engine.port > 1023 && engine.port < 65536);
      assert.ok(engine.memory > 0);
      assert.ok(engine.dataFolders.length > 0);
      assert.ok(engine.dataFolders.every((folder) => folder.startsWith("/")));
    });

    it("is known by its image, and by no other engine's", () => {
      assert.equal(engineOf(image[name])?.name, name);
      const base = image[name].replace(/^.*\/|:.*$/g, "");
      const known = Object.values<Engine>(engines).filter(
        (one) => one.images.test(base) || derivedOf(one, image[name]) !== undefined,
      );
      assert.equal(known.length, 1);
    });

    it("has the login of its image's variables", () => {
      const made = planOf(
        {
          server: {
            restart: "always",
            image: image[name],
            environment: environment[name],
            ...secret,
          },
        },
        {},
        secrets,
      );
      const login = engine.login(serviceOf(made, "server"));
      assert.equal(
        login.user,
        name === "opensearch" || /redis|valkey/.test(name) ? undefined : "me",
      );
      assert.equal(login.password, name === "opensearch" ? undefined : "hush");
      if (engine.requiredUser !== null)
        for (const variable of Object.values(engine.requiredUser))
          assert.ok([variable, `${variable}_FILE`].some((one) => one in environment[name]));
    });

    it("reads the URL of a server that exists already", () => {
      const { port, ...read } = engine.url(url[name]);
      assert.deepEqual(read, {
        host: "db.example.net",
        user: "me",
        password: "a@b",
        database: "shop",
        tls: true,
        srv: false,
        verify: "host",
      });
      assert.ok(port > 1023);
      assert.throws(() => engine.url("db.example.net"), TypeError);
    });

    it("has a proxy whose files hold the server, or none at all", () => {
      if (engine.proxy === null) {
        assert.throws(() => proxyOf(name, engine.port), /has no proxy/);
        return;
      }
      const proxy = proxyOf(name, engine.port);
      const contents = proxy.contents({
        host: "db.example.net",
        port: 4242,
        tls: true,
        verify: "host",
        listen: engine.port,
      });
      assert.deepEqual(Object.keys(contents).sort(), [...proxy.files].sort());
      const text = Object.values(contents).join("\n");
      for (const part of ["db.example.net", "4242", String(engine.port)])
        assert.ok(text.includes(part), part);
    });

    it("has a bootstrap of its own user, or none", () => {
      if (engine.bootstrap === null) return;
      const { image: official, file, script, sql, users, serverUser, memory } = engine.bootstrap;
      assert.equal(engineOf(official)?.name, name);
      assert.ok(script.includes(file) && memory >= 256);
      const user = users({ user: "me", password: "hush" });
      assert.deepEqual([user.user, user.password], ["me", "hush"]);
      assert.equal(serverUser("me"), "me");
      const text = sql({ user: "me", password: "hush", extensions: [] });
      assert.ok(text.includes("me") && text.includes("hush"));
    });

    it("has a trigger for the length of its queues, or none", () => {
      if (engine.queue === null) return;
      const { metadata, secret: secretOf } = engine.queue;
      const queue = { service: "mq", name: "celery", length: 7, environment: {} };
      const stated = Object.values(metadata(queue, "mq:1"));
      assert.ok(stated.includes("celery") && stated.includes("7"));
      const database = planOf({
        mq: {
          restart: "always",
          image: image[name],
          environment: { REDIS_PASSWORD: "hush", RABBITMQ_DEFAULT_PASS: "hush" },
        },
      }).databases[0];
      const value = secretOf({ database, environment: {} })?.value({
        user: "me",
        password: "hush",
        address: "mq:1",
      });
      assert.match(value ?? "", /hush/);
    });
  });
