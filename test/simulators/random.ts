import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { factsOf } from "./facts";
import type { Kind, Made, Simulator } from "./simulator";
import type { Properties } from "./values";

const groups = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
};

/** A string with the asked number of each kind of character. */
function characters(inputs: Properties): string {
  const alphabets = {
    ...groups,
    ...(typeof inputs.overrideSpecial === "string" ? { special: inputs.overrideSpecial } : {}),
  };
  const minimum = {
    lower: "minLower",
    upper: "minUpper",
    numeric: "minNumeric",
    special: "minSpecial",
  };
  const length = Number(inputs.length);
  const result: string[] = [];
  let all = "";
  for (const [group, alphabet] of Object.entries(alphabets)) {
    const on = inputs[group] ?? (group === "numeric" ? inputs.number : undefined) ?? true;
    if (on !== false) all += alphabet;
    const least = Number(inputs[minimum[group as keyof typeof minimum]] ?? 0);
    for (let n = 0; n < least; n++) result.push(pick(alphabet));
  }
  if (result.length > length)
    throw new Error(`length: ${length} is less than the ${result.length} characters asked for`);
  if (all === "") throw new Error("no characters left to choose from");
  while (result.length < length) result.push(pick(all));
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

const switches = { lower: true, upper: true, numeric: true, number: true, special: true };
const minima = { minLower: 0, minUpper: 0, minNumeric: 0, minSpecial: 0 };

function id(inputs: Properties): Made {
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

function uuid(): Made {
  const result = randomUUID();
  return { id: result, outputs: { result } };
}

/** A value that is made once; every change of its inputs makes another. */
function once(
  computed: readonly string[],
  make: (inputs: Properties) => Made,
  inPlace: readonly string[] = [],
): Kind {
  return {
    autoname: false,
    computed: () => computed,
    replaces: (_old, _next, changed) => changed.filter((key) => !inPlace.includes(key)),
    create: (inputs) => {
      const made = make(inputs);
      return { id: made.id, outputs: { ...made.outputs, ...inputs } };
    },
    read: (found, outputs, inputs) => ({ id: found, outputs, inputs }),
    update: (_id, outputs, _old, next) => ({ ...outputs, ...next }),
    delete: () => undefined,
  };
}

/** The random provider: real random values, replaced when any input changes. */
export const random: Simulator = {
  name: "random",
  version: "4.21.2",
  facts: factsOf("random"),
  config: [],
  resources: {
    "random:index/randomId:RandomId": once(["hex", "b64Std", "b64Url", "dec"], id),
    "random:index/randomBytes:RandomBytes": once(["hex", "base64"], (inputs) => {
      const bytes = randomBytes(Number(inputs.length));
      const outputs = { hex: bytes.toString("hex"), base64: bytes.toString("base64") };
      return { id: "none", outputs };
    }),
    "random:index/randomInteger:RandomInteger": once(["result"], (inputs) => {
      const result = randomInt(Number(inputs.min), Number(inputs.max) + 1);
      return { id: String(result), outputs: { result } };
    }),
    "random:index/randomPassword:RandomPassword": once(["result", "bcryptHash"], (inputs) => ({
      id: "none",
      outputs: {
        ...switches,
        ...minima,
        result: characters(inputs),
        bcryptHash: `$2a$10$${characters({ length: 53, special: false })}`,
      },
    })),
    "random:index/randomString:RandomString": once(["result"], (inputs) => {
      const result = characters(inputs);
      return { id: result, outputs: { ...switches, ...minima, result } };
    }),
    "random:index/randomPet:RandomPet": once([], (inputs) => {
      const words = shuffled(["quiet", "sunny", "brave", "heron", "otter", "maple"]);
      const chosen = words.slice(0, Number(inputs.length ?? 2));
      const separator = typeof inputs.separator === "string" ? inputs.separator : "-";
      const prefix = typeof inputs.prefix === "string" ? [inputs.prefix] : [];
      return { id: [...prefix, ...chosen].join(separator), outputs: { separator, length: 2 } };
    }),
    "random:index/randomShuffle:RandomShuffle": once(["results"], (inputs) => {
      const given = inputs.inputs as unknown[];
      const results = shuffled(given).slice(0, Number(inputs.resultCount ?? given.length));
      return { id: "-", outputs: { results } };
    }),
    "random:index/randomUuid:RandomUuid": once(["result"], uuid),
    "random:index/randomUuid4:RandomUuid4": once(["result"], uuid),
    "random:index/randomUuid7:RandomUuid7": once(["result"], uuid),
  },
  functions: {},
};
