import assert from "node:assert/strict";
import { cronOf, secondsBetween } from "../../components/plan/backups/schedule";
import { ownFolder } from "../../components/plan/backups/repository";
import { type Loose, planOf, told } from "./make";

const always = { restart: "always" };
const volume = (source: string, target = "/data") => [{ type: "volume" as const, source, target }];
const file: Record<string, Loose> = {
  db: { ...always, image: "postgres:17", volumes: volume("rows", "/var/lib/postgresql/data") },
  cache: {
    ...always,
    image: "redis:7",
    environment: { REDIS_PASSWORD: "word" },
    volumes: volume("cache"),
  },
  search: { ...always, image: "elasticsearch:8.19.0", volumes: volume("index") },
  web: { volumes: volume("uploads") },
  worker: { volumes: volume("uploads") },
};
const volumes = Object.fromEntries(
  ["rows", "cache", "index", "uploads"].map((name) => [name, { name }]),
);
const on = (settings: object, services = file) => planOf(services, settings, { volumes });
const losses = (made: ReturnType<typeof planOf>): string[] =>
  made.notices.filter(({ key }) => key === "backups").map(({ message }) => message);

describe("backups", () => {
  it("are on by default: a dump of each database, the files of the other volumes", () => {
    const { backups } = on({ backups: { schedule: "daily", keep: 7 } });
    assert.deepEqual(backups!.databases, [{ service: "db", engine: "postgres" }]);
    assert.deepEqual(
      backups!.volumes.map(({ volume: name, pause, flush }) => [
        name,
        pause,
        flush.map(({ service, password }) => `${service} ${password ?? ""}`),
      ]),
      [
        ["cache", [], ["cache word"]],
        ["index", ["search"], []],
        ["uploads", [], []],
      ],
    );
    assert.deepEqual([backups!.keep, backups!.keepDays, backups!.interval], [7, 7, 86400]);
    assert.deepEqual(backups!.to, { bucket: null });
    assert.match(backups!.schedule, /^\d+ 3 \* \* \*$/);
  });

  it("say that a service stands still, and what a dump is without", () => {
    const made = on({}, { ...file, queue: { ...always, image: "rabbitmq:4" } });
    const said = told(made);
    assert.ok(said.includes("info search.volumes"), said.join());
    assert.ok(said.includes("info queue.image"), said.join());
  });

  it("leave out what its label says, and let any service stand still", () => {
    const labelled = {
      ...file,
      web: { ...file["web"], labels: { "berth.backup": "false" } },
      worker: { ...file["worker"], labels: { "berth.backup": "false" } },
      db: { ...file["db"], labels: { "berth.backup": "false" } },
      cache: { ...file["cache"], labels: { "berth.backup": "pause" } },
    };
    const { backups } = on({}, labelled);
    assert.deepEqual(backups!.databases, []);
    assert.deepEqual(
      backups!.volumes.map(({ volume: name, pause }) => [name, pause]),
      [
        ["cache", ["cache"]],
        ["index", ["search"]],
      ],
    );
  });

  it("that are not made are a loss, with the data that it is about", () => {
    assert.match(losses(on({ backups: false })).join(), /^db, cache, index, uploads: .* false$/);
    assert.match(losses(on({ shape: "cluster" })).join(), /on a machine only/);
    assert.equal(on({ backups: false }).backups, null);
    assert.deepEqual(losses(on({}, { web: {} })), []);
    assert.equal(on({}, { web: {} }).backups, null);
  });

  it("go to a bucket of the cloud, or to a repository of restic's", () => {
    const to = (name: string) => on({ backups: { schedule: "daily", keep: 7, to: name } });
    assert.deepEqual(to("backups.shop.example").backups!.to, { bucket: "backups.shop.example" });
    assert.deepEqual(to("b2:shop").backups!.to, { repository: "b2:shop" });
    assert.equal(
      to("b2:shop").cost.items.some(({ resource }) => resource === "backups"),
      false,
    );
  });

  it("have a folder of their own in a repository that others may use", () => {
    for (const [given, own] of [
      ["s3:https://s3.example.com/all/", "s3:https://s3.example.com/all/shop-qa"],
      ["s3:s3.amazonaws.com/all", "s3:s3.amazonaws.com/all/shop-qa"],
      ["gs:all:/", "gs:all:/shop-qa"],
      ["azure:all:/clients", "azure:all:/clients/shop-qa"],
      ["b2:all", "b2:all:/shop-qa"],
      ["rest:https://backup.example.com:8000/", "rest:https://backup.example.com:8000/shop-qa/"],
    ] as const)
      assert.equal(ownFolder(given, "shop-qa"), own);
  });

  it("have a schedule whose longest pause says when one is missing", () => {
    assert.match(cronOf("hourly", "shop-qa"), /^\d+ \* \* \* \*$/);
    assert.match(cronOf("weekly", "shop-qa"), /^\d+ 3 \* \* 0$/);
    assert.equal(cronOf(" 5  4 * * 1 ", "shop-qa"), "5 4 * * 1");
    for (const [cron, seconds] of [
      ["*/15 * * * *", 900],
      ["0 * * * *", 3600],
      ["0 */6 * * *", 21600],
      ["0 3 * * *", 86400],
      ["0 3 * * 1", 7 * 86400],
      ["0 3 1 * *", 31 * 86400],
    ] as const)
      assert.equal(secondsBetween(cron), seconds, cron);
  });

  it("do not cover folders of the machine itself, which a notice says", () => {
    const bind = (source: string) => ({ type: "bind" as const, source, target: "/x" });
    const made = on({}, { ...file, web: { volumes: [bind("/srv/files"), bind("/proc")] } });
    const about = made.notices.filter(({ message }) => message.includes("is not backed up"));
    assert.deepEqual(
      about.map(({ message }) => message.split(" ")[0]),
      ["/srv/files"],
    );
  });
});
