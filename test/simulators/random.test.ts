import assert from "node:assert/strict";
import { Client } from "./client";
import { random } from "./random";
import { serve, type ServedProvider } from "./server";
import { unknown } from "./values";

const secret = (value: unknown): Record<string, unknown> => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

describe("the simulated random provider, and what all simulators share", () => {
  const password = "random:index/randomPassword:RandomPassword";
  const id = "random:index/randomId:RandomId";
  let served: ServedProvider;
  let client: Client;

  before(async () => {
    served = await serve(random);
    client = new Client(served.port);
    await client.configure({});
  });
  after(async () => {
    client.close();
    await served.close();
  });

  it("makes a password of the asked kinds of characters, another each time", async () => {
    const inputs = { length: 24, special: false, minUpper: 2, minNumeric: 3 };
    const first = String((await client.create(password, inputs)).outputs.result);
    const second = String((await client.create(password, inputs)).outputs.result);
    assert.match(first, /^[A-Za-z0-9]{24}$/);
    assert.ok(first.replace(/[^0-9]/g, "").length >= 3);
    assert.notEqual(first, second);
  });

  it("gives a RandomId in all its forms", async () => {
    const { id: made, outputs } = await client.create(id, { byteLength: 4, prefix: "x-" });
    assert.match(String(outputs.hex), /^x-[0-9a-f]{8}$/);
    assert.equal(outputs.b64Url, `x-${made}`);
    assert.equal(outputs.dec, `x-${parseInt(String(outputs.hex).slice(2), 16)}`);
  });

  it("keeps secrets secret through outputs", async () => {
    const { outputs, secrets } = await client.create(id, {
      byteLength: 4,
      keepers: { token: secret("hush") },
    });
    assert.deepEqual(outputs.keepers, { token: "hush" });
    assert.deepEqual(secrets, [["keepers", "token"]]);
  });

  it("takes an unknown for any property", async () => {
    assert.deepEqual((await client.check(id, { byteLength: unknown })).failures, []);
  });

  it("fails for a resource type and a function that it does not know", async () => {
    await assert.rejects(client.check("random:index/randomIdd:RandomIdd", {}), {
      message:
        'random: unknown resource type random:index/randomIdd:RandomIdd; did you mean "random:index/randomId:RandomId"?; nothing simulates it',
    });
    await assert.rejects(client.invoke("random:index/getMoon:getMoon", {}), {
      message: "random: unknown function random:index/getMoon:getMoon; nothing simulates it",
    });
  });

  it("fails when a test asks for it, in the order asked", async () => {
    served.stage.failNext(id, "first");
    served.stage.failNext(id, "second");
    await assert.rejects(client.create(id, { byteLength: 4 }), { message: "first" });
    await assert.rejects(client.create(id, { byteLength: 4 }), { message: "second" });
    await client.create(id, { byteLength: 4 }, { name: "third" });
    const last = served.stage.of("create", id).slice(-3);
    assert.deepEqual(
      last.map(({ name, ended }) => [name, ended]),
      [
        ["thing", "failed"],
        ["thing", "failed"],
        ["third", "done"],
      ],
    );
  });
});
