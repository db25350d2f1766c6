import assert from "node:assert/strict";
import { refer } from "../../components/model/reference";
import {
  boolean,
  either,
  fields,
  integer,
  list,
  oneOf,
  string,
  type Type,
} from "../../components/model/schema";
import { mapping, scalar, sequence, type Node } from "../../components/model/tree";

const at = { file: "compose.yaml", line: 1, column: 1 };

function node(value: unknown): Node {
  if (Array.isArray(value)) return sequence(at, value.map(node));
  if (typeof value === "object" && value !== null)
    return mapping(
      at,
      Object.entries(value).map(([key, item]) => [key, { at, value: node(item) }]),
    );
  return scalar(at, value as string | number | boolean | null);
}

/** What a type makes of a value, and what it reports. */
function read(type: Type, value: unknown): { value?: unknown; messages: string[] } {
  const messages: string[] = [];
  const checked = type.check(node(value), [], {
    complain: (_, path, message) => messages.push([...path, message].join(": ")),
  });
  return checked === undefined ? { messages } : { value: type.convert(checked), messages };
}

describe("types of keys", () => {
  const volume = fields({ path: string(), shared: boolean }, { required: ["path"] });

  it("report every problem and keep what is right", () => {
    assert.deepEqual(read(list(volume), [{ path: "a", shard: true }, { path: 1 }, {}]), {
      value: [{ path: "a" }],
      messages: [
        '0: shard: unknown key; did you mean "shared"?',
        '1: path: must be a string; put it in quotes: "1"',
        "2: path is missing; give a string",
      ],
    });
  });

  it("choose one of several forms by what is written", () => {
    const type = either(oneOf("container", "managed"), volume);
    assert.deepEqual(read(type, "mananged").messages, [
      '"mananged" is not one of container, managed; did you mean "managed"?',
    ]);
    assert.deepEqual(read(type, { path: "a" }), { value: { path: "a" }, messages: [] });
    assert.deepEqual(read(type, [1]).messages, [
      "must be container or managed, or a mapping with path or shared, not a list",
    ]);
  });

  it("name the bounds and the unit of a number", () => {
    assert.deepEqual(read(integer(1, 9, "GiB"), "4GB").messages, [
      '"4GB" is not a whole number; give a whole number of GiB from 1 to 9',
    ]);
    assert.deepEqual(read(integer(0), -1).messages, [
      "-1 is out of range; give a whole number, 0 or more",
    ]);
  });

  it("do not show a secret", () => {
    assert.deepEqual(read(list(string()), refer("file", "PASSWORD")).messages, [
      'must be a list of strings, not "[secret]"',
    ]);
  });
});
