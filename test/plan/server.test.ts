import assert from "node:assert/strict";
import { engineRunBy } from "../../components/databases";
import { type Loose, planOf } from "./make";

const sh = (script: string) => ["sh", "-c", script];

describe("a service with a database's image", () => {
  for (const [image, command, entrypoint, runs] of [
    ["postgres:17", null, null, true],
    ["postgres:17", ["-c", "max_connections=300"], null, true],
    ["postgres:17", ["postgres", "-c", "fsync=off"], null, true],
    ["postgres:17", ["docker-entrypoint.sh", "postgres"], null, true],
    ["mysql:8", ["mysqld", "--sql-mode="], null, true],
    ["redis:7", sh("exec redis-server --requirepass $PASSWORD"), null, true],
    ["redis:7", sh("sysctl -w x=1 && redis-server /etc/redis.conf"), null, true],
    ["valkey/valkey:8", ["gosu", "redis", "valkey-server"], null, true],
    ["mongo:7", ["--replSet", "rs0"], null, true],
    ["mongo:7", ["mongod"], ["/usr/bin/tini", "--"], true],
    ["bitnami/postgresql:17", ["/run.sh"], ["/opt/bitnami/scripts/postgresql/entrypoint.sh"], true],
    ["postgres:17", ["pg_dump", "-h", "postgres", "-U", "postgres"], null, false],
    ["postgres:17", sh("while :; do pg_dump -h db -U postgres > /b; sleep 9; done"), null, false],
    ["postgres:17", ["-c", "psql -h postgres"], ["sh"], false],
    ["mysql:8", sh("mysqldump --host mysqld shop | gzip > /b"), null, false],
    ["redis:7", ["redis-cli", "-h", "redis-server", "monitor"], null, false],
    ["mongo:7", ["mongosh", "--host", "mongo", "--eval", "rs.initiate()"], null, false],
  ] as [string, string[] | null, string[] | null, boolean][])
    it(`${runs ? "runs" : "does not run"} its server: ${[...(entrypoint ?? []), ...(command ?? [])].join(" ")} (${image})`, () => {
      assert.equal(engineRunBy(image, { command, entrypoint }) !== undefined, runs);
    });

  it("is no database where it runs another program", () => {
    const db: Loose = {
      image: "postgres:17",
      restart: "always",
      environment: { POSTGRES_PASSWORD: "x" },
    };
    const backup: Loose = { ...db, command: ["pg_dump", "-h", "db"], restart: "unless-stopped" };
    const made = planOf({ db, backup }, { shape: "cluster", domain: "a.b" });
    assert.deepEqual(
      made.databases.map(({ service }) => service),
      ["db"],
    );
    assert.deepEqual(
      made.services.map(({ name }) => name),
      ["backup"],
    );
  });
});
