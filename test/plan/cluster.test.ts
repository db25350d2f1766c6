import assert from "node:assert/strict";
import { catalogs } from "../../components/clouds";
import { plan } from "../../components/plan";
import { formatProblem } from "../../components/model/problem";
import type { Settings } from "../../components/settings/settings";
import { app, planOf, problemsOf, serviceOf, settings, told, type Loose } from "./make";

const always = { restart: "always" };
const cluster = { shape: "cluster", domain: "a.b" } as const;
const volumes = [{ type: "volume" as const, source: "data", target: "/data" }];

/** `level service.key: message` of each notice on a cluster. */
const said = (services: Record<string, Loose>, set: Partial<Settings> = {}): string[] =>
  planOf(services, { ...cluster, ...set }).notices.map(
    ({ level, service, key, message }) =>
      `${level} ${service === null ? "" : `${service}.`}${key}: ${message}`,
  );

const one = (service: Loose, set: Partial<Settings> = {}): string[] =>
  said({ web: { ...always, ...service } }, set);

describe("what only a cluster refuses", () => {
  it("is a shared volume where the cloud has no class for it", () => {
    const services = { web: { ...always, volumes } };
    const shared = (more: object): Partial<Settings> => ({
      ...cluster,
      volumes: { data: { shared: true, ...more } },
    });
    assert.deepEqual(problemsOf(services, shared({})), [
      "berth:volumes.data.shared: digitalocean has no storage that several nodes write to; name a class of your own in berth:volumes.data.class, or remove shared",
    ]);
    assert.deepEqual(problemsOf(services, shared({ class: "nfs" })), []);
    const gcp = plan(app(services), settings({ ...shared({}), cloud: "gcp" }), catalogs.gcp());
    assert.deepEqual(gcp.problems, []);
  });

  it("is a registry by name where no account has one", () => {
    const services = { web: { ...always, build: { context: "." } } };
    const at = (cloud: "gcp" | "digitalocean", set: Partial<Settings>) =>
      plan(app(services), settings({ ...cluster, cloud, ...set }), catalogs[cloud]());
    assert.deepEqual(at("gcp", { registry: { name: "acme" } }).problems.map(formatProblem), [
      "berth:registry.name: gcp has no registry with a name; remove registry for one of the stack's own, or give server, username and password of another one",
    ]);
    const said = (registry?: Settings["registry"]) =>
      at("digitalocean", registry === undefined ? {} : { registry }).plan!.notices.filter(
        ({ key }) => key === "registry",
      );
    assert.match(said()[0]?.message ?? "", /has one for all stacks: .*\{ name: NAME \}/);
    assert.deepEqual([...said("cloud"), ...said({ name: "acme" })], []);
    const images = (registry: NonNullable<Settings["registry"]>) =>
      at("digitalocean", { registry }).plan!.cost.items.filter(({ item }) => item === "images");
    assert.deepEqual([images("cloud").length, images({ name: "acme" }).length], [1, 0]);
    const machine = planOf(services, { registry: { name: "acme" } });
    assert.ok(told(machine).includes("loss registry"));
  });

  it("is a queue in what holds none", () => {
    const services = {
      web: { ...always, image: "example/web" },
      worker: { ...always, image: "example/worker" },
      mq: { ...always, image: "rabbitmq:4" },
    };
    const scale = (service: string): Partial<Settings> => ({
      ...cluster,
      scale: { worker: { min: 0, max: 3, queue: { service, name: "jobs", length: 5 } } },
    });
    for (const name of ["web", "nobody"])
      assert.deepEqual(problemsOf(services, scale(name)), [
        `berth:scale.worker.queue.service: ${name} is not Redis, Valkey or RabbitMQ; name the service that holds the queue: mq`,
      ]);
    assert.deepEqual(problemsOf(services, scale("mq")), []);
  });

  it("is a DNS provider that certificates cannot come through, and one without its token", () => {
    const tls = (dnsProvider: string, dnsVariables = {}): Partial<Settings> => ({
      ...cluster,
      tls: { mode: "letsencrypt", dnsProvider, dnsVariables },
    });
    const services = { web: always };
    assert.deepEqual(problemsOf(services, tls("godaddy")), [
      "berth:tls.dnsProvider: a cluster gets certificates through cloudflare, digitalocean or route53, not godaddy; use one of them, or remove dnsProvider",
    ]);
    assert.deepEqual(problemsOf(services, tls("route53", { AWS_ACCESS_KEY_ID: "x" })), [
      "berth:tls.dnsVariables: route53 needs AWS_SECRET_ACCESS_KEY; give it here",
    ]);
    assert.deepEqual(problemsOf(services, tls("cloudflare", { CF_API_TOKEN: "x" })), []);
    assert.deepEqual(problemsOf(services, { ...tls("godaddy"), shape: "vm" }), []);
  });
});

