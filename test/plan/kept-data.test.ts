import assert from "node:assert/strict";
import { type Loose, planOf, serviceOf, told } from "./make";

const always = { restart: "always" };
const volume = (target: string) => [{ type: "volume" as const, source: "own", target }];

describe("a database for which the file mounts no volume", () => {
  const keptIn = (service: Loose, set = {}): (string | undefined)[] =>
    serviceOf(planOf({ db: { ...always, ...service } }, set), "db").mounts.flatMap((mount) =>
      mount.kind === "volume" ? [`${mount.volume} ${mount.target}`] : [],
    );

  for (const [image, kept] of [
    ["postgres:17", "db-var-lib-postgresql-data /var/lib/postgresql/data"],
    ["postgres:18-alpine", "db-var-lib-postgresql /var/lib/postgresql"],
    ["postgres", "db-var-lib-postgresql /var/lib/postgresql"],
    ["timescale/timescaledb:2.17-pg16", "db-var-lib-postgresql-data /var/lib/postgresql/data"],
    ["bitnami/postgresql:16", "db-bitnami-postgresql /bitnami/postgresql"],
    ["mysql:8", "db-var-lib-mysql /var/lib/mysql"],
    ["mongo:7", "db-data-db /data/db"],
    ["rabbitmq:4", "db-var-lib-rabbitmq /var/lib/rabbitmq"],
    ["redis:7", "db-data /data"],
  ] as const)
    it(`keeps its data in one, which the image declares: ${image}`, () => {
      assert.deepEqual(keptIn({ image }), [kept]);
    });

  it("says so, is protected and stops first", () => {
    const made = planOf({ db: { ...always, image: "mysql:8" } });
    assert.deepEqual(told(made), ["info db.volumes"]);
    assert.equal(serviceOf(made, "db").rollout, "stop-first");
    assert.deepEqual(
      made.volumes.map(({ name }) => name),
      ["db-var-lib-mysql"],
    );
  });

  it("has what PGDATA says, and the file's own volume where it mounts one", () => {
    const image = "postgres:16";
    assert.deepEqual(keptIn({ image, environment: { PGDATA: "/pg" } }), ["db-pg /pg"]);
    assert.deepEqual(keptIn({ image, volumes: volume("/var/lib/postgresql/data") }), [
      "own /var/lib/postgresql/data",
    ]);
    assert.deepEqual(keptIn({ image, tmpfs: ["/var/lib/postgresql/data"] }), []);
  });

  it("is not kept by a mount above it on a machine, where Docker puts the image's volume on top", () => {
    const service = { image: "postgres:16", volumes: volume("/var/lib/postgresql") };
    assert.equal(keptIn(service).length, 2);
    const cluster = { shape: "cluster", domain: "a.b", databases: { db: { mode: "container" } } };
    assert.equal(keptIn(service, cluster).length, 1);
  });

  it("needs none where nothing is written, or another program runs", () => {
    const save = ["redis-server", "--save", "", "--appendonly", "no"];
    assert.deepEqual(keptIn({ image: "redis:7", command: save }), []);
    assert.deepEqual(
      keptIn({ image: "redis:7", command: [...save.slice(0, 3), "--appendonly", "yes"] }),
      ["db-data /data"],
    );
    assert.deepEqual(
      keptIn({ image: "postgres:17", command: ["pg_dump"], restart: "unless-stopped" }),
      [],
    );
    assert.deepEqual(
      keptIn({ image: "postgres:17", restart: "no", labels: { "berth.job": "true" } }),
      [],
    );
  });

  it("is told of each replica's own data", () => {
    const made = planOf({ db: { ...always, image: "redis:7", scale: 2 } });
    assert.deepEqual(told(made), ["loss db.image"]);
  });
});
