import assert from "node:assert/strict";
import { jsonSchema, table } from "../../cli/docs/config";
import { cloudNames } from "../../components/clouds/list";
import type { JsonSchema, Type } from "../../components/model/schema";
import { Reader } from "../../components/settings/reader";
import type { Row, Stack } from "../../components/settings/row";
import { keyNames, schema } from "../../components/settings/schema";
import type { Settings } from "../../components/settings/settings";
import { project } from "./stack";

type AnyRow = Row<unknown, unknown, unknown>;

/** Stack files on which nothing is missing, by what they are. */
const stacks: Readonly<Record<string, Readonly<Record<string, unknown>>>> = Object.fromEntries(
  cloudNames.flatMap((cloud) =>
    ["vm", "cluster"].map((shape) => [
      `${cloud} ${shape}`,
      { cloud, shape, operators: "anywhere", domain: "shop.example" },
    ]),
  ),
);

function settingsOf(keys: Readonly<Record<string, unknown>>) {
  const lines = Object.entries(keys).map(
    ([key, value]) => `  berth:${key}: ${JSON.stringify(value)}\n`,
  );
  return project(`config:\n${lines.join("")}`);
}

/** Texts that pass the checks, by what they are; of all others anything will do. */
const examples: Readonly<Record<string, unknown>> = {
  administrator: "user:ada@shop.example",
  "CIDR block": "203.0.113.0/24",
  "service.key: reason": "web.devices: not needed",
  "email address": "ops@shop.example",
  URL: "https://shop.example",
  size: "10m",
  "user:password": "ops:hunter22",
  schedule: "daily",
  "weekly time": "Sun 04:00",
  "path of an HTML file": "Pulumi.qa.yaml",
};

/** A name that passes the checks, for each kind of names that a user may choose. */
const names: Readonly<Record<string, string>> = {
  "host[/path]": "shop.example/api",
  "port[/udp]": "53/udp",
};

/** Values that a JSON Schema allows: every alternative, every key on its own beside the required ones. */
function allowed(json: JsonSchema): unknown[] {
  const one = json as {
    anyOf?: JsonSchema[];
    enum?: unknown[];
    type?: unknown;
    title?: string;
    minimum?: number;
    maximum?: number;
    items?: JsonSchema;
    properties?: Record<string, JsonSchema>;
    required?: string[];
    propertyNames?: { title: string };
    additionalProperties?: JsonSchema | false;
  };
  if (one.anyOf !== undefined) return one.anyOf.filter((form) => !isSecure(form)).flatMap(allowed);
  if (one.enum !== undefined) return one.enum;
  if (one.type === "boolean") return [true, false];
  if (one.type === "integer") return [one.minimum, one.maximum];
  if (one.items !== undefined) return [[], allowed(one.items)];
  if (one.properties !== undefined) {
    const properties = one.properties;
    const least = Object.fromEntries(
      (one.required ?? []).map((key) => [key, allowed(properties[key]!)[0]]),
    );
    return [
      least,
      ...Object.entries(properties).flatMap(([key, inner]) =>
        allowed(inner).map((value) => ({ ...least, [key]: value })),
      ),
    ];
  }
  if (typeof one.additionalProperties === "object")
    return allowed(one.additionalProperties).map((value) => ({
      [names[one.propertyNames?.title ?? ""] ?? "name"]: value,
    }));
  return [examples[(one.title ?? "").replaceAll('"', "")] ?? "name"];
}

function isSecure(json: JsonSchema): boolean {
  return Object.hasOwn(json["properties"] ?? {}, "secure");
}

/** What the type says of a value. */
function problems(type: Type, value: unknown): string[] {
  const reader = new Reader(__dirname, new Map());
  reader.read(type, "berth:key", value);
  return reader.problems.map(({ message }) => message);
}

