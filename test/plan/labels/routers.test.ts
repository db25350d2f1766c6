import assert from "node:assert/strict";
import { planOf, problemsOf, snapshot, type Loose } from "../make";
import { guarded, notices, port, refusals, service } from "./make";

const router = (options: Record<string, string>, rule = "Host(`shop.example`)") =>
  Object.fromEntries(
    Object.entries({ rule, ...options }).map(([name, value]) => [
      `traefik.http.routers.shop.${name}`,
      value,
    ]),
  );
const cluster = { shape: "cluster", domain: "shop.example" } as const;
const proxy = (command: string[], more: Loose = {}): Loose => ({
  restart: "always",
  image: "traefik:v3.4",
  ports: [port(80), port(443)],
  command,
  ...more,
});
const entrypoints = [
  "--entryPoints.web.address=:80",
  "--entryPoints.websecure.address=:443",
  "--entryPoints.inner.address=:9001",
];

describe("routers of labels", () => {
  it("make no route for an entrypoint that is not for everyone", () => {
    const brief = (names: string) => {
      const services = { web: service(router({ entrypoints: names })) };
      return [planOf(services).routes.length, notices(services)];
    };
    for (const names of ["web", "websecure", "http,https", "inner,WebSecure"])
      assert.deepEqual(brief(names), [1, []], names);
    for (const names of ["inner", "vpn, admin"])
      assert.deepEqual(brief(names), [0, ["loss web.http.routers.shop.rule"]], names);
  });

  it("ask the file's own Traefik which entrypoints it publishes", () => {
    const routes = (names: string, command = entrypoints, more: Loose = {}) =>
      planOf({ edge: proxy(command, more), web: service(router({ entrypoints: names })) }, cluster)
        .routes.length;
    assert.equal(routes("websecure"), 1);
    assert.equal(routes("inner"), 0);
    assert.equal(routes("inner", entrypoints, { ports: [port(443), port(9001)] }), 1);
    const local = { ports: [port(443), port(9001, "9001", "127.0.0.1")] };
    assert.equal(routes("inner", entrypoints, local), 0);
    const office = { ports: [port(443), port(9001, "9001", "10.3.0.1")] };
    assert.equal(routes("inner", entrypoints, office), 0);
    const bound = ["--entrypoints.inner.address=127.0.0.1:9001"];
    assert.equal(routes("inner", bound, { ports: [port(443), port(9001)] }), 0);
    assert.equal(routes("world", ["--entrypoints.world.address", ":443"]), 1);
    const environment = { TRAEFIK_ENTRYPOINTS_WORLD_ADDRESS: ":443" };
    assert.equal(routes("world", [], { environment }), 1);
  });

  it("read its file of options, and refuse routes where they cannot", () => {
    const volumes = [
      { type: "bind" as const, source: "/project/t.yml", target: "/etc/traefik/traefik.yml" },
    ];
    const content = [
      "entryPoints:",
      "  websecure: { address: ':443', http: { middlewares: [office@file] } }",
    ].join("\n");
    const services = { edge: proxy([], { volumes }), web: service(router({})) };
    const file = { path: "", content, binary: false, executable: false };
    const files = { "/project/t.yml": snapshot({ kind: "file", files: [file] }) };
    assert.deepEqual(refusals(services, cluster, { files }), [
      "services.edge.volumes: the middleware office@file is defined outside of the Compose file",
    ]);
    assert.deepEqual(refusals(services, cluster), [
      "services.edge.volumes: the file of Traefik's options is not read, and middlewares of its entrypoints may be in it",
    ]);
  });

  it("have the middlewares of their entrypoints first", () => {
    const command = [...entrypoints, "--entrypoints.websecure.http.middlewares=door@docker"];
    const web = service({
      ...guarded("late", { "late.headers.framedeny": "true" }),
      "traefik.http.routers.shop.entrypoints": "websecure",
    });
    const door = { "traefik.http.middlewares.door.basicauth.users": "eva:$apr1$a$b" };
    const { routes } = planOf({ edge: proxy(command, { labels: door }), web }, cluster);
    assert.deepEqual(
      routes[0]!.middlewares?.map(({ kind }) => kind),
      ["basicAuth", "headers"],
    );
    const elsewhere = [...entrypoints, "--entrypoints.websecure.http.middlewares=door@file"];
    assert.deepEqual(refusals({ edge: proxy(elsewhere), web }, cluster), [
      "services.edge.command: the middleware door@file is defined outside of the Compose file",
    ]);
  });

  it("refuse options of TLS, which may ask for clients' certificates", () => {
    const at = "services.web.labels.traefik.http.routers.shop.tls.options";
    const what = "the TLS options modern@file, which may ask for clients' certificates";
    const modern = { web: service(router({ "tls.options": "modern@file" })) };
    assert.deepEqual(refusals(modern), [`${at}: ${what}, are not carried over`]);
    const usual = { "tls.options": "default", "tls.certresolver": "le", tls: "true" };
    assert.deepEqual(notices({ web: service(router(usual)) }), []);
    const command = [...entrypoints, "--entrypoints.websecure.http.tls.options=mtls@file"];
    assert.equal(refusals({ edge: proxy(command), web: service(router({})) }, cluster).length, 1);
  });

  it("that only redirect to HTTPS are the edge's own business", () => {
    const plain = (names: string) => ({
      web: service({
        ...router({ entrypoints: names, middlewares: "up" }, "HostRegexp(`{any:.+}`)"),
        "traefik.http.middlewares.up.redirectscheme.scheme": "https",
      }),
    });
    assert.deepEqual(planOf(plain("web")).routes, []);
    assert.equal(planOf(plain("web,websecure")).routes.length, 1);
  });

  it("of a Traefik whose place the edge takes draw a notice, unless they redirect", () => {
    const labels = {
      "traefik.http.routers.board.rule": "Host(`board.example`)",
      "traefik.http.routers.board.service": "api@internal",
      "traefik.http.routers.up.rule": "HostRegexp(`{any:.+}`)",
      "traefik.http.routers.up.middlewares": "Up@docker",
      "traefik.http.middlewares.up.redirectscheme.scheme": "https",
    };
    assert.deepEqual(
      notices({ edge: proxy(entrypoints, { labels }) }, cluster).filter((one) => /http/.test(one)),
      ["loss edge.http.routers.board.rule"],
    );
  });

  it("with one rule are one route: that of HTTPS, or of higher priority, or a problem", () => {
    const two = (first: Record<string, string>, second: Record<string, string>) => {
      const option = (name: string, all: Record<string, string>) =>
        Object.entries({ rule: "Host(`shop.example`)", ...all }).map(([key, value]) => [
          `traefik.http.routers.${name}.${key}`,
          value,
        ]);
      return {
        web: service({
          ...(Object.fromEntries([...option("a", first), ...option("b", second)]) as object),
          "traefik.http.middlewares.door.basicauth.users": "eva:$apr1$a$b",
        }),
      };
    };
    const kinds = (services: Record<string, Loose>) =>
      planOf(services).routes.map(({ middlewares = [] }) => middlewares.map(({ kind }) => kind));
    const door = { middlewares: "door" };
    assert.deepEqual(kinds(two({ entrypoints: "web" }, { entrypoints: "websecure", ...door })), [
      ["basicAuth"],
    ]);
    assert.deepEqual(kinds(two({ ...door, priority: "7" }, {})), [["basicAuth"]]);
    assert.deepEqual(kinds(two(door, door)), [["basicAuth"]]);
    assert.match(problemsOf(two(door, {}))[0]!, /same rule as the router a and other middlewares/);
  });

  it("without a rule have the service's own host, and their middlewares", () => {
    const { "traefik.http.routers.shop.rule": _rule, ...labels } = guarded("door", {
      "door.basicauth.users": "eva:$apr1$a$b",
    });
    const web = service(labels, { ports: [port(80, "8080")] });
    const { routes } = planOf({ web }, { domain: "shop.example" });
    assert.deepEqual(
      routes.map(({ host, middlewares = [] }) => [host, middlewares.length]),
      [["web.shop.example", 1]],
    );
  });

  it("lead to the service that they name, in any service's labels", () => {
    const services = {
      web: service({
        ...router({ service: "api@docker" }),
        "traefik.http.services.web.loadbalancer.server.port": "3000",
      }),
      api: service({ "traefik.http.services.api.loadbalancer.server.port": "4000" }),
    };
    const [route] = planOf(services).routes;
    assert.deepEqual([route!.service, route!.port], ["api", 4000]);
    const inner = { web: service(router({ service: "api@internal" })) };
    assert.deepEqual(planOf(inner).routes, []);
    assert.deepEqual(notices(inner), ["loss web.http.routers.shop.service"]);
    const url = "traefik.http.services.shop.loadbalancer.server.url";
    const outside = { web: service({ ...router({}), [url]: "http://192.0.2.1/" }) };
    assert.deepEqual(planOf(outside).routes, []);
    assert.deepEqual(notices(outside), ["loss web.http.services.shop.loadbalancer.server.url"]);
    const ports = ["a", "b"].map((name) => [
      `traefik.http.services.${name}.loadbalancer.server.port`,
      "1",
    ]);
    const several = service({ ...router({}), ...(Object.fromEntries(ports) as object) });
    assert.match(problemsOf({ web: several })[0]!, /one of the services a, b; name it/);
  });

  it("keep what the service speaks, and whether it sees the client's host", () => {
    const start = "traefik.http.services.shop.loadbalancer.";
    const web = service({
      ...router({}),
      [`${start}server.scheme`]: "h2c",
      [`${start}passHostHeader`]: "false",
      [`${start}sticky.cookie`]: "true",
    });
    const [route] = planOf({ web }).routes;
    assert.deepEqual([route!.scheme, route!.passHost, route!.sticky], ["h2c", false, true]);
    assert.deepEqual(notices({ web }), []);
    const off = service({ ...router({}), [`${start}sticky.cookie`]: "false" });
    assert.equal(planOf({ web: off }).routes[0]!.sticky, false);
    const { routes, notices: told } = planOf({ web }, cluster);
    assert.equal(routes[0]!.sticky, false);
    assert.equal(told.filter(({ level }) => level === "loss").length, 1);
  });

  it("count only where traefik.enable is set, with a Traefik that asks for it", () => {
    const strict = proxy([...entrypoints, "--providers.docker.exposedByDefault=false"]);
    const services = (labels: Record<string, string>) => ({ edge: strict, web: service(labels) });
    assert.equal(planOf(services(router({})), cluster).routes.length, 0);
    assert.ok(notices(services(router({})), cluster).includes("info web.http.routers.shop.rule"));
    const enabled = { ...router({}), "traefik.enable": "true" };
    assert.equal(planOf(services(enabled), cluster).routes.length, 1);
  });

  it("count only where the file's own Traefik takes them, by its constraints", () => {
    const services = (constraints: string, labels: Record<string, string> = {}) => ({
      edge: proxy([...entrypoints, `--providers.docker.constraints=${constraints}`]),
      web: service({ ...router({}), ...labels }),
    });
    const zone = "Label(`traefik.zone`, `public`)";
    assert.equal(planOf(services(zone), cluster).routes.length, 0);
    assert.equal(planOf(services(zone, { "traefik.zone": "inner" }), cluster).routes.length, 0);
    assert.equal(planOf(services(zone, { "traefik.zone": "public" }), cluster).routes.length, 1);
    const own = services("Label(`com.example.zone`, `a`)", { "com.example.zone": "a" });
    assert.equal(planOf(own, cluster).routes.length, 1);
    const several = services(`${zone} || LabelRegex(\`a\`, \`b\`)`);
    assert.match(problemsOf(several, cluster)[0]!, /^services\.edge\.command: .*constraints/);
  });

  it("draw a notice where berth:routes states routes without their middlewares", () => {
    const set = {
      routes: [{ host: "a.example", path: "/", service: "web" }],
      stated: new Set(["routes"]),
    };
    const door = { "door.basicauth.users": "eva:$apr1$a$b" };
    assert.deepEqual(notices({ web: service(guarded("door", door)) }, set), [
      "info web.http.routers.shop.middlewares",
    ]);
    assert.deepEqual(notices({ web: service(router({})) }, set), []);
  });
});

