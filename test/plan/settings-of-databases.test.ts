import assert from "node:assert/strict";
import { catalogs } from "../../components/clouds";
import { engines } from "../../components/databases";
import type { DatabaseSpec } from "../../components/databases/bootstrap";
import { plan } from "../../components/plan";
import { formatProblem } from "../../components/model/problem";
import { refer } from "../../components/model/reference";
import type { App } from "../../components/compose/app";
import type { Database, Notice } from "../../components/plan/plan";
import type { Settings } from "../../components/settings/settings";
import { app, settings, snapshot, type Loose } from "./make";

type CloudOf = "aws" | "gcp" | "digitalocean";

interface Made extends Database {
  /** `level key: message` of the notices on the service, those of other parts of the plan left out. */
  readonly told: readonly string[];
}

/** A database of a cluster on a cloud. */
function made(cloud: CloudOf, service: Loose, more: Partial<App> = {}): Made {
  const set: Partial<Settings> = {
    cloud,
    shape: "cluster",
    domain: "example.com",
    databases: { db: { mode: "managed" } },
  };
  const { plan: planned, problems } = plan(
    app({ db: { restart: "always", ...service } }, more),
    settings(set),
    catalogs[cloud](),
  );
  if (planned === undefined) throw new Error(problems.map(formatProblem).join("\n"));
  const told = planned.notices
    .filter((notice: Notice) => notice.service === "db")
    .map(({ level, key, message }) => `${level} ${key}: ${message}`);
  return { ...planned.databases[0]!, told };
}

const keep = "keep the container with berth:databases.db: container";

const postgres = (command: string[] | null, more: Loose = {}): Loose => ({
  image: "postgres:16",
  command,
  environment: { POSTGRES_PASSWORD: "hush" },
  ...more,
});
const mysql = (command: string[] | null, more: Loose = {}): Loose => ({
  image: "mysql:8.0",
  command,
  environment: { MYSQL_DATABASE: "shop", MYSQL_USER: "app", MYSQL_PASSWORD: "hush" },
  ...more,
});

/** A file of the project, mounted. */
function mounted(target: string, content: string): [Loose, Partial<App>] {
  const source = "/project/server.conf";
  return [
    { volumes: [{ type: "bind", source, target }] },
    {
      files: {
        [source]: snapshot({
          kind: "file",
          count: 1,
          bytes: content.length,
          files: [{ path: "", content, binary: false, executable: false }],
        }),
      },
    },
  ];
}

