import assert from "node:assert/strict";
import { type Loose, planOf, problemsOf, serviceOf, snapshot, told } from "./make";

const port = (target: number, published = String(target), more: object = {}) => ({
  target,
  published,
  protocol: "tcp",
  mode: "ingress",
  ...more,
});
const always: Loose = { restart: "always" };
const proxy: Loose = { ...always, image: "traefik:v3.6", ports: [port(80), port(443)] };

describe("the application's own edge", () => {
  const isEdge = (service: Loose, name = "front"): boolean =>
    planOf({ [name]: { ...always, ...service } }).edge === null;
  const tls = [port(80), port(443)];
  const bind = (target: string) => [{ type: "bind", source: "/project/x", target }];

  for (const [what, expected, service, name] of [
    ["a proxy on 80", true, { image: "caddy:2", ports: [port(80)] }],
    ["a proxy on the host's network", true, { image: "caddy:2", network_mode: "host" }],
    ["a web server on the host's network", false, { network_mode: "host" }],
    ["a proxy on another port", false, { image: "haproxy:3", ports: [port(8080)] }],
    ["a web server with certificates", true, { ports: tls, volumes: bind("/etc/letsencrypt") }],
    ["a web server without", false, { ports: tls }],
    ["an application on 443", false, { image: "acme/app:1", ports: [port(8443, "443")] }],
    ["one that is built as a proxy", true, { build: { context: "/project/nginx" }, ports: tls }],
    ["one that is built as another", false, { build: { context: "/project/web" }, ports: tls }],
    ["one that is labelled", true, { image: "acme/app:1", labels: { "berth.edge": "true" } }],
    [
      "one that is labelled false",
      false,
      { image: "caddy:2", ports: tls, labels: { "berth.edge": "false" } },
    ],
    ["one by its name", true, { build: { context: "/project" }, ports: tls }, "reverse-proxy"],
  ] as [string, boolean, Loose, string?][])
    it(`${expected ? "is" : "is not"} ${what}`, () => {
      assert.equal(isEdge({ image: "nginx:1.29", ...service }, name), expected);
    });

  it("stands beside services that are published as the file says", () => {
    const made = planOf(
      {
        proxy,
        broker: {
          ...always,
          image: "acme/broker:1",
          ports: [port(1883), port(5683, "5683", { protocol: "udp" })],
        },
        metrics: { ...always, ports: [port(9100, "9100", { host_ip: "127.0.0.1" })] },
        store: { ...always, image: "postgres:17", ports: [port(5432)] },
        mail: { ...always, image: "axllent/mailpit:v1", ports: [port(8025)] },
      },
      { openPorts: [{ port: 7000, protocol: "tcp", service: "store", target: 5432 }] },
    );
    const published = (name: string) =>
      serviceOf(made, name).published.map(
        ({ host, port: inner, protocol }) => `${host}:${inner}/${protocol}`,
      );
    assert.deepEqual(published("broker"), ["1883:1883/tcp", "5683:5683/udp"]);
    assert.deepEqual(published("metrics"), ["9100:9100/tcp"]);
    assert.deepEqual(published("store"), ["7000:5432/tcp"]);
    assert.deepEqual(published("mail"), []);
    assert.ok(told(made).includes("loss mail.ports[0]"));
    assert.equal(serviceOf(made, "broker").rollout, "stop-first");
    assert.deepEqual(
      made.machine!.ports.map(({ port: one }) => one),
      [80, 443, 1883, 5683, 7000],
    );
  });

  it("keeps its own console closed", () => {
    const made = planOf({ proxy: { ...proxy, ports: [port(80), port(8080), port(1883)] } });
    assert.deepEqual(
      serviceOf(made, "proxy").published.map(({ host }) => host),
      [80, 1883],
    );
    assert.ok(told(made).includes("loss proxy.ports[1]"));
  });

  it("on the host's network has the firewall open, and others' ports are told of", () => {
    const host: Loose = { ...always, network_mode: "host", networks: {} };
    const services = {
      proxy: { ...host, image: "caddy:2" },
      turn: { ...host, image: "acme/turn:1" },
      metrics: { ...host, image: "prom/node-exporter:v1" },
      cache: { ...host, image: "redis:8" },
    };
    const made = planOf(services);
    const opened = ({ machine }: typeof made) => machine!.ports.map(({ port: one }) => one);
    assert.deepEqual(opened(made), [80, 443]);
    assert.deepEqual(
      told(made).filter((line) => /^loss .*network_mode/.test(line)),
      ["loss turn.network_mode"],
    );
    const openPorts = [{ port: 3478, protocol: "udp" as const, service: "turn" }];
    const open = planOf(services, { openPorts });
    assert.deepEqual(opened(open), [80, 443, 3478]);
    assert.ok(!told(open).join().includes("loss turn.network_mode"));
    const { turn } = services;
    assert.deepEqual(told(planOf({ turn })), ["info turn.network_mode", "loss turn.network_mode"]);
    const listed = planOf({ turn: { ...turn, ports: [port(8080)] } });
    assert.ok(told(listed).includes("loss turn.ports[0]"));
    assert.ok(!told(listed).includes("loss turn.network_mode"));
  });

  it("on the host's network reaches the metadata service, as does all that is there, with a notice", () => {
    const host: Loose = { ...always, network_mode: "host", networks: {} };
    const services = {
      proxy: { ...host, image: "caddy:2" },
      agent: { ...host, image: "acme/agent:1" },
      side: { ...always, network_mode: "service:agent", networks: {} },
      web: always,
    };
    const said = (set: object = {}): string[] =>
      planOf(services, set)
        .notices.filter(({ message }) => message.includes("metadata service"))
        .map(({ level, service }) => `${level} ${String(service)}`);
    assert.deepEqual(said().sort(), ["info agent", "info proxy", "info side"]);
    assert.deepEqual(said({ cloud: "local", operators: [] }), []);
    assert.deepEqual(said({ shape: "cluster", domain: "a.b" }), []);
  });

  it("is published on addresses that the machine has", () => {
    const at = (host_ip: string, set: object = {}) => {
      const web: Loose = { ...always, ports: [port(3000, "3000", { host_ip })] };
      const made = planOf({ proxy, web }, set);
      const notice = told(made).find((line) => line.includes("web.ports[0]"));
      return [serviceOf(made, "web").published.map(({ ip }) => ip), notice];
    };
    assert.deepEqual(at("198.51.100.4"), [[undefined], "info web.ports[0]"]);
    assert.deepEqual(at("::"), [[undefined], "info web.ports[0]"]);
    assert.deepEqual(at("::1"), [["::1"], undefined]);
    assert.deepEqual(at("192.168.0.4"), [[], "loss web.ports[0]"]);
    const local = { cloud: "local", operators: [] };
    assert.deepEqual(at("192.168.0.4", local), [["192.168.0.4"], undefined]);
    assert.deepEqual(at("::", local), [["::"], undefined]);
  });

  it("has a port once, also where the file publishes it for IPv6 beside IPv4", () => {
    const both = [port(443, "443", { host_ip: "0.0.0.0" }), port(443, "443", { host_ip: "::" })];
    const made = planOf({ proxy: { ...proxy, ports: both } });
    assert.deepEqual(
      serviceOf(made, "proxy").published.map(({ ip }) => ip),
      ["0.0.0.0"],
    );
    assert.equal(made.machine!.ports.length, 1);
  });

  for (const [what, expected, image, ...command] of [
    ["an old Traefik", "info proxy.image", "traefik:v3.2", "--providers.docker=true"],
    ["an old patch", "info proxy.image", "traefik:v2.11.4", "--providers.docker=true"],
    ["Traefik 1", "info proxy.image", "traefik:1.7", "--docker"],
    ["a new Traefik", undefined, "traefik:v3.6.2", "--providers.docker=true"],
    ["the newest of version 2", undefined, "traefik:v2.11", "--providers.docker=true"],
    ["an old Traefik that asks no Docker", undefined, "traefik:v3.2", "--providers.file.watch"],
    ["Swarm's provider", "loss proxy.command", "traefik:v3.6", "--providers.swarm.network=a"],
    ["Swarm's mode", "loss proxy.command", "traefik:v2.11", "--providers.docker.swarmMode"],
  ] as const)
    it(`tells of ${what}${expected === undefined ? " nothing" : ""}`, () => {
      const made = planOf({ proxy: { ...proxy, image, command: [...command] } });
      const about = told(made).filter((line) => /proxy\.(image|command)$/.test(line));
      assert.deepEqual(about, expected === undefined ? [] : [expected]);
    });

  it("refuses one port for two containers", () => {
    const web: Loose = { ...always, ports: [port(3000)] };
    assert.match(problemsOf({ proxy, web: { ...web, scale: 2 } }).join(), /runs 2 times/);
    assert.match(
      problemsOf({ proxy, web, other: { ...always, ports: [port(80, "3000")] } }).join(),
      /services.other.ports: 3000 is a port of web, too/,
    );
  });

  it("says which config is for Berth's edge only", () => {
    const made = planOf({ proxy }, { tls: { mode: "staging" }, maintenancePage: "<p>" });
    assert.deepEqual(
      told(made).filter((line) => line.startsWith("loss")),
      ["loss tls", "loss maintenancePage"],
    );
    const sites = { docs: { path: "/project/docs", spa: false, serve: "edge" as const } };
    assert.match(problemsOf({ proxy }, { sites }).join(), /sites.docs.serve/);
    assert.match(
      problemsOf({ proxy }, { openPorts: [{ port: 1, protocol: "tcp", service: "x" }] }).join(),
      /no service x/,
    );
  });
});