describe("every label", () => {
  const start = "traefik.http.services.shop.loadbalancer.";
  const expected: Record<string, string> = {
    "traefik.docker.network": "info",
    "traefik.constraint-label": "info",
    "traefik.http.routers.shop.observability.accesslogs": "loss",
    "traefik.http.serversTransports.x.insecureskipverify": "loss",
    [`${start}serverstransport`]: "loss",
    [`${start}healthcheck.path`]: "loss",
    [`${start}healthCheck.interval`]: "loss",
    [`${start}responseforwarding.flushinterval`]: "loss",
    [`${start}sticky.cookie.name`]: "loss",
    [`${start}sticky.cookie.samesite`]: "loss",
    [`${start}server.weight`]: "loss",
    "traefik.http.services.shop.weighted.services[0].name": "loss",
    "traefik.http.services.mirror.mirroring.service": "loss",
    "traefik.http.middlewares.idle.addprefix.prefix": "info",
    "traefik.tcp.routers.db.rule": "loss",
    "traefik.udp.routers.dns.entrypoints": "loss",
    "traefik.port": "info",
    "traefik.frontend.rule": "info",
    "traefik.frontend.auth.basic.users": "info",
    "traefik.nothing": "loss",
  };

  it("is a part of a route, or draws a notice", () => {
    const values = Object.fromEntries(Object.keys(expected).map((label) => [label, "x"]));
    const web = service({ ...router({ entrypoints: "web" }), ...values, "traefik.enable": "true" });
    const told = planOf({ web }).notices.map(({ key, level }) => [key, level]);
    assert.deepEqual(
      Object.fromEntries(told),
      Object.fromEntries(Object.entries(expected).map(([key, level]) => [`labels.${key}`, level])),
    );
  });

  it("without a rule tells of a default rule that is not read", () => {
    const traefik: Loose = {
      restart: "always",
      image: "traefik:v3.6",
      ports: [port(443)],
      command: ["--providers.docker.defaultrule=Host(`{{ .Name }}.apps.example`)"],
    };
    const cluster = { shape: "cluster" as const, domain: "shop.example" };
    const lost = (labels: Record<string, string>) =>
      notices({ traefik, web: service(labels) }, cluster).filter((line) => line.startsWith("loss"));
    assert.deepEqual(lost({ "traefik.http.routers.a.tls": "true" }), [
      "loss web.http.routers.a.tls",
    ]);
    assert.deepEqual(lost({ [`${start}server.port`]: "80" }), [
      "loss web.http.services.shop.loadbalancer.server.port",
    ]);
    assert.deepEqual(lost(router({})), []);
  });

  it("of a host to redirect to has no meaning, as the edge keeps the host", () => {
    const labels = guarded("secure", {
      "secure.headers.sslhost": "shop.example",
      "secure.headers.sslredirect": "true",
      "secure.headers.framedeny": "true",
    });
    assert.deepEqual(notices({ web: service(labels) }), []);
  });

  it("of health checks is replaced by the service's own", () => {
    const healthcheck = { test: ["CMD", "true"] };
    const labels = { ...router({}), [`${start}healthcheck.path`]: "/up" };
    assert.deepEqual(notices({ web: service(labels, { healthcheck }) }), [
      `info web.http.services.shop.loadbalancer.healthcheck.path`,
    ]);
  });

  it("of TCP and UDP says what to write in openPorts", () => {
    const labels = {
      "traefik.tcp.routers.db.rule": "HostSNI(`*`)",
      "traefik.tcp.routers.db.entrypoints": "pg",
      "traefik.tcp.services.db.loadbalancer.server.port": "5432",
    };
    const services = { db: service(labels) };
    const messages = (set: object) => planOf(services, set).notices.map(({ message }) => message);
    assert.deepEqual(messages({}), [
      'no port is opened by labels; write berth:openPorts: { "5432": "db:5432" }',
    ]);
    const tls = service({
      "traefik.tcp.routers.db.rule": "HostSNI(`db.example`)",
      "traefik.tcp.services.db.loadbalancer.server.port": "443",
    });
    assert.match(planOf({ db: tls }).notices[0]!.message, /openPorts: \{ "PORT": "db:443" \}$/);
    const openPorts = [{ port: 5432, protocol: "tcp", service: "db" }];
    assert.deepEqual(messages({ openPorts }), ["published through berth:openPorts"]);
    const listed = { db: service(labels, { ports: [port(5432)] }) };
    assert.deepEqual(notices(listed), ["info db.tcp.routers.db.rule", "loss db.ports[0]"]);
  });

  it("of TCP says what an open port lacks of the router", () => {
    const said = (more: Record<string, string>, set: object = {}) =>
      planOf(
        {
          mq: service(
            {
              "traefik.tcp.routers.mq.rule": "HostSNI(`mq.example`)",
              "traefik.tcp.services.mq.loadbalancer.server.port": "5671",
              ...more,
            },
            { ports: [port(5671)] },
          ),
        },
        set,
      ).notices.find(({ key }) => key.endsWith("mq.rule"))!.message;
    const tcp = "traefik.tcp.routers.mq.";
    assert.match(
      said({ [`${tcp}middlewares`]: "office" }),
      /to everyone, without these middlewares$/,
    );
    assert.match(said({ [`${tcp}tls.certresolver`]: "le" }), /to everyone, without TLS$/);
    assert.doesNotMatch(
      said({ [`${tcp}tls`]: "true", [`${tcp}tls.passthrough`]: "true" }),
      /without/,
    );
    const openPorts = [{ port: 5671, protocol: "tcp" as const, service: "mq" }];
    assert.match(
      said({ [`${tcp}middlewares`]: "office", [`${tcp}tls`]: "true" }, { openPorts }),
      /opens the port to everyone, without these middlewares and TLS$/,
    );
  });
});