describe("the settings of a managed PostgreSQL", () => {
  const asked = [
    ["postgres", "-c", "max_connections=250", "-c", "work_mem=16MB", "--statement-timeout=2min"],
    ["-cmax_connections=250", "--work_mem=16384", "-c", "statement_timeout=120s"],
    [
      "docker-entrypoint.sh",
      "postgres",
      "-N",
      "250",
      "-S",
      "16MB",
      "-c",
      "statement_timeout = '120000'",
    ],
    [
      "sh",
      "-c",
      "exec postgres -c max_connections=250 -c work_mem='16MB' -c statement_timeout=2min # fast",
    ],
  ];
  for (const command of asked)
    it(`are parameters in the server's own units on aws: ${command.join(" ")}`, () => {
      const { parameters, settings: own, told } = made("aws", postgres(command));
      assert.deepEqual(parameters, {
        max_connections: "250",
        work_mem: "16384",
        statement_timeout: "120000",
      });
      assert.deepEqual(own, {});
      assert.deepEqual(told, []);
    });

  it("are the database's own where the cloud has no parameter, and a loss where that cannot be", () => {
    const { parameters, settings: own, told } = made("digitalocean", postgres(asked[0]!));
    assert.deepEqual(parameters, { workMem: "16" });
    assert.deepEqual(own, { statement_timeout: "120000" });
    assert.deepEqual(told, [
      `loss command: max_connections=250 is not supported by a managed PostgreSQL on digitalocean; ${keep}`,
    ]);
  });

  it("say logical decoding as each cloud does", () => {
    const command = ["postgres", "-c", "wal_level=logical"];
    assert.deepEqual(made("aws", postgres(command)).parameters, { "rds.logical_replication": "1" });
    assert.deepEqual(made("gcp", postgres(command)).parameters, {
      "cloudsql.logical_decoding": "on",
    });
    const { parameters, told } = made("digitalocean", postgres(command));
    assert.deepEqual([parameters, told], [{}, []]);
  });

  it("load the libraries that the cloud has, and name the others", () => {
    const command = [
      "postgres",
      "-c",
      "shared_preload_libraries=pg_stat_statements, pg_cron,other",
    ];
    const lost = (cloud: string, library: string): string =>
      `loss command: shared_preload_libraries=${library} is not supported by a managed PostgreSQL on ${cloud}; ${keep}`;
    const aws = made("aws", postgres(command));
    assert.deepEqual(aws.parameters, { shared_preload_libraries: "pg_stat_statements,pg_cron" });
    assert.deepEqual(aws.told, [lost("aws", "other")]);
    const gcp = made("gcp", postgres(command));
    assert.deepEqual(gcp.parameters, { "cloudsql.enable_pg_cron": "on" });
    assert.deepEqual(gcp.told, [lost("gcp", "other")]);
    const digitalocean = made("digitalocean", postgres(command));
    assert.deepEqual(digitalocean.parameters, {});
    assert.deepEqual(digitalocean.told, [
      lost("digitalocean", "pg_cron"),
      lost("digitalocean", "other"),
    ]);
  });

  it("that the service decides by itself are one notice of level info", () => {
    const command = ["-c", "shared_buffers=1GB", "-c", "fsync=off", "-c", "listen_addresses=*"];
    const { parameters, told } = made("aws", postgres(command));
    assert.deepEqual(parameters, {});
    assert.deepEqual(told, [
      "info command: a managed PostgreSQL on aws decides by itself: shared_buffers, fsync, listen_addresses",
    ]);
  });

  it("come from initdb's arguments and the time zone of its environment", () => {
    const environment = (args: string, more = {}): Loose =>
      postgres(null, {
        environment: { POSTGRES_PASSWORD: "hush", POSTGRES_INITDB_ARGS: args, ...more },
      });
    const utf8 = made("gcp", environment("--encoding=UTF8 --locale=en_US.utf8 --data-checksums"));
    assert.deepEqual([utf8.parameters, utf8.settings], [{}, {}]);
    assert.deepEqual(
      utf8.told.map((line) => line.slice(0, 45)),
      ["info environment.POSTGRES_INITDB_ARGS: a mana"],
    );
    const sorted = made("gcp", environment("-E UTF8 --lc-collate C", { TZ: "Asia/Tokyo" }));
    assert.deepEqual(sorted.settings, { timezone: "Asia/Tokyo", lc_collate: "C" });
    assert.deepEqual(made("aws", environment("", { TZ: "Asia/Tokyo" })).parameters, {
      timezone: "Asia/Tokyo",
    });
    assert.deepEqual(made("aws", environment("--encoding=LATIN1")).told, [
      `loss environment.POSTGRES_INITDB_ARGS: encoding=LATIN1 is not supported by a managed PostgreSQL on aws; ${keep}`,
    ]);
  });

  it("come from a file that the command names, which outranks it", () => {
    const path = "/etc/postgresql/tuned.conf";
    const [volume, more] = mounted(
      path,
      "# ours\nmax_connections = 90   # few\nlock_timeout = '5s'\nsearch_path='shop, public'\ncustom.thing = 1\n",
    );
    const command = ["-c", `config_file=${path}`, "-c", "max_connections=120"];
    const { parameters, told } = made("aws", postgres(command, volume), more);
    assert.deepEqual(parameters, {
      max_connections: "120",
      lock_timeout: "5000",
      search_path: "shop, public",
    });
    assert.deepEqual(told, [
      `loss volumes[0]: custom.thing=1 is not supported by a managed PostgreSQL on aws; ${keep}`,
    ]);
    assert.match(made("aws", postgres(command)).told[0]!, /^loss command: "config_file=/);
  });

  it("may stand in variables, where the plan knows these", () => {
    const line = "exec postgres -c max_connections=$LIMIT -c lock_timeout=${WAIT}";
    const environment = { POSTGRES_PASSWORD: "hush", LIMIT: "70" };
    const { parameters, told } = made("aws", postgres(["sh", "-c", line], { environment }));
    assert.deepEqual(parameters, { max_connections: "70" });
    assert.deepEqual(told, [
      `loss command: lock_timeout is worked out by a shell, which a managed PostgreSQL on aws does not take; ${keep}`,
    ]);
  });

  it("are lost where the container starts something else", () => {
    for (const command of [
      ["./start.sh"],
      ["bash", "-c", "chown x /y && exec postgres -c jit=off"],
    ]) {
      const { told } = made("aws", postgres(command));
      assert.match(told.join("\n"), /^loss command: "(\.\/start\.sh|chown x \/y)" is not run/);
    }
    const jit = made("aws", postgres(["bash", "-c", "true && exec postgres -c jit=off"]));
    assert.deepEqual(jit.parameters, { jit: "0" });
  });
});

describe("a setting with a secret in it", () => {
  const secret = refer("file", "PASSWORD");

  it("is lost where it matters, and is never shown", () => {
    const asked = ["postgres", "-c", `custom.key=${secret}`, "-c", `log_line_prefix=${secret}`];
    const { parameters, told } = made("aws", postgres(asked));
    assert.deepEqual(parameters, {});
    assert.deepEqual(told, [
      `loss command: custom.key has a secret in it, which a managed PostgreSQL on aws does not take; ${keep}`,
    ]);
  });

  it("is the login of a Redis", () => {
    const command = [
      "sh",
      "-c",
      'redis-server --requirepass "$WORD" --maxmemory-policy noeviction',
    ];
    const { parameters, password, told } = made("aws", {
      image: "redis:7",
      command,
      environment: { WORD: secret },
    });
    assert.deepEqual(parameters, { "maxmemory-policy": "noeviction" });
    assert.equal(password, secret);
    assert.deepEqual(told, []);
  });
});

describe("the settings of a managed MySQL", () => {
  const command = [
    "mysqld",
    "--sql-mode=",
    "--max_allowed_packet=64M",
    "--lower-case-table-names=1",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_unicode_ci",
    "--skip-log-bin",
    "--innodb-buffer-pool-size=1G",
    "--log-bin-trust-function-creators",
  ];

  it("are parameters on aws and gcp, each in its words, in bytes", () => {
    const shared = {
      sql_mode: "NO_ENGINE_SUBSTITUTION",
      max_allowed_packet: "67108864",
      lower_case_table_names: "1",
      character_set_server: "utf8mb4",
      collation_server: "utf8mb4_unicode_ci",
    };
    const aws = made("aws", { ...mysql(command), image: "mysql:8.4" });
    assert.deepEqual(aws.parameters, { ...shared, log_bin_trust_function_creators: "1" });
    const gcp = made("gcp", mysql(command));
    assert.deepEqual(gcp.parameters, { ...shared, log_bin_trust_function_creators: "on" });
    assert.deepEqual(gcp.told, [
      "info command: a managed MySQL on gcp decides by itself: log_bin, innodb_buffer_pool_size",
    ]);
  });

  it("are properties on digitalocean, and the database's own character set", () => {
    const { parameters, settings: own, told } = made("digitalocean", mysql(command));
    assert.deepEqual(parameters, {
      sqlMode: "NO_ENGINE_SUBSTITUTION",
      maxAllowedPacket: "67108864",
    });
    assert.deepEqual(own, {
      character_set_server: "utf8mb4",
      collation_server: "utf8mb4_unicode_ci",
    });
    assert.deepEqual(
      told.filter((line) => line.startsWith("loss")),
      ["lower_case_table_names=1", "log_bin_trust_function_creators=1"].map(
        (one) =>
          `loss command: ${one} is not supported by a managed MySQL on digitalocean; ${keep}`,
      ),
    );
  });

  it("come from the server's sections of a mounted file", () => {
    const [volume, more] = mounted(
      "/etc/mysql/conf.d/ours.cnf",
      "[client]\nport=4000\n[mysqld]\n; a comment\ngroup-concat-max-len = 1M # long\nskip-name-resolve\n[mysqld_safe]\nnice=1\n",
    );
    const { parameters, told } = made("gcp", mysql(null, volume), more);
    assert.deepEqual(parameters, { group_concat_max_len: "1048576" });
    assert.deepEqual(told, [
      "info volumes[0]: a managed MySQL on gcp decides by itself: skip_name_resolve",
    ]);
  });

  it("have a time zone where the cloud knows it", () => {
    const zone = (cloud: CloudOf, name: string): Made =>
      made(cloud, {
        ...mysql([`--default-time-zone=${name}`]),
        image: cloud === "aws" ? "mysql:8.4" : "mysql:8.0",
      });
    assert.deepEqual(zone("aws", "Europe/Paris").parameters, { time_zone: "Europe/Paris" });
    assert.match(zone("aws", "+02:00").told[0]!, /^loss command: time_zone=\+02:00 is not/);
    assert.deepEqual(zone("gcp", "+02:00").parameters, { default_time_zone: "+02:00" });
    assert.match(zone("gcp", "Europe/Paris").told[0]!, /^loss command: time_zone=Europe\/Paris/);
    assert.deepEqual(zone("digitalocean", "Europe/Paris").parameters, {
      defaultTimeZone: "Europe/Paris",
    });
    assert.deepEqual(zone("gcp", "UTC").told, []);
  });

  it("ask for an authentication plugin in vain, unless it is the server's own", () => {
    const plugin = (name: string): readonly string[] =>
      made("gcp", mysql([`--default-authentication-plugin=${name}`])).told;
    assert.match(plugin("mysql_native_password")[0]!, /^loss command: default_authentication/);
    assert.match(plugin("caching_sha2_password")[0]!, /^info command: /);
  });
});

describe("the settings of a managed Redis", () => {
  const redis = (command: string[] | null, more: Loose = {}): Loose => ({
    image: "redis:7",
    command,
    ...more,
  });
  const command = ["redis-server", "--save", "", "--appendonly", "yes", "--maxmemory", "1gb"];
  const evicting = [...command, "--maxmemory-policy", "allkeys-lru"];

  it("keep what is evicted, and leave memory and disk to the service", () => {
    for (const [cloud, name] of [
      ["aws", "maxmemory-policy"],
      ["gcp", "maxmemory-policy"],
      ["digitalocean", "valkeyMaxmemoryPolicy"],
    ] as const) {
      const { parameters, told } = made(cloud, redis(evicting));
      assert.deepEqual(parameters, { [name]: "allkeys-lru" }, cloud);
      assert.deepEqual(told, [
        `info command: a managed Redis on ${cloud} decides by itself: save, appendonly, maxmemory`,
      ]);
    }
    const lfu = made("digitalocean", redis(["redis-server", "--maxmemory-policy", "allkeys-lfu"]));
    assert.match(lfu.told[0]!, /^loss command: maxmemory-policy=allkeys-lfu is not supported/);
  });

  it("come from the file that is the command's first argument, the password too", () => {
    const path = "/usr/local/etc/redis/redis.conf";
    const [volume, more] = mounted(
      path,
      '# ours\nmaxmemory-policy volatile-ttl\nrequirepass "open sesame # 1"\nrename-command FLUSHALL ""\n',
    );
    const { parameters, password, told } = made("aws", redis(["redis-server", path], volume), more);
    assert.deepEqual(parameters, { "maxmemory-policy": "volatile-ttl" });
    assert.equal(password, "open sesame # 1");
    assert.ok(!told.some((line) => line.includes("requirepass")));
    assert.ok(told.some((line) => line.startsWith("loss volumes[0]: rename-command=FLUSHALL")));
    assert.match(
      made("aws", redis(["redis-server", path])).told[0]!,
      /^loss command: "\/usr\/local/,
    );
  });
});

const sqlOf = (engine: "postgres" | "mysql", wanted: DatabaseSpec): string =>
  engines[engine].bootstrap?.sql(wanted) ?? "";

describe("the bootstrap", () => {
  it("gives a PostgreSQL database its settings, whose lists are quoted one by one", () => {
    const sql = sqlOf("postgres", {
      database: "shop",
      user: "app",
      extensions: [],
      settings: { lc_collate: "C.UTF-8", lc_ctype: "C.UTF-8", search_path: "shop, public" },
    });
    assert.ok(
      sql.includes(`'CREATE DATABASE "shop" OWNER "app" TEMPLATE template0 LC_COLLATE ''C'''`),
      sql,
    );
    assert.ok(sql.includes(`ALTER DATABASE "shop" SET "search_path" TO 'shop', 'public';`), sql);
    assert.ok(!/LC_CTYPE|SET "lc/.test(sql), sql);
    const plain = sqlOf("postgres", {
      database: "shop",
      extensions: [],
      settings: { locale: "C" },
    });
    assert.ok(plain.includes(`TEMPLATE template0 LC_COLLATE ''C'' LC_CTYPE ''C''`), plain);
  });

  it("gives a MySQL database its character set", () => {
    const sql = sqlOf("mysql", {
      database: "shop",
      extensions: [],
      settings: { character_set_server: "utf8mb4", collation_server: "utf8mb4_bin" },
    });
    assert.match(sql, /^ALTER DATABASE `shop` CHARACTER SET 'utf8mb4' COLLATE 'utf8mb4_bin';$/m);
  });
});