describe("an own edge whose place the cluster's takes", () => {
  const cluster = { shape: "cluster" as const, domain: "shop.example" };
  const files = {
    "/project/conf": snapshot({
      count: 1,
      files: [
        {
          path: "app.conf",
          content:
            "# server old:1;\nserver { server_name shop.example; location / { proxy_pass http://app:5000; } }",
          binary: false,
          executable: false,
        },
      ],
    }),
  };
  const front: Loose = {
    ...always,
    image: "nginx:1.29",
    ports: [port(80), port(443)],
    volumes: [{ type: "bind", source: "/project/conf", target: "/etc/nginx/conf.d" }],
  };
  const loss = (services: Record<string, Loose>, set: object = {}) =>
    planOf(services, { ...cluster, ...set }, { files }).notices.find(
      ({ level, service }) => level === "loss" && service === "front",
    )?.message;

  it("loses what its configuration leads to, and says the route to write", () => {
    const app = { ...always, expose: ["5000"] };
    assert.match(
      loss({ front, app, old: always })!,
      /nothing leads to app; .*"shop.example": "app:5000"/,
    );
    const routes = [{ host: "shop.example", path: "/", service: "app", port: 5000 }];
    assert.equal(loss({ front, app }, { routes }), undefined);
  });

  const configured = (image: string, content: string, services: Record<string, Loose>) => {
    const own = {
      ...front,
      image,
      volumes: [],
      configs: [{ source: "c", target: "/etc/nginx/x" }],
    };
    return planOf({ front: own, ...services }, cluster, {
      configs: { c: { name: "c", content } },
    }).notices.find(({ service, key }) => service === "front" && key === "image")!;
  };

  it("names the host of each, and a path where one host has several", () => {
    const behind = { web: always, api: always, docs: always, log: always };
    assert.match(
      configured(
        "openresty/openresty:1",
        `upstream a { server api:81; }
server { server_name _; return 301 https://$host; }
server { server_name one.example; location / { proxy_pass http://web:3000; } location /a { proxy_pass http://a; } }
server { server_name two.example; location / { proxy_pass http://docs; } }`,
        behind,
      ).message.replace(/^.*(?=berth:routes)/, ""),
      /"one.example": "web:3000", "two.example": "docs:PORT", "one.example\/<path>": "api:81"/,
    );
    assert.match(
      configured("caddy:2", "one.example, www.one.example {\n reverse_proxy web:3000\n}\n", behind)
        .message,
      /"one.example": "web:3000"/,
    );
    assert.match(
      configured("traefik:v3.6", 'servers: [{ url: "http://log:9000" }]', behind).message,
      /"<host>": "log:9000"/,
    );
  });

  it("says which guards the routes in its place have to have", () => {
    const web = { ...always, expose: ["3000"] };
    const caddy = (guard: string) => configured("caddy:2", `a.example {\n ${guard}\n}\n`, { web });
    assert.match(
      caddy("basic_auth {\n ann x\n }\n reverse_proxy web").message,
      /\(basic_auth\): give/,
    );
    assert.match(caddy("@in remote_ip 10.0.0.0/8").message, /no route leads.*\(remote_ip\): give/);
    assert.doesNotMatch(caddy("# basic_auth\n reverse_proxy web").message, /give the routes/);
    const nginx = (guard: string) => configured("openresty/openresty:1", guard, { web }).message;
    assert.match(
      nginx('auth_basic "x"; auth_request /in; deny all;'),
      /auth_basic, auth_request, deny/,
    );
    assert.doesNotMatch(nginx("auth_basic off;"), /give the routes/);
    const open = configured("caddy:2", "a.example {\n forward_auth sso:9\n}\n", {
      web: { ...web, ports: [port(3000)] },
    });
    assert.equal(open.level, "loss");
    assert.match(open.message, /\(forward_auth\): give .* in berth:routes/);
  });

  it("reads the variables of nginx-proxy", () => {
    const own = { ...front, image: "nginxproxy/nginx-proxy:1.6", volumes: [] };
    const app = { ...always, environment: { VIRTUAL_HOST: "a.example", VIRTUAL_PORT: "81" } };
    assert.match(loss({ front: own, app })!, /"a.example": "app:81"/);
    const two = { ...always, environment: { VIRTUAL_HOST: "a.example, b.example" } };
    assert.match(loss({ front: own, two })!, /to two; .*"a.example": .*"b.example": "two:PORT"/);
    const ports = "a.example:\n  /: { port: 90 }";
    const many = { ...always, environment: { VIRTUAL_HOST_MULTIPORTS: ports } };
    assert.match(loss({ front: own, many })!, /"a.example": "many:PORT"/);
    const users = [
      { type: "bind" as const, source: "/project/users", target: "/etc/nginx/htpasswd" },
    ];
    assert.match(loss({ front: { ...own, volumes: users }, app })!, /\(htpasswd\): give/);
  });

  it("says so where it cannot know what is behind it", () => {
    assert.match(
      loss({ front: { ...front, volumes: [], image: "caddy:2" }, app: always })!,
      /no route leads/,
    );
  });
});

