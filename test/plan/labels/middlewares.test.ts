import assert from "node:assert/strict";
import { refer } from "../../../components/model/reference";
import { planOf, problemsOf } from "../make";
import { carried, guarded, notices, refusals, service } from "./make";

const at = "services.web.labels.traefik.http.";

describe("middlewares of labels", () => {
  it("are carried over as Traefik's own, in their order, with options of the right types", () => {
    const labels = guarded("office,names,slow,cut", {
      "names.headers.customRequestHeaders.X-Shop": "7",
      "names.headers.customresponseheaders.X-Powered-By": "",
      "names.headers.stsSeconds": "600",
      "names.headers.STSPreload": "True",
      "names.headers.accessControlAllowMethods": "GET, PUT",
      "office.ipAllowList.sourceRange": "192.0.2.0/24, 198.51.100.4",
      "office.ipallowlist.rejectstatuscode": "404",
      "slow.ratelimit.average": "20",
      "slow.ratelimit.sourcecriterion.requesthost": "true",
      "cut.stripprefix.prefixes": "/a,/b",
    });
    assert.deepEqual(carried({ web: service(labels) }), [
      {
        kind: "ipAllowList",
        options: { sourceRange: ["192.0.2.0/24", "198.51.100.4"], rejectStatusCode: 404 },
      },
      {
        kind: "headers",
        options: {
          customRequestHeaders: { "X-Shop": "7" },
          customResponseHeaders: { "X-Powered-By": "" },
          stsSeconds: 600,
          stsPreload: true,
          accessControlAllowMethods: ["GET", "PUT"],
        },
      },
      { kind: "rateLimit", options: { average: 20, sourceCriterion: { requestHost: true } } },
      { kind: "stripPrefix", options: { prefixes: ["/a", "/b"] } },
    ]);
    assert.deepEqual(notices({ web: service(labels) }), []);
  });

  it("are found in any service's labels, in any case, and through chains", () => {
    const services = {
      web: service(guarded("Both@docker")),
      other: service({
        "traefik.http.middlewares.both.chain.middlewares": "door,office@docker",
        "Traefik.HTTP.Middlewares.Door.BasicAuth.Users": "eva:$apr1$a$b",
        "traefik.http.middlewares.office.ipwhitelist.sourcerange": "192.0.2.1/32",
      }),
    };
    const made = planOf(services);
    assert.deepEqual(
      made.routes.map(({ service: name, middlewares }) => [name, middlewares]),
      [
        [
          "web",
          [
            { kind: "basicAuth", options: { users: "eva:$apr1$a$b" } },
            { kind: "ipAllowList", options: { sourceRange: ["192.0.2.1/32"] } },
          ],
        ],
      ],
    );
  });

  it("refuse the route where they are defined elsewhere, nowhere, twice or in a circle", () => {
    assert.deepEqual(refusals({ web: service(guarded("door@file")) }), [
      `${at}routers.shop.middlewares: the middleware door@file is defined outside of the Compose file`,
    ]);
    assert.deepEqual(refusals({ web: service(guarded("dor")) }), [
      `${at}routers.shop.middlewares: no service's labels define the middleware dor`,
    ]);
    const door = (user: string): Record<string, string> => ({
      "traefik.http.middlewares.door.basicauth.users": `${user}:$apr1$a$b`,
    });
    assert.deepEqual(
      refusals({ web: service(guarded("door")), a: service(door("eva")), b: service(door("ivo")) }),
      [
        `${at}routers.shop.middlewares: several services define the middleware door, each differently`,
      ],
    );
    const same = {
      web: service(guarded("door")),
      a: service(door("eva")),
      b: service(door("eva")),
    };
    assert.deepEqual(refusals(same), []);
    const circle = { "a.chain.middlewares": "b", "b.chain.middlewares": "a" };
    assert.deepEqual(refusals({ web: service(guarded("a", circle)) }), [
      `${at}middlewares.b.chain.middlewares: the middleware a leads back to itself`,
    ]);
  });

  const unable: Record<string, [options: Record<string, string>, key: string, what: RegExp]> = {
    "digest authentication": [{ "digestauth.users": "a:b:c" }, "digestauth.users", /use|auth/],
    "a plugin": [{ "plugin.geo.countries": "DK" }, "plugin.geo.countries", /no plugins/],
    "clients' certificates": [
      { "passtlsclientcert.pem": "true" },
      "passtlsclientcert.pem",
      /certif/,
    ],
    "a file of users": [{ "basicauth.usersfile": "/u" }, "basicauth.usersfile", /not read/],
    "no users at all": [{ "basicauth.users": "" }, "basicauth.users", /without users/],
    "a user without a password": [{ "basicauth.users": "eva:x,y" }, "basicauth.users", /names no/],
    "an empty list of addresses": [
      { "ipallowlist.sourcerange": " " },
      "ipallowlist.sourcerange",
      /no value/,
    ],
    "addresses behind another proxy": [
      { "ipallowlist.sourcerange": "192.0.2.0/24", "ipallowlist.ipstrategy.depth": "1" },
      "ipallowlist.ipstrategy.depth",
      /X-Forwarded-For/,
    ],
    "an option that no one knows": [
      { "forwardauth.address": "http://web/", "forwardauth.mode": "x" },
      "forwardauth.mode",
      /mode of forwardAuth/,
    ],
    "a middleware that no one knows": [{ "gate.keeper": "x" }, "gate.keeper", /no middleware gate/],
  };
  for (const [what, [options, key, message]] of Object.entries(unable))
    it(`refuse the route for ${what}, unless accept names it`, () => {
      const own = Object.fromEntries(
        Object.entries(options).map(([name, value]) => [`m.${name}`, value]),
      );
      const services = { web: service(guarded("m", own)) };
      const [problem, ...more] = problemsOf(services);
      assert.deepEqual(more, []);
      assert.ok(problem!.startsWith(`${at}middlewares.m.${key}: `), problem);
      assert.match(problem!, message);
      assert.match(problem!, /berth:routes as auth, allow or forwardAuth/);
      const entry = `web.labels.traefik.http.middlewares.m.${key}`;
      assert.ok(problem!.includes(`"${entry}: reason" in berth:accept`));
      const accept = new Map([[entry, "behind a tunnel"]]);
      const made = planOf(services, { accept });
      assert.equal(made.routes.length, 1);
      assert.ok(!JSON.stringify(made.routes).includes("mode"));
    });

  it("drop an option of what is no guard, with a notice", () => {
    const services = {
      web: service(
        guarded("h,e,z,r", {
          "h.headers.framedeny": "maybe",
          "h.headers.stsseconds": "60",
          "h.headers.featurepolicy": "x",
          "e.errors.service": "pages",
          "z.compress": "true",
          "r.redirectscheme.scheme": "https",
          "r.redirectscheme.permanent": "true",
        }),
      ),
    };
    assert.deepEqual(carried(services), [
      { kind: "headers", options: { stsSeconds: 60 } },
      { kind: "compress", options: {} },
    ]);
    assert.deepEqual(notices(services), [
      "loss web.http.middlewares.h.headers.framedeny",
      "loss web.http.middlewares.h.headers.featurepolicy",
      "loss web.http.middlewares.e.errors.service",
    ]);
  });

  it("of forward authentication ask a service by any of its names, or a host outside", () => {
    const asks = (address: string) =>
      carried({
        web: service(
          guarded("fa", {
            "fa.forwardauth.address": address,
            "fa.forwardauth.authresponseheaders": "Remote-User,Remote-Email",
            "fa.forwardauth.trustforwardheader": "true",
          }),
        ),
        gate: { restart: "always", expose: ["9000"], container_name: "gate-1" },
      });
    assert.deepEqual(asks("http://gate:9000/verify?rd=https://login.example/"), [
      {
        kind: "forwardAuth",
        options: {
          authResponseHeaders: ["Remote-User", "Remote-Email"],
          trustForwardHeader: true,
        },
        asks: {
          scheme: "http",
          service: "gate",
          port: 9000,
          path: "/verify?rd=https://login.example/",
        },
      },
    ]);
    assert.deepEqual(asks("http://gate-1")[0]!.asks, {
      scheme: "http",
      service: "gate",
      port: 80,
      path: "/",
    });
    assert.deepEqual(asks("https://login.example:8443/x")[0]!.asks, {
      scheme: "https",
      outside: "login.example:8443",
      path: "/x",
    });
    assert.deepEqual(
      refusals({ web: service(guarded("fa", { "fa.forwardauth.address": "http://nobody/" })) }).map(
        (one) => one.replace(/;.*/, ""),
      ),
      [
        `${at}middlewares.fa.forwardauth.address: no service nobody in the Compose file to ask whether a request may pass`,
      ],
    );
  });

  it("keep a secret a reference", () => {
    const users = `eva:${refer("file", "variables.EVA")}`;
    const services = { web: service(guarded("door", { "door.basicauth.users": users })) };
    assert.deepEqual(carried(services), [{ kind: "basicAuth", options: { users } }]);
  });
});
