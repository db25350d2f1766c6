import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Upstream } from "../../components/databases";
import { freePort } from "../rig/port";
import { admin } from "./first-start";
import type { Bench } from "./servers";

/** A server that is set as managed ones are: nobody comes in without TLS. */
export async function postgresServer(
  bench: Bench,
  { method = "scram-sha-256" }: { readonly method?: string } = {},
): Promise<Omit<Upstream, "listen">> {
  const keys = bench.authority("right");
  const port = await freePort();
  const data = join(bench.folder, "data");
  writeFileSync(join(bench.folder, "password"), admin.password);
  bench.run("initdb", ["-D", data, "-U", admin.user, "-A", "trust", "--pwfile", "password"]);
  appendFileSync(
    join(data, "postgresql.conf"),
    [
      "ssl = on",
      `ssl_cert_file = '${keys.cert}'`,
      `ssl_key_file = '${keys.key}'`,
      `unix_socket_directories = ''`,
      ...(method === "md5" ? ["password_encryption = md5"] : []),
      "",
    ].join("\n"),
  );
  writeFileSync(
    join(data, "pg_hba.conf"),
    `hostssl all ${admin.user} all scram-sha-256\nhostssl all all all ${method}\n`,
  );
  bench.start("postgres", ["-D", data, "-p", String(port)]);
  await bench.answers(port);
  return { host: "localhost", port, tls: true, verify: "host", ca: keys.ca };
}
