import {
  count,
  hex,
  letters,
  list,
  number,
  text,
  uuid,
  type PreviewAnswers,
} from "../../../components/clouds/preview";

const string = (name: string, inputs: Record<string, unknown>): Record<string, unknown> => ({
  id: "none",
  result: letters(`random/${name}`, count(inputs, "length", 16)),
  lower: true,
  upper: true,
  number: true,
  numeric: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
});

const identifier = (name: string): Record<string, unknown> => ({
  id: uuid(`random/${name}`),
  result: uuid(`random/${name}`),
});

/** What random makes up; in a preview the same on every run. */
export const random: PreviewAnswers = {
  replaces: { "*": ["*"] },
  resources: {
    "random:index/randomId:RandomId": (name, inputs) => {
      const digits = hex(`random/${name}`, count(inputs, "byteLength", 8) * 2);
      const bytes = Buffer.from(digits, "hex");
      const prefix = text(inputs, "prefix", "");
      return {
        id: bytes.toString("base64url"),
        hex: prefix + digits,
        b64Std: prefix + bytes.toString("base64"),
        b64Url: prefix + bytes.toString("base64url"),
        dec: prefix + BigInt(`0x${digits || "0"}`).toString(),
      };
    },
    "random:index/randomBytes:RandomBytes": (name, inputs) => {
      const digits = hex(`random/${name}`, count(inputs, "length", 16) * 2);
      return { id: "none", hex: digits, base64: Buffer.from(digits, "hex").toString("base64") };
    },
    "random:index/randomInteger:RandomInteger": (name, inputs) => {
      const [min, max] = [count(inputs, "min", 0), count(inputs, "max", 1)];
      const result = min + (number(`random/${name}`) % (max - min + 1));
      return { id: String(result), result };
    },
    "random:index/randomPassword:RandomPassword": (name, inputs) => ({
      ...string(name, inputs),
      bcryptHash: `$2a$10$${letters(`random/${name}/bcrypt`, 53)}`,
    }),
    "random:index/randomString:RandomString": (name, inputs) => {
      const made = string(name, inputs);
      return { ...made, id: made.result };
    },
    "random:index/randomPet:RandomPet": (_, inputs) => {
      const words = ["quiet", "sunny", "brave", "heron"].slice(-count(inputs, "length", 2));
      const prefix = text(inputs, "prefix", "");
      const parts = prefix === "" ? words : [prefix, ...words];
      return { id: parts.join(text(inputs, "separator", "-")), length: 2, separator: "-" };
    },
    "random:index/randomShuffle:RandomShuffle": (_, inputs) => {
      const given = list(inputs, "inputs");
      return { id: "-", results: given.slice(0, count(inputs, "resultCount", given.length)) };
    },
    "random:index/randomUuid:RandomUuid": identifier,
    "random:index/randomUuid4:RandomUuid4": identifier,
    "random:index/randomUuid7:RandomUuid7": identifier,
  },
  functions: {},
};
