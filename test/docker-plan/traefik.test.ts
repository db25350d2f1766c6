import assert from "node:assert/strict";
import { compareSync } from "bcryptjs";
import { secretRoutes } from "../../components/edge/middlewares";
import { dynamicConfiguration, staticArguments } from "../../components/edge/traefik";
import { refer } from "../../components/model/reference";
import type { Edge, Route } from "../../components/plan/plan";

const edge = (more: Partial<Edge> = {}): Edge => ({
  http: 80,
  https: 443,
  tls: { mode: "letsencrypt", email: "ops@example.com" },
  openPorts: [],
  maintenancePage: "<html></html>",
  ...more,
});

const route = (more: Partial<Route> = {}): Route => ({
  name: "web",
  host: "example.com",
  path: "/",
  service: "web",
  port: 8000,
  url: "https://example.com/",
  internal: false,
  allow: [],
  headers: {},
  sticky: false,
  ...more,
});

interface Http {
  routers: Record<
    string,
    { rule: string; entryPoints: string[]; tls?: unknown; middlewares: string[] }
  >;
  services: Record<string, { loadBalancer: { servers: { url: string }[]; sticky?: unknown } }>;
  middlewares: Record<string, Record<string, Record<string, unknown>>>;
}

function http(routes: readonly Route[], from = edge(), maintenance?: string): Http {
  return dynamicConfiguration({
    edge: from,
    routes,
    serversOf: (service, port) => [`${service}-1:${port}`, `${service}-2:${port}`],
    text: (text) => text,
    ...(maintenance === undefined ? {} : { maintenance }),
  })["http"] as Http;
}

const rule = (more: Partial<Route>): string => http([route(more)]).routers["web"]!.rule;
const middleware = (name: string, more: Partial<Route>): unknown =>
  http([route(more)], edge(), "http://page:8080").middlewares[`web-${name}`];

