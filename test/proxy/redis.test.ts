import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { hostname } from "node:os";
import { proxyOf, type Upstream } from "../../components/proxy";
import { Bench, freePort, needs } from "./servers";

describe("Redis behind its proxy", function () {
  this.timeout(60_000);
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
      engine: "redis",
      host: "localhost",
      port,
      tls: true,
      verify: "host",
      ca: keys.ca,
      listen: await freePort(),
    };
    bench.proxy(await proxyAt(), upstream);
    await bench.answers(upstream.listen);
  });

  after(() => bench.end());

  /** Two of them share this computer, and in pods they would not: the port of its health differs. */
  const proxyAt = async (): Promise<ReturnType<typeof proxyOf>> => {
    const health = await freePort();
    const proxy = proxyOf("redis", 6379);
    return {
      ...proxy,
      contents: (at) =>
        Object.fromEntries(
          Object.entries(proxy.contents(at)).map(([file, text]) => [
            file,
            text.replace("bind :8404", `bind :${health}`),
          ]),
        ),
    };
  };

  it("answers clients without TLS, by the server's own password", () => {
    assert.equal(redis(upstream.listen, "SET", "a", "b"), "OK");
    assert.equal(redis(upstream.listen, "GET", "a"), "b");
    assert.match(bench.run("redis-cli", ["-p", String(upstream.listen), "GET", "a"]), /NOAUTH/);
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

  it("refuses a server of another authority, and one of another name", async () => {
    for (const wrong of [
      { ...upstream, ca: other },
      { ...upstream, host: hostname() },
    ]) {
      const listen = await freePort();
      bench.log = "";
      bench.proxy(await proxyAt(), { ...wrong, listen });
      await bench.answers(listen);
      await bench.says(/DOWN|no server available/);
      assert.throws(() => redis(listen, "PING"), /closed|refused|reset|Error/);
    }
  });
});
