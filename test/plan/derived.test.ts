import assert from "node:assert/strict";
import { engineOf } from "../../components/databases";
import { serverVersion } from "../../components/databases/derived";
import { catalogs } from "../../components/clouds";
import { plan } from "../../components/plan";
import { formatProblem } from "../../components/model/problem";
import type { Catalog } from "../../components/model/catalog";
import type { Settings } from "../../components/settings/settings";
import { app, catalog, planOf, settings, told } from "./make";

const prod = { shape: "cluster", domain: "example.com" } as const;
const always = { restart: "always" };

/** Images, the engine that each runs, and the version that its tag says. */
const versions: readonly (readonly [string, string, string | undefined])[] = [
  ["postgres:16", "postgres", "16"],
  ["postgres:16.9-alpine3.22@sha256:0123", "postgres", "16.9"],
  ["postgres:bookworm", "postgres", undefined],
  ["postgres:alpine", "postgres", undefined],
  ["postgres", "postgres", undefined],
  ["postgres@sha256:0123", "postgres", undefined],
  ["registry.example.com:5000/postgres", "postgres", undefined],
  ["bitnami/postgresql:15.7.0-debian-12-r3", "postgres", "15.7.0"],
  ["timescale/timescaledb:2.14.1-pg15", "postgres", "15"],
  ["timescale/timescaledb:latest-pg16-oss", "postgres", "16"],
  ["timescale/timescaledb-ha:pg17.2-ts2.18", "postgres", "17.2"],
  ["timescale/timescaledb-ha:pg17-all", "postgres", "17"],
  ["timescale/timescaledb", "postgres", undefined],
  ["pgvector/pgvector:pg17", "postgres", "17"],
  ["pgvector/pgvector:0.7.4-pg15-trixie", "postgres", "15"],
  ["ankane/pgvector:v0.5.1", "postgres", undefined],
  ["postgis/postgis:17-3.5-alpine", "postgres", "17"],
  ["paradedb/paradedb:0.15.1-pg16", "postgres", "16"],
  ["citusdata/citus:12.1.6", "postgres", undefined],
  ["citusdata/citus:12.1-pg15", "postgres", "15"],
  ["apache/age:release_PG16_1.5.0", "postgres", "16"],
  ["supabase/postgres:15.8.1.060", "postgres", "15.8.1.060"],
  ["groonga/pgroonga:4.0.1-alpine-17", "postgres", "17"],
  ["mysql:8.0-bookworm", "mysql", "8.0"],
  ["percona:8.0.36-28", "mysql", "8.0.36"],
  ["mariadb:10.11-jammy", "mariadb", "10.11"],
  ["mariadb:lts", "mariadb", undefined],
  ["redis:7-alpine", "redis", "7"],
  ["redis/redis-stack-server:7.4.0-v1", "redis", "7.4.0"],
  ["bitnami/redis:7.2.5-debian-12-r0", "redis", "7.2.5"],
  ["valkey/valkey:8.1-alpine", "valkey", "8.1"],
  ["mongo:7.0-jammy", "mongodb", "7.0"],
  ["mongodb/mongodb-community-server:7.0.14-ubi9", "mongodb", "7.0.14"],
];

describe("the version of a database's image", () => {
  for (const [image, engine, version] of versions)
    it(`${image}: ${version ?? "none"}`, () => {
      const found = engineOf(image);
      assert.equal(found?.name, engine);
      assert.equal(serverVersion(found, image), version);
    });

  it("is not asked of an image that only has such a word in its name", () => {
    for (const image of [
      "example/age:1",
      "citusdata/membership-manager:0.3",
      "acme/postgis-tiles:2",
    ])
      assert.equal(engineOf(image), undefined, image);
  });
});

/** What the cluster of a cloud makes of a database. */
function made(image: string, set: Partial<Settings> = {}, offer: Catalog = catalogs.aws()) {
  const { cloud } = offer;
  return plan(
    app({ db: { ...always, image, environment: { POSTGRES_PASSWORD: "hush" } } }),
    settings({ ...prod, cloud: cloud as Settings["cloud"], ...set }),
    offer,
  );
}

describe("a database whose image brings extensions", () => {
  for (const image of [
    "timescale/timescaledb:2.14.1-pg16",
    "paradedb/paradedb:0.15.1-pg16",
    "citusdata/citus:12.1-pg16",
    "supabase/postgres:16.1.0",
    "redis/redis-stack-server:7.4.0-v1",
  ])
    it(`stays a container on every cloud that has no such server: ${image}`, () => {
      for (const offer of [catalogs.aws(), catalogs.gcp(), catalogs.digitalocean()]) {
        const [db] = made(image, {}, offer).plan!.databases;
        assert.equal(db?.managed, false, offer.cloud);
        const { plan: planned } = made(image, {}, offer);
        assert.ok(
          planned!.notices.some(
            ({ level, key, message }) =>
              level === "info" && key === "image" && /lacks what the image brings/.test(message),
          ),
        );
      }
    });

  it("is refused where the config asks for a managed one", () => {
    for (const shape of ["vm", "cluster"] as const)
      assert.deepEqual(
        made("timescale/timescaledb:2.14.1-pg16", {
          shape,
          databases: { db: { mode: "managed" } },
        }).problems.map(formatProblem),
        [
          "berth:databases.db: a managed postgres on aws lacks what the image brings (timescaledb); set it to container, or name another image in berth:images.db",
        ],
      );
    const image = made("timescale/timescaledb:2.14.1-pg16", {
      databases: { db: { mode: "managed" } },
      images: { db: "postgres:16" },
    });
    assert.equal(image.plan?.databases[0]?.managed, true);
  });

  it("stays a container on a machine without a word, and with one for what it cannot be", () => {
    const image = "timescale/timescaledb:2.14.1-pg16";
    assert.deepEqual(told(planOf({ db: { ...always, image } })), ["info db.volumes"]);
    const sized = planOf({ db: { ...always, image } }, { databases: { db: { size: "x" } } });
    assert.equal(sized.databases[0]?.managed, false);
    assert.deepEqual(told(sized), ["info db.volumes", "info db.databases.size"]);
  });

  it("is managed where the cloud's servers have them, which its administrator then makes", () => {
    for (const offer of [catalogs.aws(), catalogs.gcp(), catalogs.digitalocean()])
      for (const [image, extension] of [
        ["pgvector/pgvector:0.8.0-pg16", "vector"],
        ["postgis/postgis:16-3.4", "postgis"],
      ] as const) {
        const [db] = made(image, {}, offer).plan!.databases;
        assert.equal(db?.managed, true, offer.cloud);
        assert.equal(db.version, "16");
        assert.ok(db.extensions.includes(extension));
      }
    const { extensions: _, ...less } = catalog.engines.postgres!;
    const lacking = { ...catalog, engines: { postgres: less } };
    const [db] = made("pgvector/pgvector:pg16", {}, lacking).plan!.databases;
    assert.deepEqual([db?.managed, db?.extensions], [false, []]);
  });
});