describe("the edge's configuration", () => {
  it("matches hosts, wildcards and whole parts of paths", () => {
    assert.equal(rule({}), "Host(`example.com`)");
    assert.equal(
      rule({ path: "/api" }),
      "Host(`example.com`) && (Path(`/api`) || PathPrefix(`/api/`))",
    );
    assert.equal(rule({ host: "*.example.com" }), "HostRegexp(`^[^.]+\\.example\\.com$`)");
    assert.equal(rule({ host: "*" }), "PathPrefix(`/`)");
    assert.equal(rule({ rule: "Host(`a`) && Method(`GET`)" }), "Host(`a`) && Method(`GET`)");
  });

  it("sends requests to every server", () => {
    assert.deepEqual(http([route()]).services["web"]!.loadBalancer.servers, [
      { url: "http://web-1:8000" },
      { url: "http://web-2:8000" },
    ]);
  });

  it("speaks TLS as the stack says", () => {
    const secured = http([route()]).routers["web"]!;
    assert.deepEqual(secured.entryPoints, ["websecure"]);
    assert.deepEqual(secured.tls, { certResolver: "main" });
    const own = http([route()], edge({ tls: { mode: "self-signed" } })).routers["web"]!;
    assert.deepEqual(own.tls, {});
    const plain = http([route()], edge({ https: null, tls: { mode: "off" } })).routers["web"]!;
    assert.deepEqual(plain.entryPoints, ["web"]);
    assert.equal(plain.tls, undefined);
    const files = dynamicConfiguration({
      edge: edge({ tls: { mode: "files", cert: "CERT", key: "KEY" } }),
      routes: [],
      serversOf: () => [],
      text: (text) => text,
    });
    assert.deepEqual(files["tls"], { certificates: [{ certFile: "CERT", keyFile: "KEY" }] });
  });

  it("hashes passwords with bcrypt: a salt for each, the same for the same password", () => {
    const users = (auth: string): string[] =>
      (middleware("auth", { auth }) as { basicAuth: { users: string[] } }).basicAuth.users;
    const [ada, eve] = users("ada:secret\neve:secret") as [string, string];
    assert.match(ada, /^ada:\$2b\$05\$/);
    assert.ok(compareSync("secret", ada.slice("ada:".length)));
    assert.ok(!compareSync("Secret", ada.slice("ada:".length)));
    assert.notEqual(ada.slice(0, 33).slice(-22), eve.slice(0, 33).slice(-22));
    assert.deepEqual(users("ada:secret\neve:secret"), [ada, eve]);
  });

  it("has a middleware for each thing that a route asks for", () => {
    assert.deepEqual(middleware("allow", { allow: ["10.1.0.0/16"] }), {
      ipAllowList: { sourceRange: ["10.1.0.0/16"] },
    });
    const inner = middleware("allow", { internal: true }) as {
      ipAllowList: { sourceRange: string[] };
    };
    assert.ok(inner.ipAllowList.sourceRange.includes("10.0.0.0/8"));
    assert.ok(!inner.ipAllowList.sourceRange.includes("0.0.0.0/0"));
    assert.deepEqual(middleware("auth", { auth: "ada:$apr1$x$y" }), {
      basicAuth: { users: ["ada:$apr1$x$y"], removeHeader: true },
    });
    assert.deepEqual(middleware("redirect", { redirect: "https://www.example.com" }), {
      redirectRegex: {
        regex: "^https?://[^/]+(/.*)?$",
        replacement: "https://www.example.com${1}",
        permanent: true,
      },
    });
    assert.deepEqual(middleware("headers", { headers: { "X-A": "b" } }), {
      headers: { customResponseHeaders: { "X-A": "b" } },
    });
    assert.deepEqual(middleware("body", { maxBody: 1024 }), {
      buffering: { maxRequestBodyBytes: 1024 },
    });
    assert.ok(http([route({ sticky: true })]).services["web"]!.loadBalancer.sticky);
  });

  it("has the middlewares of labels as they are, with hashes of passwords and texts opened", () => {
    const { middlewares, routers } = dynamicConfiguration({
      edge: edge(),
      routes: [
        route({
          middlewares: [
            { kind: "headers", options: { customRequestHeaders: { "X-A": "SECRET" } } },
            { kind: "basicAuth", options: { users: "ada:one,eve:$apr1$x$y", realm: "shop" } },
            { kind: "compress", options: {} },
            { kind: "retry", options: { attempts: 7 } },
          ],
        }),
      ],
      serversOf: () => [],
      text: (text) => text.replace("SECRET", "opened"),
    })["http"] as Http;
    assert.deepEqual(routers["web"]!.middlewares, [
      "web-headers-1",
      "web-basicAuth-2",
      "web-compress-3",
      "web-retry-4",
    ]);
    assert.deepEqual(middlewares["web-headers-1"], {
      headers: { customRequestHeaders: { "X-A": "opened" } },
    });
    const { users, realm } = middlewares["web-basicAuth-2"]!["basicAuth"] as {
      users: string[];
      realm: string;
    };
    assert.equal(realm, "shop");
    assert.ok(compareSync("one", users[0]!.slice("ada:".length)));
    assert.equal(users[1], "eve:$apr1$x$y");
  });

  it("fails where an encrypted text names no users, and shows none of it", () => {
    const made = (auth: string) => () => http([route({ auth })]);
    assert.throws(made("ada:hunter,22"), /the route example\.com\/: .*(?<!hunter.*)write one user/);
    assert.throws(made("hunter22"), /names no user and password/);
    assert.doesNotThrow(made("[secret]"));
  });

  it("knows which routes have a secret in them", () => {
    const header = { customRequestHeaders: { Authorization: "Basic x" } };
    assert.ok(!secretRoutes([route({ middlewares: [{ kind: "headers", options: {} }] })]));
    assert.ok(secretRoutes([route({ auth: "a:b" })]));
    assert.ok(secretRoutes([route({ middlewares: [{ kind: "basicAuth", options: {} }] })]));
    assert.ok(secretRoutes([route({ middlewares: [{ kind: "headers", options: header }] })]));
    assert.ok(secretRoutes([route({ rule: `Path(\`${refer("config", "variables.X")}\`)` })]));
  });

  it("speaks to a service as it listens, and passes the client's host on unless told", () => {
    const { services, serversTransports } = http([
      route({ scheme: "https", passHost: false }),
      route({ name: "grpc", scheme: "h2c" }),
    ]) as Http & { serversTransports: unknown };
    assert.equal(services["web"]!.loadBalancer.servers[0]!.url, "https://web-1:8000");
    assert.equal(services["grpc"]!.loadBalancer.servers[0]!.url, "h2c://web-1:8000");
    const balancer = services["web"]!.loadBalancer as Record<string, unknown>;
    assert.equal(balancer["passHostHeader"], false);
    assert.equal(balancer["serversTransport"], "unverified");
    assert.deepEqual(serversTransports, { unverified: { insecureSkipVerify: true } });
  });

  it("asks for a wildcard's certificate over DNS", () => {
    const tls = (more: Partial<Edge["tls"]>) =>
      http([route({ host: "*.example.com" })], edge({ tls: { mode: "letsencrypt", ...more } }))
        .routers["web"]!.tls;
    assert.deepEqual(tls({ dnsProvider: "route53" }), {
      certResolver: "main",
      domains: [{ main: "*.example.com" }],
    });
    assert.deepEqual(tls({}), { certResolver: "main" });
  });

  it("shows the maintenance page, compresses and tries again on every route", () => {
    const made = http([route()], edge(), "http://page:8080");
    assert.deepEqual(made.routers["web"]!.middlewares, [
      "web-maintenance",
      "web-compress",
      "web-retry",
    ]);
    assert.equal(
      made.services["berth:maintenance"]!.loadBalancer.servers[0]!.url,
      "http://page:8080",
    );
  });

  it("opens further ports as entrypoints of their own", () => {
    const open = edge({
      openPorts: [
        { port: 5432, protocol: "tcp", service: "db", target: 5432 },
        { port: 5353, protocol: "udp", service: "dns", target: 53 },
      ],
    });
    const made = dynamicConfiguration({
      edge: open,
      routes: [],
      serversOf: (service, port) => [`${service}:${port}`],
      text: (text) => text,
    });
    assert.deepEqual(made["tcp"], {
      routers: {
        "port-5432": { entryPoints: ["tcp-5432"], service: "port-5432", rule: "HostSNI(`*`)" },
      },
      services: { "port-5432": { loadBalancer: { servers: [{ address: "db:5432" }] } } },
    });
    assert.deepEqual(made["udp"], {
      routers: { "port-5353": { entryPoints: ["udp-5353"], service: "port-5353" } },
      services: { "port-5353": { loadBalancer: { servers: [{ address: "dns:53" }] } } },
    });
    const args = staticArguments(open, { directory: "/r", certificates: "/c" });
    assert.ok(args.includes("--entrypoints.tcp-5432.address=:5432"));
    assert.ok(args.includes("--entrypoints.udp-5353.address=:5353/udp"));
  });

  it("gets certificates over HTTP, over DNS, or not at all", () => {
    const args = (tls: Edge["tls"], https: number | null = 443): string[] =>
      staticArguments(edge({ tls, https }), { directory: "/r", certificates: "/c" });
    const plain = args({ mode: "letsencrypt", email: "ops@example.com" });
    assert.ok(plain.includes("--certificatesresolvers.main.acme.httpchallenge.entrypoint=web"));
    assert.ok(plain.includes("--certificatesresolvers.main.acme.email=ops@example.com"));
    assert.ok(plain.includes("--entrypoints.web.http.redirections.entrypoint.to=websecure"));
    const dns = args({ mode: "staging", dnsProvider: "route53" });
    assert.ok(dns.includes("--certificatesresolvers.main.acme.dnschallenge.provider=route53"));
    assert.ok(dns.some((arg) => arg.includes("acme-staging-v02")));
    assert.ok(
      args({ mode: "self-signed" }, 8443).includes(
        "--entrypoints.web.http.redirections.entrypoint.to=:8443",
      ),
    );
    assert.ok(!args({ mode: "off" }, null).some((arg) => /websecure|acme|redirections/.test(arg)));
  });
});
