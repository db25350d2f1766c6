/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-call -- objects differ from kind to kind */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { containerOf, objectsOf, podOf, type Result } from "./make";

const web = { restart: "always", expose: ["8080"] };
const routes = [
  { host: "www.example.com", path: "/", service: "web", port: 8080 },
  { host: "api.example.com", path: "/v1", service: "web", port: 8080, auth: "me:hush" },
];

const routed = (more: Parameters<typeof objectsOf>[1] = {}): Promise<Result> =>
  objectsOf({ web }, { routes, stated: new Set(["routes"]), ...more });

describe("a namespace", () => {
  it("enforces baseline and gives no pod a token", async () => {
    const { one, all } = await routed();
    const { metadata, resource } = one("Namespace", "shop-prod");
    assert.equal(metadata.labels?.["pod-security.kubernetes.io/enforce"], "baseline");
    assert.equal(resource.protect, true);
    for (const object of all.filter(({ kind }) => /^(Deployment|StatefulSet|Job)$/.test(kind)))
      assert.equal(podOf(object).automountServiceAccountToken, false, object.name);
    assert.ok(!all.some(({ kind }) => /Role/.test(kind)));
  });

  it("is reached through one provider that waits for nodes", async () => {
    const { resources } = await routed();
    const provider = resources.find(({ name }) => name === "app-provider")!;
    assert.equal(provider.inputs["clusterIdentifier"], "cluster");
    assert.equal(String(provider.inputs["enableServerSideApply"]), "true");
  });
});

describe("the edge of a cluster", () => {
  it("is Traefik on several nodes behind the cloud's balancer", async () => {
    const { one } = await routed({
      openPorts: [{ port: 9999, protocol: "udp", service: "web", target: 999 }],
    });
    const { spec } = one("Deployment", "berth-edge");
    assert.equal(spec.replicas, 2);
    assert.equal(spec.template.spec.topologySpreadConstraints.length, 2);
    assert.equal(one("PodDisruptionBudget", "berth-edge").spec.maxUnavailable, 1);
    const args = containerOf(one("Deployment", "berth-edge")).args as string[];
    assert.ok(args.some((arg) => arg.startsWith("--entrypoints.websecure.proxyprotocol.trusted")));
    assert.ok(!args.some((arg) => arg.includes("acme")));
    const service = one("Service", "berth-edge");
    assert.equal(service.spec.externalTrafficPolicy, "Local");
    assert.equal(service.metadata.annotations?.["example/address"], "1");
    const ports = service.spec.ports as { port: number; protocol: string }[];
    assert.deepEqual(
      ports.map(({ port, protocol }) => `${port}/${protocol}`),
      ["80/TCP", "443/TCP", "9999/UDP"],
    );
  });

  it("serves until the load balancer has noticed that a pod terminates, and then has time to finish", async () => {
    const { one } = await routed();
    const edge = one("Deployment", "berth-edge");
    const container = containerOf(edge);
    assert.deepEqual(container.lifecycle, { preStop: { sleep: { seconds: 30 } } });
    assert.ok(podOf(edge).terminationGracePeriodSeconds >= 30 + 10);
    const args = container.args as string[];
    assert.ok(args.includes("--entrypoints.websecure.transport.lifecycle.gracetimeout=10s"));
    assert.deepEqual(edge.spec.strategy.rollingUpdate, { maxSurge: 1, maxUnavailable: 0 });
    assert.equal(container.readinessProbe.httpGet.path, "/ping");
  });

  it("has its routes in a file named by its content, secret where a password is in it", async () => {
    const { one } = await routed();
    const secret = one("Secret", /^berth-edge-routes-/);
    const file = parse(secret.content["routes.yaml"]!) as {
      http: { routers: Record<string, { rule: string }>; services: Record<string, unknown> };
      tls: { certificates: unknown[] };
    };
    assert.equal(file.http.routers["web"]!.rule, "Host(`www.example.com`)");
    assert.deepEqual(file.http.services["web"], {
      loadBalancer: { servers: [{ url: "http://web:8080" }] },
    });
    assert.equal(file.tls.certificates.length, 2);
    const [volume] = podOf(one("Deployment", "berth-edge")).volumes;
    assert.deepEqual(volume.projected.sources[0], { secret: { name: secret.name } });
    const plain = await routed({ routes: routes.slice(0, 1) });
    plain.one("ConfigMap", /^berth-edge-routes-/);
  });

  it("gets each host its certificate, and starts without", async () => {
    const { one, resources } = await routed();
    const certificate = one("Certificate", /^berth-certificate-api-/);
    assert.deepEqual(certificate.spec.dnsNames, ["api.example.com"]);
    const [, first] = podOf(one("Deployment", "berth-edge")).volumes[0].projected.sources;
    assert.equal(first.secret.optional, true);
    const manager = resources.find(({ type }) => type.includes("helm.sh/v3:Release"))!;
    assert.ok(certificate.resource.dependencies.length > 0, manager.name);
    assert.match(one("Issuer", "berth").spec.acme.server, /acme-v02/);
    const off = await routed({ tls: { mode: "off" } });
    assert.ok(!off.all.some(({ kind }) => kind === "Certificate" || kind === "Issuer"));
    const own = await routed({ tls: { mode: "self-signed" } });
    assert.ok(own.one("Secret", /^berth-edge-certificate-/).content["tls.crt"] !== undefined);
    await assert.rejects(
      routed({ tls: { mode: "letsencrypt", dnsProvider: "acme-dns" } }),
      /berth:tls\.dnsProvider: .* not acme-dns; use one of them/,
    );
  });
});

