import { randomBytes, randomInt } from "node:crypto";
import { bridged } from "./bridge";
import { amended, factsOf, type Failure } from "./facts";
import type { Simulator } from "./simulator";
import type { Properties } from "./values";

const groups = [
  { name: "lower", minimum: "minLower", alphabet: "abcdefghijklmnopqrstuvwxyz" },
  { name: "upper", minimum: "minUpper", alphabet: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
  { name: "numeric", minimum: "minNumeric", alphabet: "0123456789" },
  { name: "special", minimum: "minSpecial", alphabet: "!@#$%&*()-_=+[]{}<>:?" },
];

/** A string with the asked number of each kind of character. */
function characters(inputs: Properties): string {
  const result: string[] = [];
  let all = "";
  for (const { name, minimum, alphabet } of groups) {
    const own = name === "special" ? inputs.overrideSpecial : undefined;
    const from = typeof own === "string" ? own : alphabet;
    if (inputs[name] === true) all += from;
    for (let n = 0; n < Number(inputs[minimum]); n++) result.push(pick(from));
  }
  while (result.length < Number(inputs.length)) result.push(pick(all));
  return shuffled(result).join("");
}

const pick = (from: string): string => from[randomInt(from.length)]!;

function shuffled<T>(items: readonly T[]): T[] {
  const list = [...items];
  for (let n = list.length - 1; n > 0; n--) {
    const other = randomInt(n + 1);
    [list[n], list[other]] = [list[other]!, list[n]!];
  }
  return list;
}

const made = ["hex", "b64Std", "b64Url", "dec"];

/** The random provider: real random values, replaced when any input changes. */
export const random: Simulator = {
  name: "random",
  version: "4.21.2",
  facts: amended(factsOf("random"), {
    "random:index/randomPassword:RandomPassword.length": { least: 1 },
  }),
  config: [],
  resources: {
    "random:index/randomId:RandomId": bridged({
      autoname: false,
      plan: { computed: made, lenient: true },
      replaces: (changed) => changed,
      make: identifier,
      // Without a byte it has no id, which is to be gone.
      state: (id) => (id === "" ? undefined : {}),
      delete: () => undefined,
    }),
    "random:index/randomPassword:RandomPassword": bridged({
      autoname: false,
      plan: { computed: ["result", "bcryptHash"], defaults: passwordDefaults, lenient: true },
      replaces: (changed) => changed,
      check: checkPassword,
      make: (inputs) => ({
        id: "none",
        outputs: {
          result: characters({ ...passwordDefaults(inputs), ...inputs }),
          bcryptHash: `$2a$10$${characters({ ...passwordDefaults({}), length: 53, special: false })}`,
        },
      }),
      delete: () => undefined,
    }),
  },
  functions: {},
};

function passwordDefaults(inputs: Properties): Properties {
  const numeric = inputs.numeric ?? inputs.number ?? true;
  const minima = { minLower: 0, minUpper: 0, minNumeric: 0, minSpecial: 0 };
  return { lower: true, upper: true, special: true, ...minima, numeric, number: numeric };
}

function checkPassword(inputs: Properties): Failure[] {
  const all = { ...passwordDefaults(inputs), ...inputs };
  const least = groups.reduce((sum, { minimum }) => sum + Number(all[minimum]), 0);
  if (least > Number(all.length))
    return [{ property: "length", reason: `${String(all.length)} is less than ${least}` }];
  return groups.some(({ name }) => all[name] === true)
    ? []
    : [{ property: "numeric", reason: "no characters are left to choose from" }];
}

function identifier(inputs: Properties): { id: string; outputs: Properties } {
  const bytes = randomBytes(Number(inputs.byteLength));
  const prefix = typeof inputs.prefix === "string" ? inputs.prefix : "";
  const b64Url = bytes.toString("base64url");
  return {
    id: b64Url,
    outputs: {
      hex: prefix + bytes.toString("hex"),
      b64Std: prefix + bytes.toString("base64"),
      b64Url: prefix + b64Url,
      dec: prefix + BigInt(`0x${bytes.toString("hex") || "0"}`).toString(),
    },
  };
}
