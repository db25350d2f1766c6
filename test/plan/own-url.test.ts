import assert from "node:assert/strict";
import { type Loose, planOf, told } from "./make";

const wiki: Loose = {
  restart: "always",
  ports: [{ target: 6875, published: "6875", protocol: "tcp", mode: "ingress" }],
};
const routes = [{ host: "wiki.example", path: "/", service: "wiki", port: 6875 }];
const check = (...test: string[]): Loose => ({ ...wiki, healthcheck: { test } });

describe("health checks that call a route", () => {
  for (const test of [
    ["CMD-SHELL", "curl -fsS https://wiki.example/status || exit 1"],
    ["CMD", "wget", "-qO-", "http://wiki.example:80"],
    ["CMD-SHELL", "curl -I wiki.example/status"],
  ])
    it(`are a loss: ${test.join(" ")}`, () => {
      const made = planOf({ wiki: check(...test) }, { routes });
      assert.deepEqual(told(made), ["loss wiki.healthcheck.test"]);
      assert.match(made.notices[0]!.message, /call http:\/\/localhost:6875 instead/);
    });

  for (const test of [
    ["CMD-SHELL", "curl -fsS -H 'Host: wiki.example' http://localhost:6875/ || exit 1"],
    ["CMD-SHELL", "curl -fsS https://old-wiki.example/"],
    ["CMD-SHELL", "curl -fsS https://wiki.example.com/"],
    ["CMD-SHELL", "mail-check postmaster@wiki.example"],
  ])
    it(`are none: ${test.join(" ")}`, () => {
      assert.deepEqual(told(planOf({ wiki: check(...test) }, { routes })), []);
    });

  it("count where labels make the route", () => {
    const labels = {
      "traefik.http.routers.w.rule": "Host(`wiki.example`)",
      "traefik.http.services.w.loadbalancer.server.port": "6875",
    };
    const made = planOf({ wiki: { ...check("CMD", "curl", "https://wiki.example"), labels } });
    assert.deepEqual(told(made), ["loss wiki.healthcheck.test"]);
  });
});
