import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { proxyOf, type Upstream } from "../../components/proxy";
import { bootstrapOf } from "../../components/proxy/bootstrap";
import { Bench, freePort, needs } from "./servers";

describe("PostgreSQL behind its proxy", function () {
  this.timeout(60_000);
  const bench = new Bench();
  let upstream: Upstream;
  let other: string;

  const psql = (port: number, sql: string, user = "shop", password = "it's"): string =>
    bench
      .run("env", [
        `PGPASSWORD=${password}`,
        "psql",
        "--no-psqlrc",
        "-Atq",
        `host=127.0.0.1 port=${port} user=${user} dbname=shop sslmode=disable connect_timeout=5`,
        "-c",
        sql,
      ])
      .trim();

  before(async function () {
    needs(this, "postgres", "initdb", "psql", "pgbouncer", "openssl");
    const keys = bench.authority("right");
    other = bench.authority("wrong").ca;
    const port = await freePort();
    const data = join(bench.folder, "data");
    writeFileSync(join(bench.folder, "password"), "imposed");
    bench.run("initdb", ["-D", data, "-U", "berth", "-A", "scram-sha-256", "--pwfile", "password"]);
    appendFileSync(
      join(data, "postgresql.conf"),
      [
        "ssl = on",
        `ssl_cert_file = '${keys.cert}'`,
        `ssl_key_file = '${keys.key}'`,
        `unix_socket_directories = ''`,
        "",
      ].join("\n"),
    );
    // Who comes without TLS is refused.
    writeFileSync(join(data, "pg_hba.conf"), "hostssl all all all scram-sha-256\n");
    bench.start("postgres", ["-D", data, "-p", String(port)]);
    await bench.answers(port);
    upstream = {
      engine: "postgres",
      host: "localhost",
      port,
      tls: true,
      verify: "host",
      ca: keys.ca,
      listen: await freePort(),
      client: { user: "shop", password: "it's" },
    };
    bootstrap();
    bench.proxy(proxyOf("postgres", upstream.listen), upstream);
    await bench.answers(upstream.listen);
  });

  after(() => bench.end());

  /** The Job's script, with its folders elsewhere. */
  const bootstrap = (): string => {
    const { script, sql, file } = bootstrapOf("postgres")!;
    const etc = join(bench.folder, "etc");
    const scripts = join(bench.folder, "initdb");
    mkdirSync(etc, { recursive: true });
    mkdirSync(scripts, { recursive: true });
    writeFileSync(join(etc, "ca.pem"), upstream.ca!);
    writeFileSync(
      join(etc, file),
      sql({ database: "shop", user: "shop", password: "it's", extensions: ["pgcrypto"] }),
    );
    writeFileSync(
      join(scripts, "01-tables.sql"),
      "CREATE EXTENSION IF NOT EXISTS pgcrypto; CREATE TABLE runs (id serial); INSERT INTO runs DEFAULT VALUES;",
    );
    return bench.run("env", [
      "HOST=localhost",
      `PORT=${upstream.port}`,
      "ADMIN=berth",
      "ADMIN_PASSWORD=imposed",
      "DEFAULT_DATABASE=postgres",
      "VERIFY=host",
      "APP_USER=shop",
      "APP_PASSWORD=it's",
      "APP_DATABASE=shop",
      "sh",
      "-c",
      script.replaceAll("/docker-entrypoint-initdb.d", scripts).replaceAll("/etc/berth", etc),
    ]);
  };

  it("answers clients that know neither TLS nor the server's password rules", () => {
    assert.equal(psql(upstream.listen, "SELECT current_user"), "shop");
    assert.throws(() => psql(upstream.port, "SELECT 1"), /no pg_hba.conf entry|SSL/);
    assert.throws(() => psql(upstream.listen, "SELECT 1", "shop", "wrong"), /password|SASL/);
  });

  it("was prepared once, by whoever runs the scripts again", () => {
    assert.equal(psql(upstream.listen, "SELECT count(*) FROM runs"), "1");
    assert.equal(bootstrap(), "");
    assert.equal(psql(upstream.listen, "SELECT count(*) FROM runs"), "1");
    assert.equal(
      psql(upstream.listen, "SELECT tableowner FROM pg_tables WHERE tablename = 'runs'"),
      "shop",
    );
  });

  it("keeps a session: LISTEN hears what another client says", async () => {
    const listener = spawn(
      "psql",
      ["--no-psqlrc", "-q", `host=127.0.0.1 port=${upstream.listen} user=shop dbname=shop`],
      { env: { ...process.env, PGPASSWORD: "it's" }, stdio: ["pipe", "pipe", "pipe"] },
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
      [{ ...upstream, ca: other }, /certificate verify failed/],
      [{ ...upstream, host: "127.0.0.1" }, /127\.0\.0\.1.*not present|name/],
    ] as const) {
      const listen = await freePort();
      bench.proxy(proxyOf("postgres", listen), { ...wrong, listen });
      await bench.answers(listen);
      bench.log = "";
      assert.throws(() => psql(listen, "SELECT 1"), /SSL|TLS|server/i);
      await bench.says(reason);
    }
  });
});
