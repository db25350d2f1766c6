import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { hostname } from "node:os";
import type { Upstream } from "../../components/databases";
import { freePort } from "../rig/port";
import { Bench, needs } from "./servers";

describe("Redis behind its proxy", function () {
  this.timeout(120_000);
  const bench = new Bench();
  let upstream: Upstream;
  let other: string;

  const redis = (port: number, ...words: string[]): string =>
    bench
      .run("redis-cli", [
        "-h",
        "127.0.0.1",
        "-p",
        String(port),
        "-a",
        "hush",
        "--no-auth-warning",
        ...words,
      ])
      .trim();

  before(async function () {
    needs(this, "redis-server", "redis-cli", "haproxy", "openssl");
    const keys = bench.authority("right");
    other = bench.authority("wrong").ca;
    const port = await freePort();
    bench.start("redis-server", [
      ...["--port", "0", "--tls-port", String(port), "--tls-auth-clients", "no"],
      ...["--tls-cert-file", keys.cert, "--tls-key-file", keys.key],
      ...["--requirepass", "hush", "--save", "", "--dir", bench.folder],
    ]);
    await bench.answers(port);
    upstream = {
      host: "localhost",
      port,
      tls: true,
      verify: "host",
      ca: keys.ca,
      listen: await freePort(),
    };
    await bench.haproxy("redis", upstream);
  });

  after(() => bench.end());

  it("answers clients without TLS, by the server's own password", () => {
    assert.equal(redis(upstream.listen, "SET", "a", "b"), "OK");
    assert.equal(redis(upstream.listen, "GET", "a"), "b");
    assert.match(
      bench.run("timeout", ["5", "redis-cli", "-p", String(upstream.listen), "GET", "a"]),
      /NOAUTH/,
    );
  });

  it("passes on what is published", async () => {
    const subscriber = spawn("redis-cli", [
      ...["-p", String(upstream.listen), "-a", "hush", "--no-auth-warning", "SUBSCRIBE", "news"],
    ]);
    let heard = "";
    subscriber.stdout.on("data", (text: Buffer) => (heard += text.toString()));
    for (let left = 100; left > 0 && !heard.includes("subscribe"); left--)
      await new Promise((done) => setTimeout(done, 50));
    redis(upstream.listen, "PUBLISH", "news", "hello");
    for (let left = 100; left > 0 && !heard.includes("hello"); left--)
      await new Promise((done) => setTimeout(done, 50));
    subscriber.kill();
    assert.match(heard, /hello/);
  });

  describe("whose cloud imposes a password", () => {
    const at = async (client?: Upstream["client"], password = "hush"): Promise<number> => {
      const listen = await freePort();
      await bench.haproxy("redis", {
        ...upstream,
        listen,
        server: { user: "default", password },
        ...(client === undefined ? {} : { client }),
      });
      return listen;
    };
    /** What the server answers to bytes sent in pieces, until it is quiet. */
    const spoken = (port: number, ...pieces: string[]): Promise<string> =>
      new Promise((done, fail) => {
        const socket = connect(port, "127.0.0.1");
        let heard = "";
        socket.on("data", (text: Buffer) => (heard += text.toString()));
        socket.once("error", fail);
        socket.once("close", () => {
          done(heard);
        });
        const say = (): void => {
          const piece = pieces.shift();
          if (piece === undefined) socket.end();
          else socket.write(piece);
          if (piece !== undefined) setTimeout(say, 200);
        };
        say();
      });
    const said = (...words: string[]): string =>
      `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;

    it("sends it for an application without a password", async () => {
      const port = await at();
      assert.equal(
        bench.run("timeout", ["5", "redis-cli", "-p", String(port), "SET", "c", "d"]).trim(),
        "OK",
      );
      assert.equal(
        bench.run("timeout", ["5", "redis-cli", "-p", String(port), "-3", "GET", "c"]).trim(),
        "d",
      );
      assert.equal(
        await spoken(port, said("PING") + said("GET", "c"), said("GET", "c")),
        "+PONG\r\n$1\r\nd\r\n$1\r\nd\r\n",
      );
      const text = "x".repeat(100_000);
      assert.equal(
        await spoken(port, said("SET", "long", text), said("STRLEN", "long")),
        "+OK\r\n:100000\r\n",
      );
    });

    it("sends it in place of the password that the application has", async () => {
      const port = await at({ user: "default", password: "own\r\n'\"pass" });
      const known = "own\r\n'\"pass";
      for (const first of [
        said("AUTH", known),
        said("auth", "default", known),
        said("CLIENT", "SETNAME", "a") + said("AUTH", known),
      ])
        assert.match(await spoken(port, first + said("GET", "c")), /\+OK\r\n\$1\r\nd\r\n$/, first);
      assert.match(
        await spoken(
          port,
          said("HELLO", "3", "AUTH", "default", known, "SETNAME", "a"),
          said("GET", "c"),
        ),
        /server[^]*\$1\r\nd\r\n$/,
      );
      const whole = said("AUTH", known) + said("GET", "c");
      assert.equal(
        await spoken(port, whole.slice(0, 12), whole.slice(12, 30), whole.slice(30)),
        "+OK\r\n$1\r\nd\r\n",
      );
    });

    it("refuses clients with another password, or none", async () => {
      const port = await at({ user: "default", password: "own" });
      assert.match(
        await spoken(port, said("AUTH", "other") + said("GET", "c")),
        /WRONGPASS[^]*NOAUTH/,
      );
      assert.match(await spoken(port, said("GET", "c")), /NOAUTH/);
      assert.match(
        await spoken(port, said("SET", "own", "own") + said("GET", "c")),
        /NOAUTH[^]*NOAUTH/,
      );
    });

    it("closes a connection that the server refuses", async () => {
      const port = await at(undefined, "no longer");
      assert.doesNotMatch(
        await spoken(port, said("PING"), said("GET", "c")).catch(String),
        /PONG|\$/,
      );
    });

    it("passes on what is published", async () => {
      const port = await at();
      const heard = spoken(port, said("SUBSCRIBE", "imposed"), ...Array<string>(5).fill(""));
      await new Promise((done) => setTimeout(done, 500));
      redis(upstream.listen, "PUBLISH", "imposed", "hello");
      assert.match(await heard, /subscribe[^]*message[^]*hello/);
    });
  });

  it("refuses a server of another authority, and one of another name", async () => {
    for (const wrong of [
      { ...upstream, ca: other },
      { ...upstream, host: hostname() },
    ]) {
      const listen = await freePort();
      bench.log = "";
      await bench.haproxy("redis", { ...wrong, listen });
      await bench.says(/DOWN|no server available/);
      assert.throws(() => redis(listen, "PING"), /closed|refused|reset|Error/);
    }
  });
});
