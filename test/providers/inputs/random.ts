import type { Subject } from "../subject";

const password = { length: 32, special: false, minUpper: 1, minLower: 1, minNumeric: 1 };

/** The random plugin, which needs nothing. */
export const random: Subject = {
  plugin: "random",
  configs: { nothing: {}, "a key that there is none of": { moon: "x" } },
  volatile: ["result", "bcryptHash", "hex", "b64Std", "b64Url", "dec"],
  unordered: [],
  begin: () => Promise.resolve({ config: {}, named: {} }),
  cases: {
    "random:index/randomId:RandomId": {
      plainest: { inputs: { byteLength: 4 }, steps: [{ change: { byteLength: 8 } }] },
      keepers: {
        inputs: { byteLength: 4, keepers: { cloud: "aws", shape: "vm" } },
        steps: [
          { change: { keepers: { cloud: "gcp", shape: "vm" } } },
          { change: { keepers: { cloud: "aws" } } },
          { change: { keepers: undefined } },
        ],
      },
      "keepers that are none": { inputs: { byteLength: 4, keepers: {} } },
      prefix: {
        inputs: { byteLength: 4, prefix: "x-" },
        steps: [{ change: { prefix: "y-" } }, { change: { prefix: undefined } }],
      },
      "no length": { inputs: {} },
      "a length of none": { inputs: { byteLength: 0 } },
      "a length that is broken": { inputs: { byteLength: 1.5 } },
      "a length in letters": { inputs: { byteLength: "four" } },
      "a property that there is none of": { inputs: { byteLength: 4, moon: 1 } },
    },
    "random:index/randomPassword:RandomPassword": {
      plainest: { inputs: { length: 24 }, steps: [{ change: { length: 25 } }] },
      "as Berth asks for it": {
        inputs: password,
        steps: [
          { change: { minUpper: 2 } },
          { change: { minUpper: undefined } },
          { change: { special: true } },
          { change: { special: undefined } },
          { change: { numeric: false } },
          { change: { keepers: { a: "b" } } },
        ],
      },
      overrideSpecial: {
        inputs: { length: 24, overrideSpecial: "_" },
        steps: [{ change: { overrideSpecial: "-" } }],
      },
      "digits alone": {
        inputs: { length: 6, special: false, upper: false, lower: false },
      },
      "no characters": {
        inputs: { length: 6, special: false, upper: false, lower: false, numeric: false },
      },
      "shorter than what it must hold": { inputs: { length: 2, minUpper: 2, minLower: 2 } },
      "no length": { inputs: {} },
      "a length of none": { inputs: { length: 0 } },
      "a property that there is none of": { inputs: { length: 24, moon: 1 } },
    },
  },
};
