import assert from "node:assert/strict";
import { choose } from "../../cli/backups/choose";
import { bytes, readSnapshots, type Snapshot } from "../../cli/backups/repository";

const json = JSON.stringify([
  {
    short_id: "b",
    time: "2026-11-29T03:10:00Z",
    tags: ["volume:uploads"],
    summary: { total_bytes_processed: 2048 },
  },
  { short_id: "a", time: "2026-11-28T03:10:00.5+01:00", tags: ["database:db"] },
  { short_id: "x", time: "2026-11-28T03:10:00Z", tags: null },
]);

const one = (kind: Snapshot["kind"], name: string, day: number): Snapshot => ({
  id: `${name}${day}`,
  kind,
  name,
  time: new Date(Date.UTC(2026, 10, day)),
});
const all = [
  one("database", "db", 1),
  one("volume", "uploads", 1),
  one("database", "db", 2),
  one("volume", "cache", 2),
  one("volume", "gone", 2),
];
const places = {
  databases: ["db"],
  volumes: ["uploads", "cache", "new"],
  volumesOf: { redis: ["cache"] },
};
const ids = (options: Parameters<typeof choose>[2]): string[] =>
  choose(all, places, options).restored.map(({ id }) => id);

describe("the backups of a repository", () => {
  it("are read with their kind, name, time and size, oldest first; others are not Berth's", () => {
    assert.deepEqual(
      readSnapshots(json).map(({ id, kind, name, size }) => [id, kind, name, size]),
      [
        ["a", "database", "db", undefined],
        ["b", "volume", "uploads", 2048],
      ],
    );
    assert.deepEqual([bytes(12), bytes(2048), bytes(5 * 2 ** 30)], ["12 B", "2.0 KiB", "5.0 GiB"]);
  });
});

describe("what a restore takes", () => {
  it("is the newest of each, or the newest of that time", () => {
    assert.deepEqual(ids({}), ["db2", "uploads1", "cache2"]);
    assert.deepEqual(ids({ at: new Date(Date.UTC(2026, 10, 1, 12)) }), ["db1", "uploads1"]);
  });

  it("is one database, one volume, or the volumes of one service", () => {
    assert.deepEqual(ids({ service: "db" }), ["db2"]);
    assert.deepEqual(ids({ service: "uploads" }), ["uploads1"]);
    assert.deepEqual(ids({ service: "redis" }), ["cache2"]);
  });

  it("says what is left as it is", () => {
    assert.deepEqual(choose(all, places, {}).untouched, [
      "volume new: has no backup of that time, and stays as it is",
      "volume gone: is in the backup, and the stack has no such volume",
    ]);
  });

  it("is refused where nothing fits, with what there is", () => {
    assert.throws(() => ids({ service: "nope" }), /no backup of nope that fits; there are db/);
    assert.throws(() => ids({ at: new Date(0) }), /the oldest is of 2026-11-01 00:00 UTC/);
    assert.throws(() => choose([], places, {}), /npm run backup -- now makes one/);
  });
});
