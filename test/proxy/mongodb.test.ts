import assert from "node:assert/strict";
import { hostname } from "node:os";
import type { Upstream } from "../../components/databases";
import { freePort } from "../rig/port";
import { QUERY, type Value } from "./bson";
import { Dns } from "./dns";
import { MongoClient } from "./mongodb-client";
import { Mongo } from "./mongodb-server";
import { Bench, needs } from "./servers";

describe("MongoDB behind its proxy", function () {
  this.timeout(120_000);
  const bench = new Bench();
  const servers: Mongo[] = [];
  const clients: MongoClient[] = [];
  let keys: ReturnType<Bench["authority"]>;
  let other: string;
  let server: Mongo;
  let upstream: Upstream;
  let imposed: Upstream;
  let dns: Dns | undefined;

  const member = async (primary = true): Promise<[Mongo, number]> => {
    const made = new Mongo({ ...keys, user: "doadmin", password: "imp=osed,", primary });
    servers.push(made);
    return [made, await made.listen()];
  };

  const client = (port: number): MongoClient => {
    const made = new MongoClient(port);
    clients.push(made);
    return made;
  };

  before(async function () {
    needs(this, "haproxy", "openssl");
    keys = bench.authority("right");
    other = bench.authority("wrong").ca;
    const [made, port] = await member();
    server = made;
    upstream = {
      host: "localhost",
      port,
      tls: true,
      verify: "host",
      ca: keys.ca,
      listen: await freePort(),
    };
    imposed = {
      ...upstream,
      listen: await freePort(),
      client: { user: "ro=ot,", password: "own" },
      server: { user: "doadmin", password: "imp=osed," },
    };
    await bench.haproxy("mongodb", upstream);
    await bench.haproxy("mongodb", imposed);
  });

  after(async () => {
    for (const made of clients) made.end();
    for (const made of servers) await made.end();
    dns?.end();
    await bench.end();
  });

  const telling =
    /^(setName|hosts|passives|arbiters|me|primary|setVersion|electionId|compression)$/;

  it("looks like one server that is in no replica set", async () => {
    const asked = client(upstream.listen);
    for (const [name, kind, size] of [
      ["isMaster", QUERY, Infinity],
      ["hello", undefined, Infinity],
      ["hello", undefined, 1],
    ] as const) {
      const answer = await asked.ask(
        { [name]: 1, compression: ["zlib"], ...(size === 1 ? { slowly: true } : {}), $db: "admin" },
        kind,
        size,
      );
      assert.deepEqual(
        Object.keys(answer).filter((key) => telling.test(key)),
        [],
      );
      assert.equal(answer.ismaster ?? answer.isWritablePrimary, true);
      assert.equal(answer.maxWireVersion, 21);
      assert.equal(answer.ok, 1);
      assert.deepEqual(answer._etName, "rs0");
      assert.deepEqual(Object.keys(answer.lastWrite as object).slice(0, 2), ["hosts", "setName"]);
    }
  });

  it("passes on documents that look like such an answer, of any length, in any pieces", async () => {
    const asked = client(upstream.listen);
    await asked.login("doadmin", "imp=osed,");
    const document = {
      ismaster: true,
      isWritablePrimary: true,
      maxWireVersion: 21,
      maxBsonObjectSize: 16,
      ok: 1,
      setName: "mine",
      hosts: ["a"],
      me: "I",
    };
    const long = { setName: "long", text: "x".repeat(20_000_000) };
    server.shelf.length = 0;
    const put = async (documents: readonly Value[], size?: number): Promise<void> => {
      const { n } = await asked.ask({ insert: "things", documents, $db: "app" }, undefined, size);
      assert.equal(n, documents.length);
    };
    const found = async (more: Record<string, Value> = {}): Promise<Value> =>
      ((await asked.ask({ find: "things", ...more, $db: "app" })).cursor as { firstBatch: Value })
        .firstBatch;
    await put([document], 7);
    assert.deepEqual(await found(), [document]);
    assert.deepEqual(await found({ slowly: true }), [document]);
    await put([long, document]);
    assert.deepEqual(await found(), [document, long, document]);
    const both = await Promise.all([found(), asked.ask({ hello: 1, $db: "admin" }), found()]);
    assert.equal(both[1].setName, undefined);
    assert.deepEqual(both[2], [document, long, document]);
  });

  it("passes on the server's refusal of a wrong or missing password", async () => {
    const asked = client(upstream.listen);
    assert.equal((await asked.ask({ find: "things", $db: "app" })).code, 13);
    await assert.rejects(asked.login("doadmin", "other"), /Authentication failed/);
    assert.equal((await asked.ask({ find: "things", $db: "app" })).code, 13);
  });

  describe("whose cloud imposes user and password", () => {
    it("sends them in place of those that the application has", async () => {
      for (const mechanism of ["SCRAM-SHA-256", "SCRAM-SHA-1"] as const) {
        const asked = client(imposed.listen);
        const hello = await asked.ask({
          hello: 1,
          saslSupportedMechs: "admin.root",
          speculativeAuthenticate: {
            saslStart: 1,
            mechanism: "SCRAM-SHA-256",
            payload: Buffer.from("n,,n=doadmin,r=abc"),
            db: "admin",
          },
          $db: "admin",
        });
        assert.equal(hello.speculativeAuthenticate, undefined);
        await asked.login("ro=ot,", "own", mechanism);
        assert.equal((await asked.ask({ find: "things", $db: "app" })).ok, 1, mechanism);
      }
    });

    it("refuses clients with others", async () => {
      for (const mechanism of ["SCRAM-SHA-256", "SCRAM-SHA-1"] as const)
        for (const [user, password] of [
          ["ro=ot,", "other"],
          ["ro=ot,", "imp=osed,"],
          ["somebody", "own"],
        ] as const) {
          const asked = client(imposed.listen);
          await assert.rejects(asked.login(user, password, mechanism), /Authentication failed/);
          assert.equal((await asked.ask({ find: "things", $db: "app" })).code, 13);
        }
    });
  });

  it("refuses a server of another authority, and one of another name", async () => {
    for (const wrong of [
      { ...upstream, ca: other },
      { ...upstream, host: hostname() },
    ]) {
      const listen = await freePort();
      bench.log = "";
      await bench.haproxy("mongodb", { ...wrong, listen });
      await bench.says(/DOWN|no server available/);
      await assert.rejects(client(listen).ask({ hello: 1, $db: "admin" }), /closed|ECONNRESET/);
    }
  });

  it("follows the primary among the members that an SRV record names", async () => {
    const [first, one] = await member(false);
    const [second, two] = await member();
    dns = new Dns("_mongodb._tcp.set.test", [
      { host: "one.set.test", port: one },
      { host: "two.set.test", port: two },
    ]);
    const listen = await freePort();
    await bench.haproxy(
      "mongodb",
      { ...imposed, host: "set.test", srv: true, listen },
      await dns.listen(),
    );
    const reached = async (wanted: Mongo, not: Mongo): Promise<void> => {
      for (let left = 60; ; left--) {
        const asked = client(listen);
        const found = await asked
          .login("ro=ot,", "own")
          .then(() => asked.ask({ insert: "things", documents: [{ left }], $db: "app" }))
          .catch(() => ({ ok: 0 }));
        asked.end();
        if (found.ok === 1) break;
        assert.ok(left > 0, `no primary is reached:\n${bench.log}`);
        await new Promise((done) => setTimeout(done, 250));
      }
      assert.equal(wanted.shelf.length, 1);
      assert.deepEqual(not.shelf, []);
    };
    await reached(second, first);
    second.shelf.length = 0;
    second.primary = false;
    first.primary = true;
    await bench.says(/database[12] is DOWN[^]*database[12] is DOWN/);
    await reached(first, second);
  });
});