describe("a web server that looks names up once", () => {
  const config = (content: string) => ({ configs: { conf: { name: "conf", content } } });
  const nginx: Loose = {
    ...always,
    image: "nginx:1.29",
    configs: [{ source: "conf", target: "/etc/nginx/conf.d/default.conf" }],
  };
  const follows = (services: Record<string, Loose>, content = "fastcgi_pass php:9000;", set = {}) =>
    serviceOf(planOf(services, set, config(content)), "web").follows;

  it("is replaced with the services that its configuration calls", () => {
    const services = { web: nginx, php: always, other: always };
    assert.deepEqual(follows(services), ["php"]);
    assert.deepEqual(
      serviceOf(planOf(services, {}, config("fastcgi_pass php:9000;")), "web").after,
      [{ service: "php", condition: "started" }],
    );
    assert.deepEqual(follows(services, "# nothing"), []);
    assert.deepEqual(follows({ ...services, web: { ...nginx, image: "caddy:2" } }), []);
    assert.deepEqual(follows({ web: { ...nginx, image: "acme/web:1" }, php: always }), []);
    assert.deepEqual(
      follows(services, "fastcgi_pass php:9000;", { shape: "cluster", domain: "a.b" }),
      [],
    );
  });

  it("does not follow one that waits for it", () => {
    const php = {
      ...always,
      depends_on: { web: { condition: "service_started", required: true } },
    };
    assert.deepEqual(follows({ web: nginx, php: php as Loose }), []);
  });

  it("follows what its label names", () => {
    const web = { ...always, labels: { "berth.follows": "php, api" } };
    assert.deepEqual(follows({ web, php: always, api: always }), ["php", "api"]);
    assert.match(
      problemsOf({ web, php: always }).join(),
      /labels.berth.follows: api is not another/,
    );
  });
});