describe("the network policies of a cluster", () => {
  const policies = (): Promise<Result> =>
    objectsOf(
      {
        web: { ...web, networks: { front: null, back: null } },
        db: { image: "example/db:1", restart: "always", networks: { back: null } },
      },
      { routes: routes.slice(0, 1), stated: new Set(["routes"]) },
      { networks: { front: { name: "front" }, back: { name: "back", internal: true } } },
    );

  it("deny everything but traffic between members of a network", async () => {
    const { one } = await policies();
    assert.deepEqual(one("NetworkPolicy", "berth-deny").spec, {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
    const members = { podSelector: { matchLabels: { "berth.network/back": "true" } } };
    assert.deepEqual(one("NetworkPolicy", "berth-network-back").spec, {
      ...members,
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [members] }],
      egress: [{ to: [members] }],
    });
    const labels = one("Deployment", "db").spec.template.metadata.labels;
    assert.equal(labels["berth.network/back"], "true");
    assert.equal(labels["berth.network/front"], undefined);
  });

  it("allow the internet, without the metadata service, unless all networks are internal", async () => {
    const { one } = await policies();
    assert.deepEqual(one("NetworkPolicy", "berth-internet").spec.egress, [
      {
        to: [
          { ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.169.254/32"] } },
          { podSelector: { matchLabels: { "berth.service": "berth-edge" } } },
        ],
      },
    ]);
    const label = (name: string): unknown =>
      one("Deployment", name).spec.template.metadata.labels["berth.internet"];
    assert.equal(label("web"), "true");
    assert.equal(label("db"), undefined);
  });

  it("allow DNS, the edge to routed ports, and challenges", async () => {
    const { one } = await policies();
    const [dns] = one("NetworkPolicy", "berth-dns").spec.egress;
    assert.equal(
      dns.to[0].namespaceSelector.matchLabels["kubernetes.io/metadata.name"],
      "kube-system",
    );
    assert.equal(dns.to[1].ipBlock.cidr, "169.254.20.10/32");
    assert.deepEqual(one("NetworkPolicy", "berth-route-web").spec.ingress, [
      {
        from: [{ podSelector: { matchLabels: { "berth.service": "berth-edge" } } }],
        ports: [{ port: 8080, protocol: "TCP" }],
      },
    ]);
    one("NetworkPolicy", "berth-challenges");
    one("NetworkPolicy", "berth-maintenance");
  });
});

describe("what a route on a cluster asks first", () => {
  const asking = (to: string): Promise<Result> =>
    objectsOf(
      { web, gate: { image: "example/gate:1", restart: "always" } },
      {
        routes: [{ ...routes[0]!, forwardAuth: { to, trustForwardHeader: true } }],
        stated: new Set(["routes"]),
      },
    );
  const file = ({ all }: Result): string =>
    all.find(({ name }) => name.startsWith("berth-edge-routes"))!.content["routes.yaml"]!;

  it("is a service that the edge may call by its name", async () => {
    const made = await asking("http://gate:9000/check");
    assert.match(file(made), /address: http:\/\/gate:9000\/check/);
    assert.match(file(made), /trustForwardHeader: true/);
    assert.deepEqual(made.one("NetworkPolicy", "berth-route-gate").spec.ingress[0].ports, [
      { port: 9000, protocol: "TCP" },
    ]);
    assert.equal(made.one("Service", "gate").spec.ports[0].port, 9000);
    assert.equal(made.one("NetworkPolicy", "berth-edge").spec.egress[0].to.length, 1);
  });

  it("is a host outside that the edge may call", async () => {
    const made = await asking("https://login.example/check");
    assert.match(file(made), /address: https:\/\/login\.example\/check/);
    assert.deepEqual(made.one("NetworkPolicy", "berth-edge").spec.egress[0].to[1].ipBlock, {
      cidr: "0.0.0.0/0",
      except: ["169.254.169.254/32"],
    });
  });
});

describe("scaling on a cluster", () => {
  it("is by use of processor and memory", async () => {
    const { one, resources } = await objectsOf(
      { web },
      { scale: { web: { min: 2, max: 9, cpu: 60, memory: 70 } } },
    );
    const deployment = one("Deployment", "web");
    assert.equal(deployment.spec.replicas, undefined);
    assert.equal(containerOf(deployment).resources.requests.cpu, "250m");
    const { spec } = one("HorizontalPodAutoscaler", "web");
    assert.equal(spec.minReplicas, 2);
    assert.equal(spec.maxReplicas, 9);
    assert.deepEqual(spec.scaleTargetRef, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: "web",
    });
    assert.deepEqual(
      spec.metrics.map(
        ({ resource }: { resource: { name: string; target: { averageUtilization: number } } }) => [
          resource.name,
          resource.target.averageUtilization,
        ],
      ),
      [
        ["cpu", 60],
        ["memory", 70],
      ],
    );
    assert.ok(resources.some(({ name }) => name === "app-metrics-server"));
  });

  it("is by the length of a queue", async () => {
    const queue = (service: string) => ({
      worker: { min: 1, max: 10, queue: { service, name: "celery", length: 20 } },
    });
    const services = {
      rabbitmq: {
        image: "rabbitmq:4",
        restart: "always",
        environment: { RABBITMQ_DEFAULT_USER: "me", RABBITMQ_DEFAULT_PASS: "p/w" },
      },
      redis: { image: "redis:7", restart: "always" },
      worker: { restart: "always", environment: { BROKER_URL: "redis://redis:6379/3" } },
    };
    const set = (service: string) => ({
      scale: queue(service),
      databases: { redis: { mode: "container" as const } },
    });
    const rabbit = await objectsOf(services, set("rabbitmq"));
    const [trigger] = rabbit.one("ScaledObject", "worker").spec.triggers;
    assert.deepEqual(trigger.metadata, {
      protocol: "amqp",
      queueName: "celery",
      mode: "QueueLength",
      value: "20",
    });
    assert.deepEqual(rabbit.one("Secret", /^worker-queue-/).content, {
      host: "amqp://me:p%2Fw@rabbitmq.shop-prod.svc:5672/",
    });
    assert.equal(
      rabbit.one("NetworkPolicy", "berth-queue-rabbitmq").spec.ingress[0].ports[0].port,
      5672,
    );
    const redis = await objectsOf(services, set("redis"));
    assert.deepEqual(redis.one("ScaledObject", "worker").spec.triggers, [
      {
        type: "redis",
        metadata: {
          address: "redis.shop-prod.svc:6379",
          listName: "celery",
          listLength: "20",
          databaseIndex: "3",
        },
      },
    ]);
    await assert.rejects(
      objectsOf(services, set("worker")),
      /scale\.worker\.queue\.service: worker/,
    );
  });
});