describe("a cluster on this computer", () => {
  const local: Partial<Settings> = {
    cloud: "local",
    shape: "cluster",
    tls: { mode: "off" },
    operators: [],
    protect: false,
  };
  const planned = (
    services: Record<string, Loose>,
    more: Partial<Settings> = {},
    preview = false,
  ): ReturnType<typeof plan> =>
    plan(
      app(services),
      settings({ ...local, stated: new Set(Object.keys(more)), ...more }),
      catalogs.local(),
      {
        preview,
      },
    );
  const built = { ...always, build: { context: "/project" } };
  delete (built as { image?: string }).image;

  it("costs nothing, has its databases in containers, and answers on the ports of listen", () => {
    const { plan: made, problems } = planned({
      web: {
        ...always,
        ports: [{ target: 80, published: "80", protocol: "tcp", mode: "ingress" }],
      },
      db: { ...always, image: "postgres:17", volumes },
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(made!.cost, { currency: "USD", monthly: 0, items: [] });
    assert.equal(made!.region, null);
    assert.deepEqual(
      made!.databases.map(({ service, managed }) => [service, managed]),
      [["db", false]],
    );
    assert.equal(serviceOf(made!, "db").engine, "postgres");
    assert.deepEqual(
      made!.routes.map(({ url }) => url),
      ["http://web.localhost:8080/"],
    );
    assert.equal(made!.edge!.http, 8080);
    for (const notice of ["info listen", "info shape"]) assert.ok(told(made!).includes(notice));
  });

  it("says how a stated choice is kept, or not", () => {
    const { plan: made } = planned(
      { web: always },
      {
        listen: { http: 30080, https: 30443 },
        nodes: { min: 1, max: 9 },
        scale: { web: { min: 1, max: 3 } },
      },
    );
    assert.deepEqual(told(made!), ["info shape", "info nodes", "info scale.web"]);
  });

  it("refuses an image that is built here without a registry, once for all services that share it", () => {
    const services = { web: { ...built }, worker: { ...built } };
    const text =
      "what is built here does not reach the cluster; load the image (kind load docker-image, k3d image import, minikube image load) and name it in berth:images.web, berth:images.worker, or give berth:registry";
    assert.deepEqual(planned(services).problems.map(formatProblem), [
      `services.web.build: ${text}`,
    ]);
    const preview = planned(services, {}, true);
    assert.ok(told(preview.plan!).includes("loss web.build"));
    const images = { web: "shop:1", worker: "shop:1" };
    assert.deepEqual(planned(services, { images }).problems, []);
    const registry = { server: "registry.example", username: "me", password: "hush" };
    assert.deepEqual(planned(services, { registry }).problems, []);
    assert.match(
      planned(services, { registry: "cloud" }).problems.map(formatProblem).join("\n"),
      /^berth:registry: local has no registry; give server/,
    );
  });

  it("refuses a managed database, and takes one by its URL", () => {
    const services = { db: { ...always, image: "postgres:17", volumes } };
    assert.match(
      planned(services, { databases: { db: { mode: "managed" } } })
        .problems.map(formatProblem)
        .join("\n"),
      /^berth:databases.db: local has no managed postgres; set it to container/,
    );
    const given = planned(services, {
      databases: { db: { mode: "url", url: "postgres://u:p@h/d" } },
    });
    assert.equal(given.plan!.databases[0]!.managed, true);
  });

  it("keeps ports of the edge for the edge", () => {
    const openPorts = [{ port: 8443, protocol: "tcp" as const, service: "web" }];
    assert.match(
      planned({ web: always }, { openPorts }).problems.map(formatProblem).join("\n"),
      /^berth:openPorts.8443: the edge itself listens on 8443/,
    );
  });
});

describe("values that a pod cannot have", () => {
  it("of users are names, which are the image's", () => {
    assert.match(one({ user: "app" }).join(), /^loss web.user: .*"app" is the image's/);
    assert.match(one({ user: "1000:staff" }).join(), /^loss web.user: /);
    for (const user of ["1000", "1000:1000", "root", "nobody:nogroup"])
      assert.deepEqual(one({ user }), [], user);
    assert.match(
      one({ group_add: ["audio", "44"] }).join(),
      /^loss web.group_add: audio is ignored/,
    );
  });

  it("of rights are those that baseline forbids", () => {
    assert.match(one({ cap_add: ["NET_ADMIN"] }).join(), /^loss web.cap_add: .*NET_ADMIN/);
    assert.match(one({ cap_add: ["ALL"] }).join(), /^loss web.cap_add: a pod gets only/);
    assert.deepEqual(one({ cap_add: ["CAP_SETUID", "kill"] }), []);
    assert.match(
      one({ sysctls: { "vm.max_map_count": "1", "net.ipv4.tcp_syncookies": "1" } }).join(),
      /^loss web.sysctls.vm.max_map_count: [^,]*$/,
    );
  });

  it("of hosts and networks are the machine's", () => {
    assert.match(
      one({
        extra_hosts: ["db=10.0.0.5", "host.docker.internal:host-gateway", "six=[::1]"],
      }).join(),
      /^loss web.extra_hosts: host.docker.internal is ignored: host-gateway is not supported on a cluster$/,
    );
    assert.match(one({ dns: ["1.1.1.1", "8.8.8.8", "9.9.9.9"] }).join(), /^info web.dns: /);
    assert.deepEqual(one({ dns: ["1.1.1.1", "8.8.8.8"] }), []);
    assert.match(one({ domainname: "example.com" }).join(), /^loss web.domainname: /);
    assert.match(
      one({ network_mode: "host", networks: {} }).join(),
      /^loss web.network_mode: .*not the host's/,
    );
    assert.deepEqual(one({ network_mode: "none", networks: {} }), []);
    assert.match(one({ tmpfs: ["/run:mode=755"] }).join(), /^info web.tmpfs: /);
    assert.deepEqual(one({ tmpfs: ["/run:size=64m"] }), []);
    assert.match(one({ gpus: [{ count: -1 }] }).join(), /^info web.gpus: /);
  });

  it("of names have a dash in place of what Services cannot have", () => {
    const services = { db_main: { ...always }, web: { ...always, environment: { DB: "db_main" } } };
    assert.deepEqual(said(services), [
      "loss db_main.image: names in a cluster have letters, digits and dashes: db_main answers to db-main; call it that in the service web",
    ]);
    assert.match(
      one({ hostname: "shop.example.com" }).join(),
      /^info web.hostname: .*shop.example.com answers to shop-example-com$/,
    );
    const environment = { URL: "https://shop.example.com/" };
    assert.match(one({ hostname: "shop.example.com", environment }).join(), /^info web.hostname: /);
    const networks = { default: { aliases: ["a_b", "ok"] } };
    assert.match(
      one({ networks }).join(),
      /^info web.networks.default.aliases: .*a_b answers to a-b$/,
    );
  });

  it("of nodes are labels that none has, and the role of a manager", () => {
    const deploy = (...constraints: string[]): Loose => ({
      deploy: { placement: { constraints } },
    });
    const kept = deploy(
      "node.platform.arch==x86_64",
      "node.labels.topology.kubernetes.io/zone != a",
      "node.role == worker",
    );
    assert.deepEqual(one(kept), []);
    assert.match(
      one(deploy("node.role == manager")).join(),
      /^info web.deploy.placement.constraints\[0\]: /,
    );
    for (const constraint of ["node.labels.disk == ssd", "node.hostname == a", "node.id == x"])
      assert.match(
        one(deploy(constraint)).join(),
        /^loss web.deploy.placement.constraints\[0\]: /,
        constraint,
      );
    const preferences = [{ spread: "node.labels.zone" }];
    assert.match(
      one({ deploy: { placement: { preferences } } }).join(),
      /^info web.deploy.placement.preferences: replicas are spread/,
    );
    assert.match(
      planOf({ web: { ...always, deploy: { placement: { preferences } } } }).notices[0]!.message,
      /there is one machine/,
    );
  });

  it("of volumes and networks are drivers and addresses", () => {
    const web = { web: { ...always, volumes } };
    const made = planOf(web, cluster, {
      volumes: { data: { name: "data", driver: "local", driver_opts: { type: "nfs" } } },
      networks: {
        default: { name: "x", driver: "macvlan", ipam: { config: [{ subnet: "10.1.0.0/16" }] } },
      },
    });
    assert.deepEqual(told(made).sort(), [
      "info networks.default.ipam.config[0].subnet",
      "loss backups",
      "loss networks.default.driver",
      "loss volumes.data.driver_opts",
    ]);
    const other = planOf(web, cluster, { volumes: { data: { name: "data", driver: "rexray" } } });
    assert.deepEqual(told(other).sort(), ["loss backups", "loss volumes.data.driver"]);
  });
});
