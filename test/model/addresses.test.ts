import assert from "node:assert/strict";
import { reachOf } from "../../components/model/addresses";

describe("addresses of published ports", () => {
  for (const [address, reach] of [
    [undefined, "world"],
    ["0.0.0.0", "world"],
    ["::", "world"],
    ["127.0.0.2", "machine"],
    ["::1", "machine"],
    ["10.8.0.1", "network"],
    ["172.31.255.1", "network"],
    ["172.32.0.1", "one"],
    ["192.168.4.4", "network"],
    ["100.101.1.1", "network"],
    ["fd12::1", "network"],
    ["198.51.100.9", "one"],
    ["2001:db8::9", "one"],
  ] as const)
    it(`${address ?? "none"} is for the ${reach}`, () => {
      assert.equal(reachOf(address), reach);
    });
});
