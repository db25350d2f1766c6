import assert from "node:assert/strict";
import { dynamicConfiguration } from "../../components/edge/traefik";
import { type Loose, planOf, problemsOf, told } from "./make";

const port = (target: number) => ({
  target,
  published: String(target),
  protocol: "tcp",
  mode: "ingress",
});
const web = (...ports: number[]): Loose => ({ restart: "always", ports: ports.map(port) });
const cluster = { shape: "cluster" as const, domain: "shop.example" };

/** Names that a Compose file may have for a service, the likely ones to meet others first. */
const words = [
  "maintenance",
  "release",
  "acme-challenges",
  "web",
  "web-2",
  "web-3",
  "my.svc",
  "edge",
  "routes",
  "traefik",
  "a",
];

describe("names that users choose", () => {
  it("leave Berth's own services of the edge alone", () => {
    const services = Object.fromEntries(words.map((word) => [word, web(3000)]));
    const made = planOf(services);
    const configuration = dynamicConfiguration({
      edge: made.edge!,
      routes: made.routes,
      serversOf: (service) => [`${service}.test:3000`],
      text: (text) => text,
      maintenance: "http://page:8080",
    }) as { http: { services: Record<string, { loadBalancer: { servers: unknown } }> } };
    for (const word of words)
      assert.deepEqual(configuration.http.services[word]?.loadBalancer.servers, [
        { url: `http://${word}.test:3000` },
      ]);
    assert.equal(Object.keys(configuration.http.services).length, words.length + 1);
  });

  it("are the names of one route each", () => {
    const made = planOf({ web: web(80, 81, 82), "web-2": web(80), "web-3": web(80, 81) });
    const names = made.routes.map(({ name }) => name);
    assert.equal(new Set(names).size, 6, names.join());
    for (const service of ["web", "web-2", "web-3"])
      assert.equal(made.routes.find(({ name }) => name === service)!.service, service);
  });

  it("stay whole where they have a dot", () => {
    const made = planOf({ "my.svc": web(22) });
    const services = made.notices.map(({ service }) => service);
    assert.deepEqual([...new Set(services)], ["my.svc"]);
    const absent = told(made);
    assert.ok(absent.includes("loss my.svc.ports[0]"), absent.join());
  });

  it("are refused where they would be Berth's own on a cluster", () => {
    assert.match(problemsOf({ "berth-edge": web(80) }, cluster).join(), /begins with berth-/);
    const alias = { ...web(80), networks: { default: { aliases: ["berth.maintenance"] } } };
    assert.match(
      problemsOf({ web: alias }, cluster).join(),
      /services.web.image: berth.maintenance/,
    );
    assert.deepEqual(problemsOf({ "berth-edge": web(80) }), []);
  });

  it("are refused where every object has them", () => {
    assert.deepEqual(problemsOf({ constructor: web(80), toString: web(80) }), [
      "services.constructor: constructor is a reserved word; rename the service",
      "services.toString: toString is a reserved word; rename the service",
    ]);
  });
});
