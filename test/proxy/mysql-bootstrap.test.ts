import assert from "node:assert/strict";
import type { Upstream } from "../../components/databases";
import type { DatabaseSpec } from "../../components/databases/bootstrap";
import { admin, firstStart } from "./first-start";
import { clients, programsOf, startServer, type ClientName } from "./mysql-servers";
import { Bench, needs } from "./servers";

const scripts = {
  "01-tables.sql":
    "CREATE TABLE runs (id INT AUTO_INCREMENT PRIMARY KEY); INSERT INTO runs () VALUES ();",
  "02-it's.sh": `mysql -uroot -p"$MYSQL_ROOT_PASSWORD" -h localhost "$MYSQL_DATABASE" -e 'INSERT INTO runs () VALUES ()'`,
  "03-official.sh": `docker_process_sql <<< '' || true\n`.replace(
    "<<< ''",
    "--execute 'INSERT INTO runs () VALUES ()'",
  ),
  "readme.txt": "left out",
  "x-04-run.sh": `#!/bin/sh\necho 'INSERT INTO runs () VALUES ()' | mysql --user root --password="$MYSQL_ROOT_PASSWORD" "$MYSQL_DATABASE"\n`,
};

for (const engine of ["mariadb", "mysql"] as const)
  describe(`The bootstrap of ${engine === "mysql" ? "MySQL" : "MariaDB"}`, function () {
    this.timeout(120_000);
    const bench = new Bench();
    let server: Upstream;
    let other: string;

    before(async function () {
      needs(this, "mariadbd", "mariadb-install-db", "mariadb", "mysqld", "mysql", "openssl");
      other = bench.authority("wrong").ca;
      server = await startServer(bench, engine);
    });

    after(() => bench.end());

    const sql = (statement: string, user = admin.user, password = admin.password): string =>
      bench
        .run(
          "mariadb",
          [
            ...["--no-defaults", "--protocol=tcp", "--host=localhost", `--port=${server.port}`],
            ...[
              `--user=${user}`,
              "--ssl",
              "--batch",
              "--raw",
              "--skip-column-names",
              "-e",
              statement,
            ],
          ],
          { env: { MYSQL_PWD: password } },
        )
        .trim();

    /** Everything that a second run could change, but for the salt of a password. */
    const state = (): string =>
      sql(
        [
          "SHOW DATABASES",
          "SELECT user, host, plugin FROM mysql.user ORDER BY 1, 2",
          "SELECT * FROM mysql.db ORDER BY host, db, user",
          "SELECT * FROM berth.applied ORDER BY script",
        ].join(";"),
      );

    (Object.keys(clients) as ClientName[]).forEach((client, index) => {
      describe(`by ${client}`, () => {
        const wanted: DatabaseSpec & { database: string; user: string } = {
          database: `sh\`op_${index}`,
          user: `o'hara${index}`,
          password: `back\\slash'"${index}\``,
          rootPassword: `root's ${index}`,
          extensions: [],
        };
        const run = (
          more: Partial<DatabaseSpec> = {},
          at: Partial<Upstream> = {},
          files: Readonly<Record<string, string>> = {},
        ): string =>
          firstStart(bench, {
            engine,
            upstream: { ...server, ...at },
            wanted: { ...wanted, ...more },
            defaultDatabase: "mysql",
            scripts: files,
            programs: programs(),
          });
        let room: string | undefined;
        const programs = (): string => (room ??= programsOf(bench, client));
        const named = (files: Record<string, string>): Record<string, string> =>
          Object.fromEntries(
            Object.entries(files).map(([name, text]) => [
              name.replace(/(\d\d-)/, `${index}-$1`),
              text,
            ]),
          );
        const count = (user = wanted.user, password = wanted.password): string =>
          sql(`SELECT COUNT(*) FROM \`sh\`\`op_${index}\`.runs`, user, password);

        it("makes database, user, password and grants, and runs the scripts", () => {
          const said = run({}, {}, named(scripts));
          assert.equal(
            said.replace(/(\d-)(\d\d-)/g, "$2"),
            "running 01-tables.sql\nrunning 02-it's.sh\nrunning 03-official.sh\n" +
              "running readme.txt\nreadme.txt is left out: it is neither .sh nor .sql\nrunning x-04-run.sh\n",
          );
          assert.equal(count(), "4");
          assert.equal(
            sql("SELECT CURRENT_USER()", wanted.user, wanted.password),
            `${wanted.user}@%`,
          );
        });

        it("changes nothing when it runs again", () => {
          const before = state();
          assert.equal(
            run({}, {}, named(scripts)),
            "running readme.txt\nreadme.txt is left out: it is neither .sh nor .sql\n",
          );
          assert.equal(state(), before);
          assert.equal(count(), "4");
        });

        it("gives a user its database alone, and root all of them", () => {
          sql(`CREATE DATABASE IF NOT EXISTS \`sh\`\`opX${index}\``);
          assert.throws(
            () => sql(`USE \`sh\`\`opX${index}\``, wanted.user, wanted.password),
            /Access denied/,
          );
          assert.match(sql("SHOW DATABASES", "root", wanted.rootPassword), /opX/);
          assert.equal(count("root", wanted.rootPassword), "4");
        });

        it("changes a password", () => {
          run({ password: "changed" });
          assert.equal(count(wanted.user, "changed"), "4");
          assert.throws(() => count(), /Access denied/);
          run();
        });

        it("supports an application whose only user is root, and one without a user", () => {
          const { database, extensions } = wanted;
          const alone = (who: Partial<DatabaseSpec>): string =>
            firstStart(bench, {
              engine,
              upstream: server,
              wanted: { database, extensions, ...who },
              defaultDatabase: "mysql",
              programs: programs(),
            });
          alone({ user: "root", password: "only" });
          assert.equal(count("root", "only"), "4");
          alone({});
        });

        it("leaves the administrator alone", () => {
          assert.throws(() => run({ user: admin.user }), /give the application another user/);
        });

        it("refuses a server of another authority, and one of another name", () => {
          assert.throws(() => run({}, { ca: other }), /certificate|SSL|TLS/i);
          run({}, { host: "127.0.0.1", verify: "authority" });
          assert.throws(
            () => run({}, { ca: other, host: "127.0.0.1", verify: "authority" }),
            /certificate|SSL|TLS/i,
          );
          // MariaDB's client asks no server on this very computer for its name, from release 11.4 on.
          if (client !== "MariaDB 11's client")
            assert.throws(() => run({}, { host: "127.0.0.1" }), /certificate|SSL|TLS/i);
        });
      });
    });
  });
