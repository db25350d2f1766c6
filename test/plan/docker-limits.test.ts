import assert from "node:assert/strict";
import { planOf, problemsOf, serviceOf, told, type Loose } from "./make";

const limits = (limits: object, reservations: object = {}): Loose => ({
  deploy: { resources: { limits, reservations } },
});

/** A service, and the key that is told. */
const refused: readonly [string, Loose, string][] = [
  ["less memory than Docker gives", { mem_limit: "1048576" }, "mem_limit"],
  ["the same under deploy", limits({ memory: "1048576" }), "deploy.resources.limits.memory"],
  [
    "a reservation above the limit",
    { mem_limit: "67108864", mem_reservation: "134217728" },
    "mem_reservation",
  ],
  ["swap without memory", { memswap_limit: "67108864" }, "memswap_limit"],
  ["less swap than memory", { mem_limit: "134217728", memswap_limit: "67108864" }, "memswap_limit"],
  ["swap below -1", { memswap_limit: "-2" }, "memswap_limit"],
  ["a thousandth of a processor", { cpus: 0.001 }, "cpus"],
  ["processors by a word", { cpuset: "first" }, "cpuset"],
  ["processors by a space", { cpuset: "0, 1" }, "cpuset"],
  ["a weight below zero", { cpu_shares: -1 }, "cpu_shares"],
  ["a period below a millisecond", { cpu_period: 10 }, "cpu_period"],
  ["a quota below a millisecond", { cpu_quota: 10 }, "cpu_quota"],
  ["a quota beside processors", { cpu_quota: 50000, cpus: 1 }, "cpu_quota"],
  [
    "a soft limit above the hard one",
    { ulimits: { nofile: { soft: 2, hard: 1 } } },
    "ulimits.nofile",
  ],
  [
    "a health interval below a millisecond",
    { healthcheck: { test: ["CMD", "true"], interval: "10µs" } },
    "healthcheck.interval",
  ],
  [
    "a negative start period",
    { healthcheck: { test: ["CMD", "true"], start_period: "-5s" } },
    "healthcheck.start_period",
  ],
  [
    "a file that runs as its owner",
    { configs: [{ source: "a", target: "/a", mode: "04755" }] },
    "configs[0].mode",
  ],
];

describe("what Docker refuses when it creates a container", () => {
  for (const [what, service, key] of refused)
    it(`is reported before anything is created: ${what}`, () => {
      const problems = problemsOf({ it: service });
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.ok(problems[0]!.startsWith(`services.it.${key}: `), problems[0]);
    });

  it("does not apply to a cluster", () => {
    const made = planOf({ it: { cpu_shares: -1, mem_limit: "1048576" } }, { shape: "cluster" });
    assert.ok(serviceOf(made, "it"));
  });

  it("leaves usual values alone", () => {
    const made = planOf({
      it: {
        mem_limit: "67108864",
        mem_reservation: "16777216",
        memswap_limit: "-1",
        cpuset: "0-1",
        cpu_quota: -1,
        cpus: 0.5,
        ulimits: { nproc: 10, nofile: { soft: 1, hard: -1 } },
        healthcheck: { test: ["CMD", "true"], interval: "1ms", timeout: "0s" },
      },
    });
    assert.deepEqual(told(made), ["info it.restart"]);
  });

  it("names cores that the machine does not have", () => {
    assert.deepEqual(problemsOf({ it: { cpuset: "0-3" } }, { cloud: "aws" }), [
      'services.it.cpuset: "0-3": the machine has the cores 0-1; name those, or take a larger berth:machine',
    ]);
    assert.equal(problemsOf({ it: { cpuset: "0,2" } }, { cloud: "aws" }).length, 1);
    assert.deepEqual(problemsOf({ it: { cpuset: "1,3" } }, { machine: "medium" }), []);
  });

  it("limits processors to those of the machine, with a notice", () => {
    const made = planOf({ it: limits({ cpus: "4" }), less: { cpus: 1.5 } }, { cloud: "aws" });
    assert.equal(serviceOf(made, "it").cpu?.limit, 2);
    assert.equal(serviceOf(made, "less").cpu?.limit, 1.5);
    assert.ok(told(made).includes("info it.deploy.resources.limits.cpus"));
  });
});
