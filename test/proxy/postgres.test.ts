import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { proxyOf, type Upstream } from "../../components/databases";
import { freePort } from "../rig/port";
import { firstStart } from "./first-start";
import { postgresServer } from "./postgres-server";
import { Bench, needs } from "./servers";

describe("PostgreSQL behind its proxy", function () {
  this.timeout(120_000);
  const bench = new Bench();
  let upstream: Upstream;
  let other: string;

  const psql = (
    port: number,
    sql: string,
    user = "shop",
    password = "sold",
    tls = "disable",
  ): string =>
    bench
      .run("env", [
        `PGPASSWORD=${password}`,
        "psql",
        "--no-psqlrc",
        "-Atq",
        `host=127.0.0.1 port=${port} user=${user} dbname=shop sslmode=${tls} connect_timeout=5`,
        "-c",
        sql,
      ])
      .trim();

  before(async function () {
    needs(this, "postgres", "initdb", "psql", "pgbench", "openssl");
    const server = await postgresServer(bench);
    other = bench.authority("wrong").ca;
    upstream = { ...server, listen: await freePort(), own: bench.shown() };
    bootstrap();
    bench.proxy(proxyOf("postgres", upstream.listen), upstream);
    await bench.answers(upstream.listen);
  });

  after(() => bench.end());

  const scripts = {
    "01-tables.sql":
      "CREATE EXTENSION IF NOT EXISTS pgcrypto; CREATE TABLE runs (id serial); INSERT INTO runs DEFAULT VALUES;",
    "02-reader.sql": `CREATE ROLE "Read""er" WITH LOGIN PASSWORD 'r''ead'; GRANT SELECT ON runs TO "Read""er";`,
    "03-writer.sh": [
      `psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<EOSQL`,
      "  CREATE USER Writer ENCRYPTED PASSWORD '${POSTGRES_PASSWORD}too';",
      "  GRANT INSERT ON runs TO writer;",
      "EOSQL",
      "",
    ].join("\n"),
  };
  const bootstrap = (): string =>
    firstStart(bench, {
      engine: "postgres",
      upstream,
      wanted: { database: "shop", user: "shop", password: "sold", extensions: ["pgcrypto"] },
      defaultDatabase: "postgres",
      scripts,
    });

  it("answers clients without TLS and without the server's password method", () => {
    assert.equal(psql(upstream.listen, "SELECT current_user"), "shop");
    assert.throws(() => psql(upstream.port, "SELECT 1"), /no pg_hba.conf entry|SSL/);
    assert.throws(() => psql(upstream.listen, "SELECT 1", "shop", "wrong"), /password|SASL/);
  });

  it("is prepared once, also when the scripts run again", () => {
    assert.equal(psql(upstream.listen, "SELECT count(*) FROM runs"), "1");
    assert.equal(bootstrap(), "");
    assert.equal(psql(upstream.listen, "SELECT count(*) FROM runs"), "1");
    assert.equal(
      psql(upstream.listen, "SELECT tableowner FROM pg_tables WHERE tablename = 'runs'"),
      "shop",
    );
  });

  it("admits the users that the scripts created, each by its own password", () => {
    assert.equal(psql(upstream.listen, "SELECT current_user", 'Read\\"er', "r'ead"), 'Read"er');
    assert.equal(psql(upstream.listen, "SELECT current_user", "writer", "soldtoo"), "writer");
    assert.throws(
      () => psql(upstream.listen, "DELETE FROM runs", "writer", "soldtoo"),
      /permission denied/,
    );
    assert.throws(() => psql(upstream.listen, "SELECT 1", "writer", "sold"), /password|SASL/);
    assert.throws(
      () => psql(upstream.listen, "SELECT 1", "nobody", "sold"),
      /password|SASL|no such/,
    );
  });

  it("speaks TLS with clients that insist on it, and with those that may", () => {
    for (const mode of ["require", "prefer", "allow"])
      assert.equal(psql(upstream.listen, "SELECT 1", "shop", "sold", mode), "1", mode);
    const said = (mode: string): string =>
      psql(upstream.listen, "\\conninfo", "shop", "sold", mode);
    assert.match(said("require"), /SSL|TLS/);
    assert.doesNotMatch(said("disable"), /SSL|TLS/);
  });

  it("keeps a session whole: COPY, prepared statements, settings, temporary tables", () => {
    const file = bench.file(
      "rows.csv",
      Array.from({ length: 50_000 }, (_, row) => `${row}\n`).join(""),
    );
    const sql = bench.file(
      "session.sql",
      [
        "SET application_name = 'kept';",
        "CREATE TEMPORARY TABLE passing (id int);",
        `\\copy passing FROM '${file}'`,
        "PREPARE asked (int) AS SELECT count(*), current_setting('application_name') FROM passing WHERE id >= $1;",
        "EXECUTE asked (10);",
        "\\copy (SELECT * FROM passing) TO '/dev/null'",
        "SELECT pg_advisory_lock(1);",
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();",
        "",
      ].join("\n"),
    );
    const said = bench.run(
      "psql",
      [
        ...["--no-psqlrc", "-Atq", "--set", "ON_ERROR_STOP=1", "--file", sql],
        `host=127.0.0.1 port=${upstream.listen} user=shop dbname=shop`,
      ],
      { env: { PGPASSWORD: "sold" } },
    );
    assert.match(said, /^49990\|kept\n\n1\n$/);
  });

  it("takes statements that the protocol prepares, of several clients at once", () => {
    const sql = bench.file("bench.sql", "SELECT count(*) FROM runs WHERE id > :client_id;\n");
    const said = bench.run(
      "pgbench",
      [
        ...["--no-vacuum", "--protocol=prepared", "--client=5", "--transactions=20", "--file", sql],
        `host=127.0.0.1 port=${upstream.listen} user=shop dbname=shop`,
      ],
      { env: { PGPASSWORD: "sold" } },
    );
    assert.match(said, /actually processed: 100\/100/);
  });

  it("keeps a session: LISTEN receives another client's NOTIFY", async () => {
    const listener = spawn(
      "psql",
      ["--no-psqlrc", "-q", `host=127.0.0.1 port=${upstream.listen} user=shop dbname=shop`],
      { env: { ...process.env, PGPASSWORD: "sold" }, stdio: ["pipe", "pipe", "pipe"] },
    );
    let heard = "";
    listener.stdout.on("data", (text: Buffer) => (heard += text.toString()));
    listener.stdin.write("LISTEN news;\n\\echo ready\n");
    for (let left = 100; left > 0 && !heard.includes("ready"); left--)
      await new Promise((done) => setTimeout(done, 50));
    psql(upstream.listen, "NOTIFY news, 'hello'");
    listener.stdin.write("SELECT 1;\n\\q\n");
    await new Promise((done) => listener.once("exit", done));
    assert.match(heard, /notification "news" with payload "hello"/);
  });

  it("refuses a server of another authority, and one of another name", async () => {
    for (const [wrong, reason] of [
      [{ ...upstream, ca: other }, /cannot be reached: .*certificate/],
      [{ ...upstream, host: "127.0.0.1" }, /cannot be reached: .*127\.0\.0\.1 is not in the cert/],
    ] as const) {
      const listen = await freePort();
      bench.proxy(proxyOf("postgres", listen), { ...wrong, listen });
      await bench.answers(listen);
      bench.log = "";
      assert.throws(() => psql(listen, "SELECT 1"), reason);
      await bench.says(reason);
    }
  });
});
