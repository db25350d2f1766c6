import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ask, type Answer } from "../rig/http";
import { eventually, up } from "./example";
import { Bench, dockerHost, needsDocker, said } from "./rig";

/** An application whose answer is its version, and one that is published beside the edge. */
const app = (version: string, labels: object = {}): string => `
  app:
    image: berth-test-app:1
    restart: unless-stopped
    stop_grace_period: 2s
    environment: { VERSION: ${version} }
    labels: ${JSON.stringify(labels)}
    healthcheck: { test: ["CMD", "/app", "check"], interval: 1s, retries: 3, start_period: 5s }
    deploy: { update_config: { order: start-first } }
`;

interface Edge {
  readonly image: string;
  readonly address: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly more: (bench: Bench) => string;
  readonly labels?: object;
}

const edges: Readonly<Record<string, Edge>> = {
  "Traefik that reads labels": {
    image: "traefik:v3.5",
    address: "127.0.0.91",
    more: () => `
    command:
      - --providers.docker=true
      - --providers.docker.exposedbydefault=false
      - --entrypoints.web.address=:80
    volumes: ["${dockerHost!.replace("unix://", "")}:/var/run/docker.sock:ro"]`,
    labels: {
      "traefik.enable": "true",
      "traefik.http.routers.app.rule": "Host(`app.localhost`)",
      "traefik.http.services.app.loadbalancer.server.port": "8000",
    },
  },
  "nginx with a mounted configuration": {
    image: "nginx:1.29",
    address: "127.0.0.92",
    files: {
      "nginx.conf":
        "server { listen 80; server_name app.localhost; location / { proxy_pass http://app:8000; } }",
    },
    more: () => `
    volumes: ["./nginx.conf:/etc/nginx/conf.d/default.conf:ro"]
    depends_on: { app: { condition: service_healthy } }`,
  },
  "Caddy with a Caddyfile": {
    image: "caddy:2",
    address: "127.0.0.93",
    files: { Caddyfile: "http://app.localhost {\n  reverse_proxy app:8000\n}\n" },
    more: () => `
    volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro"]`,
  },
};

for (const [title, { image, address, files = {}, more, labels }] of Object.entries(edges))
  describe(`the application's own edge on Docker: ${title}`, function () {
    this.timeout(300_000);
    let bench: Bench;
    const get = (): Promise<Answer> => ask({ address, host: "app.localhost", patience: 5 });
    const compose = (version: string): void => {
      bench.compose(`
services:
  edge:
    image: ${image}
    restart: unless-stopped
    stop_grace_period: 2s
    ports: ["${address}:80:80", "${address}:443:443"]${more(bench)}
  beside:
    image: berth-test-app:1
    restart: unless-stopped
    stop_grace_period: 2s
    environment: { VERSION: beside }
    ports: ["${address}:7001:8000"]
${app(version, labels)}`);
    };

    before(async function () {
      needsDocker(this);
      bench = await Bench.alone("ownedge");
      for (const [name, content] of Object.entries(files))
        writeFileSync(join(bench.folder, name), content);
    });

    after(async () => {
      await (bench as Bench | undefined)?.dispose();
    });

    it("answers, as does a service that is published beside it", async () => {
      compose("one");
      await up(bench);
      assert.ok(await eventually(30, async () => (await get()).body === "one"), (await get()).body);
      const beside = await ask({ address, port: 7001, host: "x" });
      assert.deepEqual(beside, { status: 200, body: "beside" });
      await up(bench, { unchanged: true });
    });

    it("answers by the new version after an update", async () => {
      compose("two");
      await up(bench);
      const answer = await eventually(30, async () => (await get()).body === "two");
      assert.ok(answer, (await get()).body);
    });
  });

describe("a web server in front of an application on Docker", function () {
  this.timeout(300_000);
  let bench: Bench;
  const compose = (version: string): void => {
    bench.compose(`
services:
  web:
    image: nginx:1.29
    restart: unless-stopped
    stop_grace_period: 5s
    volumes: ["./nginx.conf:/etc/nginx/conf.d/default.conf:ro"]
    ports: ["8080:80"]
    healthcheck: { test: ["CMD", "curl", "-fs", "http://127.0.0.1/"], interval: 1s, retries: 9 }
${app(version)}`);
  };

  before(async function () {
    needsDocker(this);
    bench = await Bench.alone("lookup");
    writeFileSync(
      join(bench.folder, "nginx.conf"),
      "server { listen 80; location / { proxy_pass http://app:8000; } }",
    );
  });

  after(async () => {
    await (bench as Bench | undefined)?.dispose();
  });

  it("is replaced with the application that it looked up, without a failed request", async () => {
    compose("one");
    await up(bench);
    const answers = new Map<string, number>();
    const ended = new AbortController();
    const client = (async () => {
      while (!ended.signal.aborted) {
        const begun = Date.now();
        const { status, body } = await bench.get("web.localhost");
        // A server whose address nobody has any more is waited for, for about eight seconds.
        const slow = Date.now() - begun > 4000 ? ", late" : "";
        const key = `${status} ${body.slice(0, 40)}${slow}`;
        answers.set(key, (answers.get(key) ?? 0) + 1);
        await sleep(20);
      }
    })();
    compose("two");
    const run = await bench.stack.up();
    await sleep(5000);
    ended.abort();
    await client;
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(
      [...answers.keys()].sort(),
      ["200 one", "200 two"],
      JSON.stringify([...answers]),
    );
    assert.deepEqual(await bench.get("web.localhost"), { status: 200, body: "two" });
    await up(bench, { unchanged: true });
  });
});
