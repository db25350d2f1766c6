import assert from "node:assert/strict";
import { address } from "../../components/model/reference";
import { planOf, problemsOf, told } from "./make";

const always = { restart: "always" };
const port = (target: number, published = String(target)) => ({
  mode: "ingress",
  target,
  published,
  protocol: "tcp",
});
const brief = (made: ReturnType<typeof planOf>): string[] =>
  made.routes.map(({ name, host, path, port, url }) => `${name} ${host} ${path} ${port} ${url}`);

describe("routes", () => {
  it("makes a route of each published web port, under the address until there is a domain", () => {
    const services = { web: { ...always, ports: [port(80, "8080"), port(9000)] } };
    assert.deepEqual(brief(planOf(services)), [
      `web web.${address}.sslip.io / 80 https://web.${address}.sslip.io/`,
      `web-2 web-9000.${address}.sslip.io / 9000 https://web-9000.${address}.sslip.io/`,
    ]);
    assert.deepEqual(
      brief(planOf(services, { domain: "example.com" }))[0],
      "web web.example.com / 80 https://web.example.com/",
    );
    assert.deepEqual(
      brief(planOf(services, { cloud: "local", tls: { mode: "off" } }))[0],
      "web web.localhost / 80 http://web.localhost:8080/",
    );
  });

  it("publishes no database and nothing but HTTP, with a notice that says how to", () => {
    const made = planOf({
      db: { ...always, image: "postgres:17", ports: [port(5432)] },
      search: { ...always, image: "opensearchproject/opensearch:2", ports: [port(9200)] },
      mqtt: { ...always, ports: [port(1883)] },
      local: { ...always, ports: [{ ...port(9229), host_ip: "127.0.0.1" }] },
    });
    assert.deepEqual(made.routes, []);
    assert.deepEqual(told(made), [
      "info db.volumes",
      "info search.volumes",
      "loss db.ports[0]",
      "loss search.ports[0]",
      "loss mqtt.ports[0]",
      "info local.ports[0]",
      "info search.volumes",
    ]);
    assert.match(made.notices[2]!.message, /berth:openPorts: \{ "5432": "db:5432" \}/);
  });

  it("tells of a range of ports in one line, with the key that opens it", () => {
    const media = Array.from({ length: 20 }, (_, index) => ({
      target: 40000 + index,
      published: String(50000 + index),
      protocol: "udp",
      mode: "ingress",
    }));
    const apart = { ...media[0]!, target: 3478, published: "3478" };
    const services = { sfu: { ...always, ports: [...media, apart] } };
    const made = planOf(services);
    const about = made.notices.filter(({ key }) => key.startsWith("ports"));
    assert.deepEqual(
      about.map(({ key }) => key),
      ["ports[0]", "ports[20]"],
    );
    assert.match(
      about[0]!.message,
      /^40000-40019 does not speak HTTP .* \{ "50000-50019\/udp": "sfu:40000-40019" \}$/,
    );
    const openPorts = media.map(({ target, published }) => ({
      ...{ port: Number(published), protocol: "udp" as const, service: "sfu", target },
    }));
    const open = planOf(services, { openPorts });
    assert.deepEqual(
      open.notices.filter(({ key }) => key.startsWith("ports")).map(({ level }) => level),
      ["info", "loss"],
    );
    assert.equal(open.machine!.ports.length, 22);
  });

  it("says when a load balancer may have too few listeners", () => {
    const openPorts = Array.from({ length: 49 }, (_, index) => ({
      ...{ port: 50000 + index, protocol: "udp" as const, service: "sfu" },
    }));
    const cluster = { shape: "cluster", domain: "example.com" } as const;
    const toldOf = (count: number): string[] =>
      told(planOf({ sfu: always }, { ...cluster, openPorts: openPorts.slice(0, count) }));
    assert.ok(toldOf(49).includes("loss openPorts"));
    assert.ok(!toldOf(48).includes("loss openPorts"));
  });

  it("refuses a route that the edge cannot follow, and makes none by itself", () => {
    const host = { ...always, network_mode: "host", networks: {} };
    const setting = { host: "a.b", path: "/", service: "web", port: 80 };
    const problem =
      "services.web.network_mode: a route leads to web, and the edge cannot reach it with network_mode: host; remove network_mode, or the route";
    const stated = { routes: [setting], stated: new Set(["routes"]) };
    assert.deepEqual(problemsOf({ web: host }, stated), [problem]);
    const labels = { "traefik.http.routers.web.rule": "Host(`a.b`)" };
    assert.deepEqual(problemsOf({ web: { ...host, labels, expose: ["80"] } }), [problem]);
    const openPorts = [{ port: 25, protocol: "tcp" as const, service: "web" }];
    assert.deepEqual(problemsOf({ web: host }, { openPorts }), [problem]);
    const made = planOf({ web: { ...host, ports: [port(80)] } });
    assert.deepEqual(made.routes, []);
    assert.deepEqual(told(made), ["loss web.ports[0]", "info web.network_mode"]);
    const shared = { ...always, network_mode: "service:web", networks: {} };
    const services = { web: always, api: { ...shared, expose: ["80"] } };
    const to = { routes: [{ ...setting, service: "api" }], stated: new Set(["routes"]) };
    assert.deepEqual(problemsOf(services, to), []);
    assert.deepEqual(problemsOf({ web: host }, { ...stated, shape: "cluster", domain: "a.b" }), []);
  });

  it("opens openPorts on the edge and the firewall, and nowhere else", () => {
    const made = planOf(
      { db: { ...always, image: "postgres:17", ports: [port(5432)] } },
      { openPorts: [{ port: 15432, protocol: "tcp", service: "db", target: 5432 }] },
    );
    assert.deepEqual(made.edge?.openPorts, [
      { port: 15432, protocol: "tcp", service: "db", target: 5432 },
    ]);
    assert.deepEqual(
      made.machine!.ports.map(({ port }) => port),
      [80, 443, 15432],
    );
  });

  it("takes the config's routes for the whole of them", () => {
    const made = planOf(
      { web: { ...always, ports: [port(80)] }, admin: { ...always, expose: ["8000"] } },
      { routes: [{ host: "admin.example.com", path: "/", service: "admin", internal: true }] },
    );
    assert.deepEqual(brief(made), ["admin admin.example.com / 8000 https://admin.example.com/"]);
    assert.equal(made.routes[0]?.internal, true);
  });

  it("refuses a route to a service that is not there, and two services on one route", () => {
    const services = { web: { ...always, expose: ["80"] }, other: { ...always, expose: ["80"] } };
    assert.deepEqual(
      problemsOf(services, { routes: [{ host: "a.b", path: "/x", service: "wep" }] }),
      ["berth:routes.a.b/x: no service wep runs here; name one of web, other"],
    );
    const twice = { host: "a.b", path: "/" };
    assert.deepEqual(
      problemsOf(services, {
        routes: [
          { ...twice, service: "web" },
          { ...twice, service: "other" },
        ],
      }),
      ["berth:routes: a.b/ leads to web:80 and to other:80; give one of them another host or path"],
    );
  });

  it("reads Traefik 2 labels: hosts, prefixes, ports, middlewares", () => {
    const made = planOf({
      api: {
        ...always,
        labels: {
          "traefik.enable": "true",
          "traefik.http.routers.api.rule":
            "Host(`api.example.com`, `www.example.com`) && PathPrefix(`/v1`)",
          "traefik.http.routers.api.middlewares": "strip,auth@docker",
          "traefik.http.routers.api.entrypoints": "websecure",
          "traefik.http.services.api.loadbalancer.server.port": "8000",
          "traefik.http.middlewares.strip.stripprefix.prefixes": "/v1",
          "traefik.http.middlewares.auth.basicauth.users": "ann:$apr1$x,bob:$apr1$y",
        },
      },
    });
    assert.deepEqual(brief(made), [
      "api api.example.com /v1 8000 https://api.example.com/v1",
      "api-2 www.example.com /v1 8000 https://www.example.com/v1",
    ]);
    assert.deepEqual(made.routes[0]?.middlewares, [
      { kind: "stripPrefix", options: { prefixes: ["/v1"] } },
      { kind: "basicAuth", options: { users: "ann:$apr1$x,bob:$apr1$y" } },
    ]);
    assert.deepEqual(told(made), []);
  });

  it("keeps a rule of more than hosts and prefixes, and has a notice for a label that is not supported", () => {
    const made = planOf({
      api: {
        ...always,
        expose: ["80"],
        labels: {
          "traefik.http.routers.api.rule": "Host(`a.b`) && Method(`GET`)",
          "traefik.http.middlewares.x.circuitbreaker.expression": "LatencyAtQuantileMS(50.0) > 100",
        },
      },
    });
    assert.equal(made.routes[0]?.rule, "Host(`a.b`) && Method(`GET`)");
    assert.deepEqual(told(made), [
      "info api.labels.traefik.http.middlewares.x.circuitbreaker.expression",
    ]);
  });

  it("reads Traefik 1 labels", () => {
    const made = planOf({
      web: {
        ...always,
        labels: {
          "traefik.frontend.rule": "Host:a.example.com,b.example.com;PathPrefixStrip:/app",
          "traefik.port": "3000",
        },
      },
    });
    assert.deepEqual(
      made.routes.map(({ host, path, port }) => [host, path, port]),
      [
        ["a.example.com", "/app", 3000],
        ["b.example.com", "/app", 3000],
      ],
    );
  });

  it("leaves a file's own edge in place on a vm, and takes its place on a cluster", () => {
    const services = {
      proxy: { ...always, image: "traefik:v3.5", ports: [port(80), port(443)] },
      web: {
        ...always,
        expose: ["3000"],
        labels: { "traefik.http.routers.w.rule": "Host(`w.example.com`)" },
      },
    };
    const vm = planOf(services);
    assert.equal(vm.edge, null);
    assert.deepEqual(
      vm.services[0]!.published.map(({ host }) => host),
      [80, 443],
    );
    assert.equal(vm.services[0]!.rollout, "stop-first");
    const cluster = planOf(services, { shape: "cluster", domain: "example.com" });
    assert.deepEqual(
      cluster.services.map(({ name }) => name),
      ["web"],
    );
    assert.deepEqual(brief(cluster), ["web w.example.com / 3000 https://w.example.com/"]);
  });

  it("takes a web server that publishes 80 alone for a service", () => {
    const made = planOf({ web: { ...always, image: "nginx:1.29", ports: [port(80)] } });
    assert.equal(made.routes.length, 1);
  });
});
