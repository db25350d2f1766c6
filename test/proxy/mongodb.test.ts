import assert from "node:assert/strict";
import { hostname } from "node:os";
import { type AuthMechanism, MongoClient, type MongoClientOptions } from "mongodb";
import type { Upstream } from "../../components/databases";
import { freePort } from "../rig/port";
import { Dns } from "./dns";
import { imposed, Relay, startFerretdb } from "./ferretdb";
import { Bench, needs } from "./servers";

/** The driver of MongoDB itself, before FerretDB. */
describe("MongoDB behind its proxy", function () {
  this.timeout(120_000);
  const bench = new Bench();
  const clients: MongoClient[] = [];
  const relays: Relay[] = [];
  let keys: ReturnType<Bench["authority"]>;
  let other: string;
  let server: { tls: number; plain: number };
  let upstream: Upstream;
  let exchanged: Upstream;
  let dns: Dns | undefined;

  const client = (
    port: number,
    user?: string,
    password?: string,
    more: MongoClientOptions = {},
  ): MongoClient => {
    const made = new MongoClient(`mongodb://127.0.0.1:${port}/`, {
      serverSelectionTimeoutMS: 5000,
      compressors: ["zlib"],
      ...(user === undefined ? {} : { auth: { username: user, password: password! } }),
      ...(user === undefined ? {} : { authSource: "admin" }),
      ...more,
    });
    clients.push(made);
    return made;
  };
  const admin = (port: number): MongoClient => client(port, imposed.user, imposed.password);
  const relay = async (args: ConstructorParameters<typeof Relay>[0]): Promise<[Relay, number]> => {
    const made = new Relay(args);
    relays.push(made);
    return [made, await made.listen()];
  };
  /** What the driver knows of servers: the kind of topology, and their addresses. */
  const topology = async (of: MongoClient): Promise<unknown> => {
    let known: unknown;
    of.on("topologyDescriptionChanged", ({ newDescription: { type, servers } }) => {
      known = [type, [...servers.keys()]];
    });
    await of.connect();
    await of.db("app").collection("things").countDocuments();
    return known;
  };

  before(async function () {
    needs(this, "haproxy", "openssl", "ferretdb");
    keys = bench.authority("right");
    other = bench.authority("wrong").ca;
    server = await startFerretdb(bench, keys);
    upstream = {
      host: "localhost",
      port: server.tls,
      tls: true,
      verify: "host",
      ca: keys.ca,
      listen: await freePort(),
    };
    exchanged = {
      ...upstream,
      listen: await freePort(),
      client: { user: "ro=ot,", password: "own" },
      server: imposed,
    };
    await bench.haproxy("mongodb", upstream);
    await bench.haproxy("mongodb", exchanged);
  });

  after(async () => {
    for (const made of clients) await made.close();
    for (const made of relays) await made.end();
    dns?.end();
    await bench.end();
  });

  const telling =
    /^(setName|hosts|passives|arbiters|me|primary|setVersion|electionId|compression)$/;

  it("looks like one server that is in no replica set", async () => {
    const itself = `127.0.0.1:${server.plain}`;
    assert.deepEqual(await topology(admin(server.plain)), ["ReplicaSetWithPrimary", [itself]]);
    const behind = admin(upstream.listen);
    assert.deepEqual(await topology(behind), ["Single", [`127.0.0.1:${upstream.listen}`]]);
    for (const name of ["hello", "isMaster"]) {
      const answer = await behind.db("admin").command({ [name]: 1 });
      assert.deepEqual(
        Object.keys(answer).filter((key) => telling.test(key)),
        [],
      );
      assert.equal(answer.ismaster ?? answer.isWritablePrimary, true);
      assert.equal(answer._etName, "rs0");
    }
  });

  it("passes on documents that look like such an answer, of any length, in any pieces", async () => {
    const [, port] = await relay({ to: server.plain, tls: keys, slow: true });
    const listen = await freePort();
    await bench.haproxy("mongodb", { ...upstream, port, listen });
    const [, slowly] = await relay({ to: listen, slow: true });
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
    const name = "looks-like";
    for (const [at, length] of [
      [upstream.listen, 10_000_000],
      [slowly, 50_000],
    ] as const) {
      const long = { setName: "long", text: "x".repeat(length) };
      const behind = admin(at);
      const things = behind.db("app").collection(name);
      const found = async (): Promise<unknown> =>
        things.find({}, { projection: { _id: 0 }, sort: { _id: 1 } }).toArray();
      await things.deleteMany({});
      await things.insertOne({ ...document });
      assert.deepEqual(await found(), [document]);
      await things.insertMany([{ ...long }, { ...document }]);
      const both = await Promise.all([found(), behind.db("admin").command({ hello: 1 }), found()]);
      assert.equal(both[1].setName, undefined);
      for (const all of [both[0], both[2]]) assert.deepEqual(all, [document, long, document]);
    }
  });

  it("lets the server refuse clients with another password, or without any", async () => {
    const refused = async (of: MongoClient, what: RegExp): Promise<void> =>
      assert.rejects(of.db("app").collection("things").countDocuments(), what);
    await refused(client(upstream.listen), /authentication/i);
    await refused(client(upstream.listen, imposed.user, "other"), /Authentication failed/);
  });

  describe("whose cloud imposes user and password", () => {
    /** undefined: what the driver chooses, which begins with its first message. */
    const mechanisms: (AuthMechanism | undefined)[] = ["SCRAM-SHA-256", "SCRAM-SHA-1", undefined];
    const login = (port: number, user: string, password: string, authMechanism?: AuthMechanism) =>
      client(port, user, password, authMechanism === undefined ? {} : { authMechanism })
        .db("app")
        .collection("logins")
        .insertOne({ user, authMechanism });
    let plain: number;

    before(async () => {
      plain = await freePort();
      await bench.haproxy("mongodb", {
        ...exchanged,
        listen: plain,
        client: { user: "root", password: "own" },
      });
    });

    it("logs the application in with them, in place of its own", async () => {
      for (const mechanism of mechanisms)
        assert.ok((await login(plain, "root", "own", mechanism)).acknowledged, mechanism);
      // By SCRAM-SHA-1 this driver hashes the escaped name, which no server does.
      for (const mechanism of ["SCRAM-SHA-256", undefined] as const)
        assert.ok((await login(exchanged.listen, "ro=ot,", "own", mechanism)).acknowledged);
      const { authInfo } = await client(plain, "root", "own")
        .db("admin")
        .command({ connectionStatus: 1 });
      const users = (authInfo as { authenticatedUsers: { user: string }[] }).authenticatedUsers;
      assert.deepEqual(
        users.map(({ user }) => user),
        [imposed.user],
      );
    });

    it("refuses clients with any other user or password", async () => {
      for (const mechanism of mechanisms)
        for (const [user, password] of [
          ["root", "other"],
          ["root", imposed.password],
          ["somebody", "own"],
        ] as const)
          await assert.rejects(login(plain, user, password, mechanism), /Authentication failed/);
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
      const options = { serverSelectionTimeoutMS: 500 };
      await assert.rejects(
        client(listen, imposed.user, imposed.password, options).connect(),
        /closed|ECONNRESET/,
      );
    }
  });

  it("follows the primary among the members that an SRV record names", async () => {
    const [first, one] = await relay({ to: server.plain, tls: keys, primary: false });
    const [second, two] = await relay({ to: server.plain, tls: keys });
    dns = new Dns("_mongodb._tcp.set.test", [
      { host: "one.set.test", port: one },
      { host: "two.set.test", port: two },
    ]);
    const listen = await freePort();
    await bench.haproxy(
      "mongodb",
      { ...exchanged, host: "set.test", srv: true, listen },
      await dns.listen(),
    );
    const reached = async (wanted: Relay, not: Relay): Promise<void> => {
      not.inserts = 0;
      for (let left = 60; ; left--) {
        const asked = client(listen, "ro=ot,", "own", {
          serverSelectionTimeoutMS: 500,
          retryWrites: false,
        });
        const found = await asked
          .db("app")
          .collection("members")
          .insertOne({ left })
          .catch(() => undefined);
        await asked.close();
        if (found !== undefined) break;
        assert.ok(left > 0, `no primary is reached:\n${bench.log}`);
        await new Promise((done) => setTimeout(done, 250));
      }
      assert.equal(wanted.inserts, 1);
      assert.equal(not.inserts, 0);
    };
    await reached(second, first);
    second.inserts = 0;
    second.primary = false;
    first.primary = true;
    await bench.says(/database[12] is DOWN[^]*database[12] is DOWN/);
    await reached(first, second);
  });
});