describe("each key of the config", () => {
  const inEditors = (
    jsonSchema()["properties"] as { config: { properties: Record<string, JsonSchema> } }
  ).config.properties;
  const inReadme = table().split("\n");

  it("is the same set in the rows, the README's table, the JSON schema and Settings", () => {
    assert.deepEqual(
      Object.keys(inEditors),
      keyNames.map((name) => `berth:${name}`),
    );
    assert.deepEqual(
      inReadme.slice(2, -1).map((line) => /^\| `(\w+)`/.exec(line)?.[1]),
      keyNames,
    );
    const keys = stacks["aws vm"]!;
    const withoutDefault = keyNames.filter((name) => {
      const row = schema[name] as AnyRow;
      return name !== "extends" && row.default === undefined && row.defaultOn === undefined;
    });
    const stated = withoutDefault.map((name) => [name, allowed(schema[name].type.json)[0]]);
    const all = settingsOf({ ...(Object.fromEntries(stated) as object), ...keys }).settings;
    for (const name of keyNames) assert.ok(name === "extends" || name in all, name);
  });

  for (const name of keyNames) {
    const row = schema[name] as AnyRow;
    const { json } = row.type;

    it(`${name}: is described`, () => {
      assert.match(row.description, /^[A-Z0-9`].*\.$/s);
      const line = inReadme.find((one) => one.startsWith(`| \`${name}\` `))!;
      const [value, otherwise] = line.split(/(?<!\\)\|/).slice(2, 4);
      assert.match(value!, /\w/);
      assert.match(otherwise!, /\w/);
      assert.doesNotMatch(line, /undefined|\[object/);
    });

    it(`${name}: its type reads what the JSON schema allows, and refuses what it does not`, () => {
      const values = allowed(json);
      assert.ok(values.length > 0);
      for (const value of values)
        assert.deepEqual(problems(row.type, value), [], JSON.stringify(value));
      assert.equal(problems(row.type, null).length, 1);
      for (const wrong of refused(json)) assert.notEqual(problems(row.type, wrong).length, 0);
    });

    it(`${name}: its default is valid, and the same as leaving it out`, () => {
      for (const [title, keys] of Object.entries(stacks)) {
        const stack = settingsOf(keys).settings;
        const value = row.defaultOn?.(stackOf(stack)) ?? row.default;
        if (value === undefined) continue;
        assert.deepEqual(problems(row.type, value), [], title);
        if (name in keys) continue;
        const stated = settingsOf({ ...keys, [name]: value }).settings;
        assert.deepEqual(
          relative(stated[name as keyof Settings], stated),
          relative(stack[name as keyof Settings], stack),
          title,
        );
      }
    });
  }

  it("has the type that its row says", () => {
    const { settings } = settingsOf(stacks["local vm"]!);
    const same: [
      Same<Settings["disk"], number>,
      Same<Settings["account"], string | undefined>,
      Same<Settings["shape"], "vm" | "cluster">,
      Same<Settings["protect"], boolean>,
      Same<Settings["timeouts"], Readonly<Record<string, number>>>,
      Same<Settings["accept"], Map<string, string>>,
      Same<Settings["nodes"]["max"], number>,
      Same<Settings["nodes"]["size"], string | undefined>,
      Same<Exclude<Settings["backups"], false>["schedule"], string>,
      Same<Settings["sites"][string]["spa"], boolean>,
      Same<"extends" extends keyof Settings ? true : false, false>,
    ] = [true, true, true, true, true, true, true, true, true, true, true];
    assert.ok(same.every(Boolean));
    assert.equal(typeof settings.disk, "number");
  });
});

/** Whether two types are the same. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Values that the JSON Schema refuses: numbers out of bounds, unknown keys, other kinds. */
function refused(json: JsonSchema): unknown[] {
  if (json["type"] === "integer") return [Number(json["minimum"]) - 1, Number(json["maximum"]) + 1];
  if (json["properties"] !== undefined) return [{ unheard: 1 }, [1]];
  if (json["type"] === "object") return ["text", ["text"]];
  return [{ unheard: { of: 1 } }];
}

function stackOf({ project, stack, folder, cloud, shape }: Settings): Stack {
  return {
    project,
    stack,
    folder,
    cloud,
    local: cloud === "local",
    cluster: shape === "cluster",
    values: new Map(),
  };
}

/** The value with the stack's folder, which is another in each test, left out. */
function relative(value: unknown, { folder }: Settings): unknown {
  return JSON.parse(
    JSON.stringify(value instanceof Map ? [...value] : (value ?? null)).replaceAll(folder, ""),
  );
}