describe("images on a cluster", () => {
  it("are pulled with the password of the registry that the config names", async () => {
    const { one } = await objectsOf(
      { web },
      { registry: { server: "registry.corp.example", username: "me", password: "hush" } },
    );
    const secret = one("Secret", /^berth-registry-/);
    assert.match(secret.content[".dockerconfigjson"]!, /registry\.corp\.example.*hush/);
    assert.deepEqual(podOf(one("Deployment", "web")).imagePullSecrets, [{ name: secret.name }]);
  });

  it("are built once, named after who builds them, whoever else runs them", async () => {
    const { one, resources } = await objectsOf({
      mailer: { restart: "always", image: "portal:latest" },
      site: { restart: "always", image: "portal", build: { context: "git@example.com:s.git" } },
    });
    const built = resources.filter(({ type }) => type === "docker:index/image:Image");
    assert.deepEqual(
      built.map(({ name }) => name),
      ["app-image-site"],
    );
    const [mailer, site] = ["mailer", "site"].map(
      (name) => containerOf(one("Deployment", name)).image as string,
    );
    assert.match(site!, /^registry\.example\/shop-prod-site:/);
    assert.equal(mailer, site);
  });
});

describe("clients that stay with one pod", () => {
  it("are kept there by a balancer between the edge and the pods", async () => {
    const { one } = await objectsOf(
      { web: { ...web, deploy: { replicas: 3 } } },
      {
        routes: [{ host: "www.example.com", path: "/", service: "web", port: 8080, sticky: true }],
        stated: new Set(["routes"]),
      },
    );
    const { content } = one("ConfigMap", /^berth-sticky-web-8080-/);
    assert.match(
      content["haproxy.cfg"]!,
      /server-template pod 1-6 berth-sticky-web-8080-pods\.shop-prod\.svc\.cluster\.local:8080/,
    );
    assert.deepEqual(one("Service", "berth-sticky-web-8080-pods").spec, {
      clusterIP: "None",
      selector: { "berth.service": "web" },
    });
    const file = one("ConfigMap", /^berth-edge-routes-/).content["routes.yaml"]!;
    assert.match(file, /url: http:\/\/berth-sticky-web-8080:8080/);
    one("NetworkPolicy", "berth-sticky-web-8080");
  });
});
