import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Upstream } from "../../components/databases";
import { freePort } from "../rig/port";
import { admin } from "./first-start";
import { fromSid, type Bench } from "./servers";

/** What the images mysql and mariadb have besides their client, as far as the bootstrap calls it. */
const tools = "basename cat chmod grep gunzip gzip ln ls mktemp sed sh sleep".split(" ");

/** The clients of the official images: MySQL's, and MariaDB's of two generations, whose checks differ. */
export const clients = {
  "MySQL 9's client": { mysql: fromSid("mysql") },
  "MariaDB 11's client": { mariadb: fromSid("mariadb") },
  "MariaDB 10's client": { mariadb: undefined },
} as const;

export type ClientName = keyof typeof clients;

/** A folder of programs, as an image has them. */
export function programsOf(bench: Bench, client: ClientName): string {
  const name = `programs-${client.replace(/\W+/g, "-")}`;
  const room = bench.room(name);
  const link = (tool: string): void => {
    const target = execFileSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" });
    symlinkSync(target.trim(), join(room, tool));
  };
  tools.forEach(link);
  for (const [tool, text] of Object.entries(clients[client]))
    if (text === undefined) link(tool);
    else bench.file(join(name, tool), text, 0o755);
  return room;
}

/** A server that refuses who comes without TLS, with an administrator who is no superuser of the machine. */
export async function startServer(
  bench: Bench,
  engine: "mysql" | "mariadb",
): Promise<Upstream & { readonly ca: string }> {
  const { ca, cert, key } = bench.authority(engine);
  const port = await freePort();
  const program = engine === "mysql" ? "mysqld" : "mariadbd";
  const data = bench.room(engine);
  if (engine === "mysql")
    bench.run("mysqld", ["--no-defaults", "--initialize-insecure", `--datadir=${data}`]);
  else
    bench.run("mariadb-install-db", [
      ...["--no-defaults", `--datadir=${data}`, "--skip-test-db"],
      "--auth-root-authentication-method=normal",
    ]);
  const first = bench.file(
    `${engine}-first.sql`,
    [
      `CREATE USER IF NOT EXISTS '${admin.user}'@'%' IDENTIFIED BY '${admin.password}';`,
      `GRANT ALL ON *.* TO '${admin.user}'@'%' WITH GRANT OPTION;`,
      // A managed server has no accounts of its own computer.
      "DROP USER IF EXISTS root@'127.0.0.1', root@'::1';",
      // Those of RDS and Cloud SQL are not superusers either.
      engine === "mysql"
        ? `REVOKE SUPER, SHUTDOWN, FILE ON *.* FROM '${admin.user}'@'%';`
        : `REVOKE SUPER, SHUTDOWN, FILE, BINLOG ADMIN, SET USER ON *.* FROM '${admin.user}'@'%';`,
      "",
    ].join("\n"),
  );
  bench.start(program, [
    ...["--no-defaults", `--datadir=${data}`, `--port=${port}`, "--bind-address=127.0.0.1"],
    // So that nobody is let in as someone of `localhost`.
    "--skip-name-resolve",
    ...[`--socket=${join(bench.folder, engine)}.sock`, `--init-file=${first}`],
    ...["--require-secure-transport=ON", `--ssl-cert=${cert}`, `--ssl-key=${key}`],
    ...(engine === "mysql"
      ? ["--mysqlx=OFF", "--secure-file-priv=NULL", `--pid-file=${join(bench.folder, engine)}.pid`]
      : []),
  ]);
  await bench.answers(port);
  return { host: "localhost", port, tls: true, verify: "host", ca, listen: 3306 };
}
