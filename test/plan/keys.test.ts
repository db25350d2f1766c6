import assert from "node:assert/strict";
import { planOf, told } from "./make";

const always = { restart: "always" };

describe("Compose keys", () => {
  it("that are not honoured have a notice of their level", () => {
    const made = planOf({
      web: { ...always, mac_address: "02:42:ac:11:65:43", attach: true, ulimits: { nofile: 1000 } },
    });
    assert.deepEqual(told(made), ["loss web.mac_address", "info web.attach"]);
    const cluster = planOf(
      { web: { ...always, ulimits: { nofile: 1000 } } },
      { shape: "cluster", domain: "a.b" },
    );
    assert.deepEqual(told(cluster), ["loss web.ulimits"]);
  });

  it("that are accepted draw nothing", () => {
    const accept = new Map([["web.mac_address", "not needed"]]);
    assert.deepEqual(
      told(planOf({ web: { ...always, mac_address: "02:42:ac:11:65:43" } }, { accept })),
      [],
    );
  });

  it("that are empty draw nothing", () => {
    assert.deepEqual(
      told(
        planOf(
          { web: { ...always, privileged: false, devices: [] } },
          { shape: "cluster", domain: "a.b" },
        ),
      ),
      [],
    );
  });
});
