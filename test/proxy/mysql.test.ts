import assert from "node:assert/strict";
import { proxyOf, type Upstream } from "../../components/databases";
import { freePort } from "../rig/port";
import { admin, firstStart } from "./first-start";
import { startServer } from "./mysql-servers";
import { Bench, needs } from "./servers";

for (const engine of ["mariadb", "mysql"] as const)
  describe(`${engine === "mysql" ? "MySQL" : "MariaDB"} behind its proxy`, function () {
    this.timeout(120_000);
    const bench = new Bench();
    let upstream: Upstream;
    let other: string;

    before(async function () {
      needs(this, "mariadbd", "mariadb-install-db", "mariadb", "mysqld", "mysql", "mysqlrouter");
      other = bench.authority("wrong").ca;
      const server = await startServer(bench, engine);
      firstStart(bench, {
        engine,
        upstream: server,
        wanted: { database: "shop", user: "shop", password: "it's", extensions: [] },
        defaultDatabase: "mysql",
      });
      upstream = { ...server, listen: await freePort(), own: bench.shown() };
      await start(upstream);
    });

    after(() => bench.end());

    const start = async (at: Upstream): Promise<void> => {
      bench.proxy(proxyOf(engine, at.listen), at);
      await bench.answers(at.listen);
    };

    /** Whether a proxy listens, as Kubernetes would ask. */
    const healthy = (listen: number): boolean => {
      const { health } = proxyOf(engine, listen);
      assert("command" in health);
      try {
        bench.run(health.command[0]!, health.command.slice(1));
        return true;
      } catch {
        return false;
      }
    };

    /** MySQL's own client, which asks for TLS unless told otherwise. */
    const mysql = (sql: string, more: readonly string[] = [], password = "it's"): string =>
      bench
        .run(
          "mysql",
          [
            ...["--no-defaults", "--protocol=tcp", "--host=127.0.0.1", "--user=shop"],
            ...[`--port=${upstream.listen}`, "--batch", "--skip-column-names", ...more, "-e", sql],
          ],
          { env: { MYSQL_PWD: password } },
        )
        .trim();
    const mariadb = (sql: string, listen = upstream.listen, password = "it's"): string =>
      bench
        .run(
          "mariadb",
          [
            ...["--no-defaults", "--protocol=tcp", "--host=127.0.0.1", "--user=shop", "--skip-ssl"],
            ...[`--port=${listen}`, "--batch", "--skip-column-names", "shop", "-e", sql],
          ],
          { env: { MYSQL_PWD: password } },
        )
        .trim();
    /** The server forgets whom it has let in: the next client has to show its password whole. */
    const forget = (): void => {
      bench.run(
        "mariadb",
        [
          ...["--no-defaults", "--protocol=tcp", "--host=localhost", `--port=${upstream.port}`],
          ...[`--user=${admin.user}`, "--ssl", "-e", "FLUSH PRIVILEGES"],
        ],
        { env: { MYSQL_PWD: admin.password } },
      );
    };

    it("answers clients with and without TLS, whatever they sent before", () => {
      const plain = ["--ssl-mode=DISABLED", "--get-server-public-key"];
      for (const args of [plain, [], ["--ssl-mode=REQUIRED"], plain]) {
        forget();
        assert.equal(mysql("SELECT CURRENT_USER()", args), "shop@%", args.join(" "));
      }
      forget();
      assert.equal(mariadb("SELECT CURRENT_USER()"), "shop@%");
    });

    it("speaks TLS to a server that requires it", () => {
      assert.match(mariadb("SHOW STATUS LIKE 'ssl_cipher'"), /TLS_/);
      assert.throws(() => mariadb("SELECT 1", upstream.port), /insecure transport|Access denied/);
    });

    it("leaves passwords to the server", () => {
      forget();
      for (const password of ["wrong", ""]) {
        assert.throws(() => mysql("SELECT 1", [], password), /Access denied/);
        assert.throws(() => mariadb("SELECT 1", upstream.listen, password), /Access denied/);
      }
    });

    it("keeps a session whole", () => {
      assert.equal(
        mariadb(
          [
            "SET @kept = 'yes'",
            "CREATE TEMPORARY TABLE passing (id INT)",
            "INSERT INTO passing VALUES (1), (2)",
            "PREPARE asked FROM 'SELECT COUNT(*), @kept FROM passing WHERE id > ?'",
            "SET @least = 0",
            "EXECUTE asked USING @least",
            "SELECT GET_LOCK('only', 1)",
            "SELECT IS_USED_LOCK('only') = CONNECTION_ID()",
          ].join(";"),
        ),
        "2\tyes\n1\n1",
      );
    });

    it("passes large answers, and what is loaded from the client", () => {
      assert.equal(mariadb("SELECT LENGTH(REPEAT('x', 9000000))"), "9000000");
      assert.equal(mariadb("SELECT REPEAT('x', 9000000)").length, 9_000_000);
      mariadb("CREATE TABLE many (id INT AUTO_INCREMENT PRIMARY KEY, text TEXT)");
      const rows = Array.from({ length: 20_000 }, (_, row) => `('row ${row}')`).join(",");
      const file = bench.file("rows.sql", `INSERT INTO many (text) VALUES ${rows};`);
      mariadb(`source ${file}`);
      assert.equal(mariadb("SELECT COUNT(*) FROM many"), "20000");
    });

    it("accepts every option of its configuration", () => {
      assert.doesNotMatch(bench.log, /unknown|not supported|no effect|deprecated/i);
    });

    it("is healthy as long as it listens", async () => {
      assert.equal(healthy(upstream.listen), true);
      assert.equal(healthy(await freePort()), false);
    });

    it("refuses a server of another authority, and one of another name", async () => {
      for (const wrong of [
        { ...upstream, ca: other },
        { ...upstream, ca: other, verify: "authority" as const },
        { ...upstream, host: "127.0.0.1" },
      ]) {
        const listen = await freePort();
        await start({ ...wrong, listen });
        assert.throws(() => mariadb("SELECT 1", listen), /ERROR/);
        assert.throws(() => mysql("SELECT 1", [`--port=${listen}`]), /certificate verify failed/);
      }
      // An address, as Cloud SQL has it, with the right authority.
      const listen = await freePort();
      await start({ ...upstream, host: "127.0.0.1", verify: "authority", listen });
      assert.equal(mariadb("SELECT 1", listen), "1");
    });
  });
