import assert from "node:assert/strict";
import { bytes, replicaName, seconds, secondsText } from "../../components/model/units";

describe("units", () => {
  it("read durations as seconds and write them as Go does", () => {
    for (const [text, value, written = text] of [
      ["0s", 0],
      ["1m30s", 90],
      ["1.5h", 5400, "1h30m0s"],
      ["500ms", 0.5],
      ["10µs", 0.00001],
      ["10us", 0.00001, "10µs"],
      ["-5s", -5],
      ["1w", 604_800, "168h0m0s"],
    ] as [string, number, string?][]) {
      assert.equal(seconds(text), value, text);
      assert.equal(secondsText(value), written, text);
    }
  });

  it("read sizes as bytes, by powers of 1024", () => {
    assert.deepEqual(["1024", "64k", "1.5GiB", "10 MB", "1t", "50%", "", "-1"].map(bytes), [
      1024,
      65536,
      1610612736,
      10485760,
      2 ** 40,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("name read replicas", () => {
    assert.equal(replicaName("db", 1), "db-read-1");
  });
});
