import assert from "node:assert/strict";
import { readRule, type Match } from "../../../components/plan/edge/labels/rules";
import { planOf, problemsOf } from "../make";
import { notices, service } from "./make";

const rules = (text: string, syntax?: "v2" | "v3"): (string | undefined)[] => {
  const read = readRule(text, syntax);
  assert.ok(typeof read !== "string", JSON.stringify(read));
  return read.map(({ host, rule }) => rule ?? host);
};
const only = (text: string, syntax?: "v2" | "v3"): Match => {
  const read = readRule(text, syntax);
  assert.ok(typeof read !== "string" && read.length === 1, JSON.stringify(read));
  return read[0]!;
};

describe("rules of labels", () => {
  it("of version 2 become rules of version 3", () => {
    const translated: Record<string, string> = {
      "HostRegexp(`{any:[a-z0-9-]+}.Corp.example`)": "HostRegexp(`^[a-z0-9-]+\\.corp\\.example$`)",
      "HostRegexp(`{tenant}.corp.example`)": "HostRegexp(`^[^.]+\\.corp\\.example$`)",
      "HostRegexp(`{t:(?:\\D|x){2}}.corp.example`)":
        "HostRegexp(`^(?:(?:\\D|x){2})\\.corp\\.example$`)",
      "Path(`/orders/{id:[0-9]{3}}`)": "PathRegexp(`^/orders/(?:[0-9]{3})$`)",
      "PathPrefix(`/{version}/orders`)": "PathRegexp(`^/[^/]+/orders`)",
      "Headers(`X-A`, `b`)": "Header(`X-A`, `b`)",
      "Headers(`X-A`, `b`, `X-C`, `d`)": "Header(`X-A`, `b`) && Header(`X-C`, `d`)",
      "HeadersRegexp(`X-A`, `b.*`)": "HeaderRegexp(`X-A`, `b.*`)",
      "Query(`a=b`)": "Query(`a`, `b`)",
      "Query(`a=b`, `c=d`)": "Query(`a`, `b`) && Query(`c`, `d`)",
      "Query(`a={x:[0-9]+}`)": "QueryRegexp(`a`, `^[0-9]+$`)",
      "!Method(`get`, `head`)": "!((Method(`GET`) || Method(`HEAD`)))",
      "HostHeader(`corp.example`) && Path(`/x`)": "Host(`corp.example`) && Path(`/x`)",
    };
    for (const [from, to] of Object.entries(translated)) assert.equal(only(from).rule, to, from);
    assert.deepEqual(rules("Method(`GET`,`POST`)"), ["Method(`GET`)", "Method(`POST`)"]);
    assert.deepEqual(rules("ClientIP(`192.0.2.1`, `192.0.2.7`)"), [
      "ClientIP(`192.0.2.1`)",
      "ClientIP(`192.0.2.7`)",
    ]);
  });

  it("of version 3 stay as they are", () => {
    for (const rule of [
      "HostRegexp(`^.+\\.corp\\.example$`)",
      "PathRegexp(`^/[0-9]{2}$`)",
      "Query(`a`, `b`)",
      'Header(`X-A`, "say `x`")',
    ])
      assert.equal(only(rule).rule, rule);
    assert.equal(only("Path(`/{a}`)", "v3").rule, "Path(`/{a}`)");
    assert.equal(only("HostRegexp(`corp.example`)", "v2").rule, "HostRegexp(`^corp\\.example$`)");
  });

  it("are cut into their alternatives, each with its host and path", () => {
    assert.deepEqual(readRule("(Host(`a.example`) || Host(`B.example`)) && PathPrefix(`/v1`)"), [
      {
        host: "a.example",
        path: "/v1",
        answers: true,
        rule: "Host(`a.example`) && PathPrefix(`/v1`)",
      },
      {
        host: "b.example",
        path: "/v1",
        answers: true,
        rule: "Host(`b.example`) && PathPrefix(`/v1`)",
      },
    ]);
    assert.deepEqual(readRule("Host(`a.example`, `b.example`) && PathPrefix(`/`)"), [
      { host: "a.example", path: "/", answers: true },
      { host: "b.example", path: "/", answers: true },
    ]);
    assert.equal(only("!Host(`a.example`) && PathPrefix(`/x`)").host, undefined);
  });

  it("that are none, or have a matcher that no one knows, are refused", () => {
    const key = "services.web.labels.traefik.http.routers.w.rule";
    const problem = (rule: string): string[] =>
      problemsOf({ web: service({ "traefik.http.routers.w.rule": rule }) });
    assert.deepEqual(problem("Host(`a.example`) && Country(`DK`)"), [
      `${key}: the edge knows no matcher Country; write a rule of Traefik 3, or the route in berth:routes`,
    ]);
    assert.match(problem("Host(``)")[0]!, /Host has no value/);
    assert.match(problem("Host(`a.example`, ``)")[0]!, /Host has an empty value/);
    for (const wrong of [
      "Host(`a.example`",
      "Host(a.example)",
      "Host()",
      "",
      "a || b",
      "Path(`/{x`",
    ])
      assert.equal(problem(`${wrong} && Header(\`x\`)`).length, 1, wrong);
  });

  it("without a single host have no URL, and a notice where no certificate covers them", () => {
    const made = (rule: string, tls: object = { mode: "letsencrypt" }) =>
      [{ web: service({ "traefik.http.routers.w.rule": rule }) }, { tls }] as [
        Record<string, object>,
        object,
      ];
    const wildcard = "HostRegexp(`{x:[a-z]+}.corp.example`)";
    const [route] = planOf(...made(wildcard)).routes;
    assert.equal(route!.host, "*.corp.example");
    assert.equal(route!.url, "");
    assert.deepEqual(notices(...made(wildcard)), ["loss web.http.routers.w.rule"]);
    const dns = { mode: "letsencrypt", dnsProvider: "route53" };
    assert.deepEqual(notices(...made(wildcard, dns)), []);
    const [everywhere] = planOf(...made("PathPrefix(`/x`)")).routes;
    assert.equal(everywhere!.host, "");
    assert.equal(everywhere!.url, "");
    assert.deepEqual(notices(...made("PathPrefix(`/x`)")), ["loss web.http.routers.w.rule"]);
    const [numbers] = planOf(...made("Host(`a.example`) && PathRegexp(`^/[0-9]+$`)")).routes;
    assert.equal(numbers!.url, "");
  });

  it("keep Traefik's order where several may match: what is stated, else the longest rule", () => {
    const made = planOf({
      web: service({
        "traefik.http.routers.all.rule": "Host(`a.example`) || Host(`a-very-long-name.example`)",
        "traefik.http.routers.api.rule": "Host(`a.example`) && PathPrefix(`/api`)",
        "traefik.http.routers.top.rule": "Host(`a.example`) && Path(`/`)",
        "traefik.http.routers.top.priority": "900",
        "traefik.http.routers.alone.rule": "Host(`alone.example`)",
      }),
    });
    assert.deepEqual(
      made.routes.map(({ host, rule, priority }) => [rule ?? host, priority]),
      [
        ["a.example", 53],
        ["a-very-long-name.example", undefined],
        ["Host(`a.example`) && PathPrefix(`/api`)", 39],
        ["Host(`a.example`) && Path(`/`)", 900],
        ["alone.example", undefined],
      ],
    );
  });
});
