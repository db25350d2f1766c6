import assert from "node:assert/strict";
import { type Loose, planOf, told } from "./make";

const lines = (image: string, content: string, set: object = {}) => {
  const web: Loose = {
    restart: "always",
    image,
    ports: [{ target: 8080, published: "8080", protocol: "tcp", mode: "ingress" }],
    configs: [{ source: "conf", target: "/etc/conf" }],
  };
  return told(planOf({ web }, set, { configs: { conf: { name: "conf", content } } }));
};

describe("callers by their address, behind the edge", () => {
  for (const [image, content] of [
    ["nginx:1.29", "location /in { allow 10.0.0.0/8; allow 192.168.1.4; deny all; }"],
    ["caddy:2", "@in remote_ip private_ranges"],
    ["httpd:2.4", "<Location /in>\nRequire ip 10.1\n</Location>"],
    ["httpd:2.2", "Order deny,allow\nAllow from 172.16.0.0/12"],
  ] as const)
    it(`are all the edge: ${content.replaceAll("\n", " ")}`, () => {
      assert.deepEqual(lines(image, content), ["loss web.configs"]);
    });

  for (const content of [
    "location / { allow all; deny all; }",
    "allow 10.0.0.0/8;",
    "set_real_ip_from 172.16.0.0/12;\nallow 203.0.113.7; deny all;",
    "# allow 10.0.0.0/8; deny all;",
  ])
    it(`are told apart, or not asked for: ${content.replaceAll("\n", " ")}`, () => {
      assert.deepEqual(lines("nginx:1.29", content), []);
    });

  it("are the edge's own matter where the route names addresses", () => {
    const route = { host: "a.example", path: "/", service: "web", port: 8080 };
    const content = "allow 10.0.0.0/8; deny all;";
    const routes = [{ ...route, allow: ["203.0.113.0/24"] }];
    assert.deepEqual(lines("nginx:1.29", content, { routes }), []);
    assert.deepEqual(lines("nginx:1.29", content, { routes: [route] }), ["loss web.configs"]);
  });
});
