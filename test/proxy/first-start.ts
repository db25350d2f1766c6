import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { engines, folder, type Upstream } from "../../components/databases";
import type { DatabaseSpec } from "../../components/databases/bootstrap";
import type { EngineName } from "../../components/model/engine-name";
import type { Bench } from "./servers";

interface FirstStart {
  readonly engine: EngineName;
  readonly upstream: Upstream;
  readonly wanted: DatabaseSpec;
  readonly defaultDatabase: string;
  /** First-start scripts by name; executable where the name starts with `x-`. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** The folder of all programs that the script finds; all of this computer's unless said. */
  readonly programs?: string;
}

/** Who has all rights on every server here. */
export const admin = { user: "berth", password: "imposed" };

/** Runs the bootstrap's very script as its Job does, with its folders elsewhere and no second try. */
export function firstStart(
  bench: Bench,
  { engine, upstream, wanted, defaultDatabase, scripts = {}, programs }: FirstStart,
): string {
  const { script, sql, file } = engines[engine].bootstrap!;
  const etc = bench.room("etc");
  const initdb = join(bench.folder, "initdb");
  rmSync(initdb, { recursive: true, force: true });
  mkdirSync(initdb);
  bench.file("etc/ca.pem", upstream.ca ?? "");
  bench.file(join("etc", file), sql(wanted));
  for (const [name, text] of Object.entries(scripts))
    bench.file(join("initdb", name), text, name.startsWith("x-") ? 0o755 : 0o644);
  return bench.run(
    "/bin/sh",
    [
      "-c",
      script
        .replaceAll("/docker-entrypoint-initdb.d", initdb)
        .replaceAll(folder, etc)
        .replace("left=30", "left=1"),
    ],
    {
      root: programs !== undefined,
      env: {
        TMPDIR: bench.room("tmp"),
        HOST: upstream.host,
        PORT: String(upstream.port),
        ADMIN: admin.user,
        ADMIN_PASSWORD: admin.password,
        DEFAULT_DATABASE: defaultDatabase,
        TLS: String(upstream.tls),
        SRV: String(upstream.srv ?? false),
        VERIFY: upstream.verify,
        APP_USER: wanted.user ?? "",
        APP_PASSWORD: wanted.password ?? "",
        APP_DATABASE: wanted.database ?? "",
        ...(programs === undefined ? {} : { PATH: programs }),
      },
    },
  );
}
