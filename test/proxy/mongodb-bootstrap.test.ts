import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { engines, type Upstream } from "../../components/databases";
import { admin, firstStart } from "./first-start";
import { Bench } from "./servers";

const wanted = { user: 'ro"ot', password: "o'w\\n", database: "app", extensions: [] };

describe("the first start of a managed MongoDB", () => {
  /** Runs what mongosh would, before a server that takes only some roles. */
  const run = (known: boolean, allowed: readonly string[]): unknown[] => {
    const done: unknown[] = [];
    const db = {
      getSiblingDB: (name: string) => ({
        getUser: (user: string) => (known ? { user, db: name } : null),
        createUser: (user: { roles: { role: string }[] }) => {
          if (user.roles.some(({ role }) => !allowed.includes(role)))
            throw new Error("not allowed");
          done.push(["create", user]);
        },
        updateUser: (...words: unknown[]) => done.push(["update", ...words]),
      }),
    };
    runInNewContext(engines.mongodb.bootstrap!.sql(wanted), { db });
    return JSON.parse(JSON.stringify(done)) as unknown[];
  };
  const some = ["readWriteAnyDatabase", "dbAdminAnyDatabase", "userAdminAnyDatabase"];
  const made = (...roles: string[]): unknown[] => [
    [
      "create",
      {
        user: wanted.user,
        pwd: wanted.password,
        roles: roles.map((role) => ({ role, db: "admin" })),
      },
    ],
  ];

  it("makes the application's user with as much of root as may be given", () => {
    assert.deepEqual(run(false, ["root"]), made("root"));
    assert.deepEqual(run(false, some), made(...some));
    assert.throws(() => run(false, []), /not allowed/);
  });

  it("gives a user that is there the password of now", () => {
    assert.deepEqual(run(true, []), [["update", wanted.user, { pwd: wanted.password }]]);
  });

  it("creates no user where only the cloud's API does", () => {
    assert.equal(engines.mongodb.bootstrap!.sql({ extensions: [] }), "");
  });

  describe("by its script", () => {
    const bench = new Bench();
    const calls = join(bench.folder, "calls");
    const applied = join(bench.folder, "applied");
    const upstream: Upstream = {
      host: "db.example.net",
      port: 27017,
      tls: true,
      verify: "host",
      ca: "-----BEGIN CERTIFICATE-----",
      listen: 27017,
    };
    const scripts = {
      "1.js": "db.things.insertOne({})",
      "2.sh":
        'mongosh -u "$MONGO_INITDB_ROOT_USERNAME" -p "$MONGO_INITDB_ROOT_PASSWORD" --authenticationDatabase admin "$MONGO_INITDB_DATABASE" --eval "db.two.drop()"',
      "x-3.sh":
        '#!/bin/sh\nmongo --host localhost --port 27017 "mongodb://localhost/three?x=y" --quiet',
      "4.txt": "",
    };
    const start = (at: Upstream, user = wanted.user): string => {
      const programs = join(bench.folder, "programs");
      mkdirSync(programs, { recursive: true });
      // What the shell would count of scripts that have run is how often it was told of one.
      writeFileSync(
        join(programs, "mongosh"),
        `#!/bin/sh
{ for word; do printf '<%s>' "$word"; done; echo; } >> '${calls}'
case "$*" in
  *countDocuments*) for last; do :; done; name=\${last#*_id: \\"}; grep -c "insertOne({ _id: .\${name%%\\"*}\\"" '${applied}' ;;
  *insertOne*_id*) for last; do :; done; echo "$last" >> '${applied}' ;;
esac
exit 0
`,
        { mode: 0o755 },
      );
      writeFileSync(calls, "");
      return firstStart(bench, {
        engine: "mongodb",
        upstream: at,
        wanted: { ...wanted, user },
        defaultDatabase: "admin",
        scripts,
        programs: `${programs}:/usr/bin:/bin`,
      });
    };
    const called = (): string[] => readFileSync(calls, "utf8").trimEnd().split("\n");

    before(() => {
      writeFileSync(applied, "");
    });
    after(() => bench.end());

    it("runs each first-start script once, on the server and in its database", () => {
      const login = `<--username><${admin.user}><--password><${admin.password}><--authenticationDatabase><admin><--tlsCAFile><${join(bench.folder, "etc/ca.pem")}>`;
      const at = (database: string): string =>
        `<mongodb://db.example.net:27017/${database}?tls=true&retryWrites=false>${login}`;
      assert.match(
        start(upstream),
        /running 1.js\nrunning 2.sh\nrunning 4.txt\n4.txt is left out[^]*running x-3.sh/,
      );
      const all = called();
      assert.ok(
        all.every((call) => call.includes(login)),
        all.join("\n"),
      );
      assert.ok(all.includes(`${at("admin")}<--quiet><${join(bench.folder, "etc/bootstrap.js")}>`));
      assert.ok(all.includes(`${at("app")}<--quiet><${join(bench.folder, "initdb/1.js")}>`));
      assert.ok(all.includes(`${at("app")}<--eval><db.two.drop()>`), all.join("\n"));
      assert.ok(all.includes(`${at("three")}<--quiet>`), all.join("\n"));
      assert.doesNotMatch(start(upstream), /running (1|2|x)/);
      assert.ok(!called().some((call) => call.includes("1.js>")));
    });

    it("finds the members of a replica set, and asks for what their certificates can show", () => {
      start({ ...upstream, srv: true, verify: "authority" });
      assert.match(
        called()[0]!,
        /^<mongodb\+srv:\/\/db.example.net\/app\?tls=true&retryWrites=false>/,
      );
      assert.match(called()[0]!, /<--tlsAllowInvalidHostnames>/);
    });

    it("leaves the administrator alone", () => {
      assert.throws(() => start(upstream, admin.user), /give the application another user/);
    });
  });
});

describe("the URL of a MongoDB", () => {
  it("gets whether its host is an SRV record, and whether the server speaks TLS", () => {
    const of = (url: string): unknown => {
      const { host, port, user, password, database, tls, srv } = engines.mongodb.url(url);
      return [host, port, user, password, database, tls, srv];
    };
    assert.deepEqual(of("mongodb+srv://me:a%40b@set.example.net/app?retryWrites=true"), [
      ...["set.example.net", 27017, "me", "a@b", "app"],
      ...[true, true],
    ]);
    assert.deepEqual(of("mongodb://me:b@db.example.net:27018/?tls=false"), [
      ...["db.example.net", 27018, "me", "b", ""],
      ...[false, false],
    ]);
  });
});
