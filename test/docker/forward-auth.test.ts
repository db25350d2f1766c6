import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually, up } from "./example";
import { Bench, needsDocker } from "./rig";

const files = {
  // Lets in who names the word in the address, and says who it is.
  "door.conf": `server {
  listen 9000;
  location / {
    add_header X-User ann always;
    if ($http_x_forwarded_uri !~ "word=open") { return 401 "closed"; }
    return 200;
  }
}`,
  "app.conf": `server {
  listen 8000;
  location / { return 200 "hello $http_x_user"; }
}
server {
  listen 8443 ssl;
  ssl_certificate /etc/nginx/tls.crt;
  ssl_certificate_key /etc/nginx/tls.key;
  location / { return 200 "over $https"; }
}`,
};

describe("guards of labels on Docker", function () {
  this.timeout(300_000);
  let bench: Bench;

  before(async function () {
    needsDocker(this);
    bench = await Bench.alone("guards");
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(bench.folder, name), content);
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=app", "-days", "1"],
        ...["-keyout", join(bench.folder, "tls.key"), "-out", join(bench.folder, "tls.crt")],
      ],
      { stdio: "ignore" },
    );
    bench.compose(`
services:
  door:
    image: nginx:1.29
    restart: unless-stopped
    stop_grace_period: 2s
    volumes: ["./door.conf:/etc/nginx/conf.d/default.conf:ro"]
    labels:
      traefik.http.middlewares.Door.forwardauth.address: http://door:9000/check
      traefik.http.middlewares.Door.forwardauth.authResponseHeaders: X-User
      traefik.http.middlewares.all.chain.middlewares: door@docker
  app:
    image: nginx:1.29
    restart: unless-stopped
    stop_grace_period: 2s
    volumes:
      - ./app.conf:/etc/nginx/conf.d/default.conf:ro
      - ./tls.crt:/etc/nginx/tls.crt:ro
      - ./tls.key:/etc/nginx/tls.key:ro
    labels:
      traefik.http.routers.app.rule: Host(\`app.localhost\`)
      traefik.http.routers.app.middlewares: all
      traefik.http.routers.app.service: plain
      traefik.http.services.plain.loadbalancer.server.port: "8000"
      traefik.http.routers.tls.rule: Host(\`tls.localhost\`)
      traefik.http.routers.tls.service: tls
      traefik.http.services.tls.loadbalancer.server.port: "8443"
      traefik.http.services.tls.loadbalancer.server.scheme: https
`);
    await up(bench);
  });

  after(async () => {
    await (bench as Bench | undefined)?.dispose();
  });

  it("let in who the guard of another service lets in, and say who it is", async () => {
    await eventually(30, async () => (await bench.get("app.localhost")).status === 401);
    assert.deepEqual(await bench.get("app.localhost"), { status: 401, body: "closed" });
    assert.deepEqual(await bench.get("app.localhost", "/?word=open"), {
      status: 200,
      body: "hello ann",
    });
  });

  it("are no hindrance for a server with a certificate of its own", async () => {
    assert.deepEqual(await bench.get("tls.localhost"), { status: 200, body: "over on" });
  });

  it("change nothing the second time", async () => {
    await up(bench, { unchanged: true });
  });
});
