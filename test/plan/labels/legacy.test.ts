import assert from "node:assert/strict";
import { planOf, problemsOf } from "../make";
import { carried, notices, refusals, service } from "./make";

const frontend = (
  options: Record<string, string>,
  rule = "Host:shop.example",
): Record<string, string> => ({
  "traefik.port": "3000",
  ...Object.fromEntries(
    Object.entries({ rule, ...options }).map(([name, value]) => [
      `traefik.frontend.${name}`,
      value,
    ]),
  ),
});

describe("labels of Traefik 1", () => {
  it("carry their guards and headers over", () => {
    const services = {
      web: service(
        frontend({
          "whiteList.sourceRange": "192.0.2.0/24",
          "auth.basic.users": "eva:$apr1$a$b,ivo:$apr1$c$d",
          "auth.basic.removeHeader": "true",
          "auth.forward.address": "http://gate:9000/check",
          "auth.forward.authResponseHeaders": "X-User,X-Mail",
          "headers.customRequestHeaders": "X-A:b||X-C:d:e",
          "headers.frameDeny": "true",
          "headers.SSLRedirect": "true",
          "redirect.regex": "^http://old/(.*)",
          "redirect.replacement": "http://new/$1",
        }),
      ),
      gate: { restart: "always", expose: ["9000"] },
    };
    assert.deepEqual(carried(services), [
      { kind: "ipAllowList", options: { sourceRange: ["192.0.2.0/24"] } },
      {
        kind: "basicAuth",
        options: { users: "eva:$apr1$a$b,ivo:$apr1$c$d", removeHeader: true },
      },
      {
        kind: "forwardAuth",
        options: { authResponseHeaders: ["X-User", "X-Mail"] },
        asks: { scheme: "http", service: "gate", port: 9000, path: "/check" },
      },
      {
        kind: "redirectRegex",
        options: { regex: "^http://old/(.*)", replacement: "http://new/$1" },
      },
      {
        kind: "headers",
        options: { customRequestHeaders: { "X-A": "b", "X-C": "d:e" }, frameDeny: true },
      },
    ]);
    assert.deepEqual(notices(services), []);
  });

  it("refuse the guards that they cannot carry over", () => {
    for (const option of [
      "auth.digest.users",
      "auth.basic.usersFile",
      "auth.forward.tls.cert",
      "whiteList.useXForwardedFor",
      "passTLSClientCert.pem",
    ]) {
      const services = { web: service(frontend({ [option]: "true" })) };
      const found = refusals(services);
      assert.equal(found.length, 1, option);
      assert.ok(found[0]!.startsWith(`services.web.labels.traefik.frontend.${option}: `));
      const accept = new Map([[`web.labels.traefik.frontend.${option}`, "no one gets here"]]);
      assert.equal(planOf(services, { accept }).routes.length, 1);
    }
  });

  it("have rules of their own language", () => {
    const rules = (rule: string) =>
      planOf({ web: service(frontend({}, rule)) }).routes.map(
        ({ host, rule: made, middlewares = [] }) => [made ?? host, ...middlewares],
      );
    assert.deepEqual(rules("HostRegexp:{sub:[a-z]{1,3}}.shop.example;Method:GET"), [
      ["HostRegexp(`^(?:[a-z]{1,3})\\.shop\\.example$`) && Method(`GET`)"],
    ]);
    assert.deepEqual(rules("Host:a.example;PathStrip:/x;AddPrefix:/y"), [
      [
        "Host(`a.example`) && Path(`/x`)",
        { kind: "stripPrefix", options: { prefixes: ["/x"] } },
        { kind: "addPrefix", options: { prefix: "/y" } },
      ],
    ]);
    assert.deepEqual(rules("Host:a.example;PathPrefixStripRegex:/{v:[0-9]+}"), [
      [
        "Host(`a.example`) && PathRegexp(`^/[0-9]+`)",
        { kind: "stripPrefixRegex", options: { regex: ["^/([0-9]+)"] } },
      ],
    ]);
    assert.deepEqual(rules("Host:a.example;ReplacePathRegex: ^/a/(.*) /b/$1"), [
      [
        "a.example",
        { kind: "replacePathRegex", options: { regex: "^/a/(.*)", replacement: "/b/$1" } },
      ],
    ]);
    assert.match(
      problemsOf({ web: service(frontend({}, "Host:a.example;Country:DK")) })[0]!,
      /no matcher Country/,
    );
  });

  it("say the port, the scheme, the priority, the entrypoint and whether clients stay", () => {
    const [route] = planOf({
      web: service({
        ...frontend({ priority: "9", passHostHeader: "false", entryPoints: "https" }),
        "traefik.protocol": "https",
        "traefik.backend.loadbalancer.stickiness": "true",
      }),
    }).routes;
    const { port, scheme, priority, passHost, sticky } = route!;
    assert.deepEqual([port, scheme, priority, passHost, sticky], [3000, "https", 9, false, true]);
    const inner = { web: service(frontend({ entryPoints: "internal" })) };
    assert.deepEqual(planOf(inner).routes, []);
    assert.deepEqual(notices(inner), ["loss web.frontend.rule"]);
  });

  it("without a rule have the service's own host, and their guards", () => {
    const { "traefik.frontend.rule": _rule, ...labels } = frontend({ "auth.basic": "eva:x" });
    const [route] = planOf({ web: service(labels) }, { domain: "shop.example" }).routes;
    assert.deepEqual([route!.host, route!.middlewares?.length], ["web.shop.example", 1]);
    const { routes } = planOf(
      { web: service(frontend({}, "AddPrefix:/x")) },
      { domain: "shop.example" },
    );
    assert.equal(routes[0]!.host, "web.shop.example");
  });
});
