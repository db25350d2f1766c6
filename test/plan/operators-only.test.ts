import assert from "node:assert/strict";
import { type Loose, planOf, told } from "./make";

const port = (target: number, published = String(target)) => ({
  target,
  published,
  protocol: "tcp",
  mode: "ingress",
});
const service = (image: string, ...ports: number[]): Loose => ({
  restart: "always",
  image,
  ports: ports.map((one) => port(one)),
});

describe("published ports of tools", () => {
  const allowed = (one: Loose, set = {}) =>
    planOf({ one }, set).routes.map(({ port: to, allow }) => [to, ...allow]);
  const operators = ["203.0.113.7/32"];

  for (const [image, to] of [
    ["adminer:4", 8080],
    ["dpage/pgadmin4:9", 80],
    ["provectuslabs/kafka-ui:latest", 8080],
    ["docker.redpanda.com/redpandadata/console:v2", 8080],
    ["mher/flower:2", 5555],
    ["redis/redisinsight:2", 5540],
    ["portainer/portainer-ce:2", 9000],
    ["docker.elastic.co/kibana/kibana:8.19.0", 5601],
    ["docker.elastic.co/elasticsearch/elasticsearch:8.19.0", 9200],
    ["rabbitmq:4-management", 15672],
    ["jaegertracing/all-in-one:1", 16686],
    ["ollama/ollama:0.5", 11434],
  ] as [string, number][])
    it(`answer the operators alone: ${image}`, () => {
      assert.deepEqual(allowed(service(image, to)), [[to, ...operators]]);
    });

  it("answer everybody where the application is one", () => {
    assert.deepEqual(allowed(service("grafana/grafana:11", 3000)), [[3000]]);
    assert.deepEqual(allowed(service("acme/console:1", 3000)), [[3000]]);
  });

  it("answer nobody where no operators are named, and everybody on this computer", () => {
    const one = service("adminer:4", 8080);
    assert.deepEqual(allowed(one, { operators: "anywhere" }), []);
    assert.ok(told(planOf({ one }, { operators: "anywhere" })).includes("loss one.ports"));
    assert.deepEqual(allowed(one, { cloud: "local", operators: [] }), [[8080]]);
  });

  it("are a command's, too", () => {
    const worker = { ...service("acme/app:1", 5555), command: ["celery", "-A", "app", "flower"] };
    assert.deepEqual(allowed(worker), [[5555, ...operators]]);
  });
});

describe("published ports that speak no HTTP", () => {
  for (const [image, to] of [
    ["apache/kafka:4", 9999],
    ["confluentinc/cp-zookeeper:7", 8080],
    ["acme/app:1", 29092],
    ["acme/app:1", 9229],
    ["eclipse-mosquitto:2", 1884],
    ["acme/app:1", 2525],
    ["acme/desktop:1", 5900],
    ["opensearchproject/logstash-oss-with-opensearch-output-plugin:8", 5044],
    ["elastic/logstash:8", 7777],
    ["acme/rpc:1", 50051],
  ] as [string, number][])
    it(`get no route: ${to} of ${image}`, () => {
      const made = planOf({ one: service(image, to) });
      assert.deepEqual(made.routes, []);
      assert.ok(told(made).includes("loss one.ports[0]"));
    });

  it("get one where an application has a debugger's port", () => {
    const routes = (one: Loose) => planOf({ one }).routes.map(({ port: to }) => to);
    assert.deepEqual(routes(service("n8nio/n8n:1", 5678)), [5678]);
    assert.deepEqual(routes(service("rasa/rasa:3.6", 5005)), [5005]);
    const own = service("acme/flows:1", 5678);
    assert.deepEqual(routes({ ...own, environment: { N8N_HOST: "flows.example" } }), [5678]);
    assert.deepEqual(routes({ ...own, environment: { PORT: "5678" } }), [5678]);
    assert.deepEqual(routes({ ...own, environment: { DEBUG_PORT: "5678" } }), []);
  });

  it("say how a port of gRPC or of a debugger gets one all the same", () => {
    const said = (one: Loose) => planOf({ one }).notices.find(({ level }) => level === "loss")!;
    assert.match(said(service("acme/rpc:1", 50051)).message, /to: "one:50051", scheme: h2c/);
    assert.match(said(service("acme/app:1", 9229)).message, /"<host>": "one:9229"/);
  });

  it("are no loss where they are HTTP/3, which the edge does not speak", () => {
    const made = planOf({
      one: { ...service("acme/app:1", 80), ports: [port(80), { ...port(443), protocol: "udp" }] },
    });
    assert.deepEqual(told(made), ["info one.ports[1]"]);
  });

  it("get none where they speak FastCGI, and no word on how to open it", () => {
    const web: Loose = {
      ...service("nginx:1.29", 80),
      configs: [{ source: "c", target: "/etc/nginx/conf.d/a.conf" }],
    };
    const configs = { c: { name: "c", content: "location ~ php { fastcgi_pass shop:9000; }" } };
    const made = planOf(
      { web, shop: service("acme/shop:1", 9000), php: service("php:8.4-fpm-alpine", 9000) },
      {},
      { configs },
    );
    assert.deepEqual(
      made.routes.map(({ service: to }) => to),
      ["web"],
    );
    assert.deepEqual(told(made).sort(), ["info php.ports[0]", "info shop.ports[0]"]);
    assert.equal(planOf({ files: service("minio/minio:1", 9000) }).routes.length, 1);
  });

  it("get none on an address of a private network", () => {
    const bound = { ...port(3000), host_ip: "10.20.0.4" };
    const made = planOf({ one: { ...service("acme/app:1"), ports: [bound] } });
    assert.deepEqual(made.routes, []);
    assert.deepEqual(told(made), ["loss one.ports[0]"]);
    const address = { ...port(3000), host_ip: "198.51.100.4" };
    const open = planOf({ one: { ...service("acme/app:1"), ports: [address] } });
    assert.equal(open.routes.length, 1);
  });

  it("are Portainer's own, not the one that its agents call", () => {
    assert.deepEqual(told(planOf({ one: service("portainer/portainer-ce:2", 8000, 9443) })), [
      "loss one.ports[0]",
      "loss one.ports[1]",
    ]);
  });

  it("get none where the container speaks TLS, and the plain one serves", () => {
    const made = planOf({ one: service("acme/app:1", 8443, 8080) });
    assert.deepEqual(
      made.routes.map(({ port: to }) => to),
      [8080],
    );
    assert.ok(told(made).includes("info one.ports[0]"));
    const alone = planOf({ one: service("acme/app:1", 8443) });
    assert.ok(told(alone).includes("loss one.ports[0]"));
  });
});

describe("published ports beside routes", () => {
  const one = service("acme/app:1", 3000, 22, 4000);

  it("are accounted for where the config names the routes", () => {
    const routes = [{ host: "a.example", path: "/", service: "one", port: 3000 }];
    const made = planOf({ one }, { routes });
    assert.deepEqual(
      told(made).filter((line) => line.includes("ports")),
      ["loss one.ports[1]", "info one.ports[2]"],
    );
  });

  it("are accounted for where labels name them", () => {
    const labels = {
      "traefik.http.routers.a.rule": "Host(`a.example`)",
      "traefik.http.services.a.loadbalancer.server.port": "4000",
    };
    assert.deepEqual(
      told(planOf({ one: { ...one, labels } })).filter((line) => line.includes("ports")),
      ["info one.ports[0]", "loss one.ports[1]"],
    );
  });
});
