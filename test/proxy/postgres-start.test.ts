import assert from "node:assert/strict";
import { once } from "node:events";
import { proxyOf, type Upstream } from "../../components/databases";
import { int32, message, take } from "../../components/databases/postgres/program/wire";
import { freePort } from "../rig/port";
import { admin } from "./first-start";
import { Client, dialled, sslRequest, textOf } from "./postgres-client";
import { postgresServer } from "./postgres-server";
import { Bench, needs } from "./servers";

const login = { user: "shop", database: "shop" };

/** What drivers say first when an application sets what they can set, and what it is then on the server. */
const drivers: readonly {
  readonly name: string;
  readonly start: Readonly<Record<string, string>>;
  readonly shows: Readonly<Record<string, string>>;
}[] = [
  {
    name: "libpq, psycopg",
    start: {
      ...login,
      options: "-c search_path=billing,public -c statement_timeout=5000 --lock-timeout=2s",
      application_name: "worker 1",
      client_encoding: "LATIN1",
      datestyle: "German",
      timezone: "Asia/Tokyo",
      geqo: "off",
    },
    shows: {
      search_path: "billing,public",
      statement_timeout: "5s",
      lock_timeout: "2s",
      application_name: "worker 1",
      client_encoding: "LATIN1",
      DateStyle: "German, DMY",
      TimeZone: "Asia/Tokyo",
      geqo: "off",
    },
  },
  {
    name: "node-postgres",
    start: {
      ...login,
      client_encoding: "UTF8",
      application_name: "api",
      statement_timeout: "7000",
      lock_timeout: "3000",
      idle_in_transaction_session_timeout: "60000",
      options: '-c search_path="tenant\\ one"',
    },
    shows: {
      statement_timeout: "7s",
      lock_timeout: "3s",
      idle_in_transaction_session_timeout: "1min",
      search_path: '"tenant one"',
    },
  },
  {
    name: "lib/pq",
    start: {
      client_encoding: "UTF8",
      datestyle: "ISO, MDY",
      extra_float_digits: "2",
      ...login,
      search_path: "app",
      default_transaction_isolation: "serializable",
    },
    shows: {
      search_path: "app",
      extra_float_digits: "2",
      default_transaction_isolation: "serializable",
    },
  },
  {
    name: "pgx",
    start: { ...login, search_path: "app", timezone: "UTC", plan_cache_mode: "force_custom_plan" },
    shows: { search_path: "app", TimeZone: "UTC", plan_cache_mode: "force_custom_plan" },
  },
  {
    name: "the JDBC driver",
    start: {
      ...login,
      client_encoding: "UTF8",
      DateStyle: "ISO",
      TimeZone: "Europe/Stockholm",
      extra_float_digits: "2",
      search_path: "app,public",
      options: "-c idle_session_timeout=1h",
    },
    shows: { TimeZone: "Europe/Stockholm", search_path: "app,public", idle_session_timeout: "1h" },
  },
  {
    name: "asyncpg",
    start: {
      client_encoding: "'utf-8'",
      jit: "off",
      application_name: "async",
      search_path: "app",
      IntervalStyle: "iso_8601",
      ...login,
    },
    shows: { client_encoding: "UTF8", jit: "off", IntervalStyle: "iso_8601", search_path: "app" },
  },
  {
    name: "Npgsql",
    start: {
      ...login,
      client_encoding: "UTF8",
      application_name: "Orders",
      search_path: "orders",
      TimeZone: "UTC",
      options: "-c default_transaction_read_only=on",
    },
    shows: { search_path: "orders", default_transaction_read_only: "on" },
  },
];

for (const method of ["scram-sha-256", "md5", "password"])
  describe(`PostgreSQL with the method ${method} behind its proxy`, function () {
    this.timeout(120_000);
    const bench = new Bench();
    let upstream: Upstream;

    /** Another proxy before the same server. */
    const another = async (changed: Partial<Upstream>): Promise<number> => {
      const listen = await freePort();
      bench.proxy(proxyOf("postgres", listen), { ...upstream, ...changed, listen });
      await bench.answers(listen);
      return listen;
    };
    const as = async (
      user: string,
      password: string,
      more: Partial<Parameters<typeof Client.open>[0]> = {},
    ): Promise<Client> =>
      Client.open({
        port: upstream.listen,
        start: { user, database: "shop" },
        password,
        ...more,
      });
    const asks = async (client: Promise<Client>, sql: string): Promise<string | undefined> => {
      const open = await client;
      const [first] = await open.query(sql);
      await open.end();
      return first;
    };

    before(async function () {
      needs(this, "postgres", "initdb", "psql", "openssl");
      const server = await postgresServer(bench, { method });
      const { user, password } = admin;
      upstream = { ...server, listen: await freePort(), own: bench.shown() };
      bench.proxy(proxyOf("postgres", upstream.listen), upstream);
      await bench.answers(upstream.listen);
      // The administrator, too, comes through the proxy.
      const open = await as(user, password, { start: { user, database: "postgres" } });
      await open.query("CREATE ROLE shop LOGIN CREATEROLE PASSWORD 'sold'");
      await open.query("CREATE ROLE app_postgres LOGIN PASSWORD 'hush'");
      await open.query("CREATE DATABASE shop OWNER shop");
      await open.end();
    });

    after(() => bench.end());

    for (const { name, start, shows } of drivers)
      it(`takes the start-up packet of ${name}`, async () => {
        const client = await as("shop", "sold", { start });
        for (const [setting, value] of Object.entries(shows))
          assert.deepEqual(await client.query(`SHOW ${setting}`), [value], setting);
        await client.end();
      });

    it("takes what psql takes from its environment and its connection string", () => {
      const said = bench.run(
        "psql",
        [
          ...["--no-psqlrc", "-Atq", "-c", "SHOW search_path", "-c", "SHOW statement_timeout"],
          ...["-c", "SHOW TimeZone", "-c", "SHOW application_name"],
          `postgresql://shop:sold@127.0.0.1:${upstream.listen}/shop?application_name=nightly&options=-c%20search_path%3Dreports%20-c%20statement_timeout%3D9s`,
        ],
        { env: { PGTZ: "Asia/Kolkata" } },
      );
      assert.equal(said, "reports\n9s\nAsia/Kolkata\nnightly\n");
    });

    it("says what the server says of a parameter that it does not know", async () => {
      await assert.rejects(
        as("shop", "sold", { start: { ...login, no_such_thing: "1" } }),
        /unrecognized configuration parameter "no_such_thing"/,
      );
    });

    it("admits roles that the application makes, without TLS and with it", async () => {
      const name = `tenant_${method.replace(/\W/g, "")}`;
      await asks(as("shop", "sold"), `CREATE ROLE ${name} LOGIN PASSWORD 'first'`);
      for (const encryption of ["none", "request", "direct"] as const) {
        const client = as(name, "first", { encryption });
        assert.equal(await asks(client, "SELECT current_user"), name, encryption);
        await assert.rejects(as(name, "else", { encryption }), /password authentication failed/);
      }
      await asks(as("shop", "sold"), `ALTER ROLE ${name} PASSWORD 'second'`);
      assert.equal(await asks(as(name, "second"), "SELECT session_user"), name);
      await assert.rejects(as(name, "first"), /password authentication failed/);
    });

    it("logs in for the user that is another one on the server", async () => {
      const port = await another({
        client: { user: "postgres", password: "héllo" },
        server: { user: "app_postgres", password: "hush" },
      });
      const start = {
        user: "postgres",
        database: "shop",
        search_path: "app",
        options: "-c jit=off",
      };
      for (const encryption of ["none", "request"] as const) {
        const client = await as("postgres", "héllo", { port, start, encryption });
        assert.deepEqual(await client.query("SELECT current_user"), ["app_postgres"]);
        assert.deepEqual(await client.query("SHOW search_path"), ["app"]);
        assert.deepEqual(await client.query("SHOW jit"), ["off"]);
        await client.end();
        for (const wrong of ["hush", "hello", ""])
          await assert.rejects(as("postgres", wrong, { port, encryption }), /"postgres"/, wrong);
      }
      // The default is the name of the user as the client says it.
      assert.equal(
        await asks(
          as("postgres", "héllo", { port, start: { user: "postgres" } }),
          "SELECT current_database()",
        ),
        "postgres",
      );
      assert.equal(await asks(as("shop", "sold", { port }), "SELECT current_user"), "shop");
    });

    it("logs in for a user that needs no password, and for no other one", async () => {
      const port = await another({
        client: { user: "free" },
        server: { user: "app_postgres", password: "hush" },
      });
      assert.equal(await asks(as("free", "", { port }), "SELECT current_user"), "app_postgres");
      await assert.rejects(as("app_postgres", "free", { port }), /password authentication failed/);
      const wrong = await another({
        client: { user: "free" },
        server: { user: "app_postgres", password: "old" },
      });
      await assert.rejects(as("free", "", { port: wrong }), /password authentication failed/);
    });

    it("takes connections for replication", async () => {
      const { user, password } = admin;
      const start = { user, database: "postgres", replication: "database" };
      assert.match((await asks(as(user, password, { start }), "IDENTIFY_SYSTEM"))!, /^\d{10,}$/);
    });

    it("cancels statements", async () => {
      const client = await as("shop", "sold");
      const slow = assert.rejects(client.query("SELECT pg_sleep(60)"), /canceling statement/);
      const watcher = await as("shop", "sold");
      const running = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
      for (let left = 1000; left > 0; left--) if ((await watcher.query(running)).length > 0) break;
      await watcher.end();
      const cancel = await dialled(upstream.listen);
      cancel.write(Buffer.concat([int32(16), int32(80877102), client.key]));
      await once(cancel.resume(), "close");
      await slow;
      assert.deepEqual(await client.query("SELECT 1"), ["1"]);
      await client.end();
    });

    it("ends the server's connection with the client's, and the client's with the server's", async () => {
      const watcher = await as("shop", "sold");
      const others = "FROM pg_stat_activity WHERE application_name = 'short'";
      const start = { ...login, application_name: "short" };
      const short = await as("shop", "sold", { start });
      assert.deepEqual(await watcher.query(`SELECT count(*) ${others}`), ["1"]);
      await short.end();
      for (let left = 100; left > 0; left--)
        if ((await watcher.query(`SELECT count(*) ${others}`))[0] === "0") break;
      assert.deepEqual(await watcher.query(`SELECT count(*) ${others}`), ["0"]);
      const ended = await as("shop", "sold", { start });
      await watcher.query(`SELECT pg_terminate_backend(pid) ${others}`);
      await assert.rejects(ended.query("SELECT 1"), /terminating connection|closed|EPIPE|RESET/);
      await watcher.end();
    });

    it("goes on after clients that say nothing sensible", async () => {
      const plain = await dialled(upstream.listen);
      plain.write(Buffer.concat([sslRequest, Buffer.from("Q")]));
      assert.match(textOf(await message(plain)), /unencrypted data after SSL request/);
      const long = await dialled(upstream.listen);
      long.write(Buffer.concat([int32(2 ** 30), int32(196608)]));
      assert.match(textOf(await message(long)), /invalid length of startup packet/);
      const gss = await dialled(upstream.listen);
      gss.write(Buffer.concat([int32(8), int32(80877104)]));
      assert.equal((await take(gss, 1)).toString(), "N");
      const noise = await dialled(upstream.listen);
      noise.write(Buffer.concat([Buffer.from([0x16]), Buffer.alloc(600, 7)]));
      await once(noise.resume(), "close");
      for (const socket of [plain, long, gss]) socket.destroy();
      assert.equal(await asks(as("shop", "sold"), "SELECT 1"), "1");
    });
  });
