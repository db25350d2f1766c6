import assert from "node:assert/strict";
import { hasSecret, refer } from "../../components/model/reference";
import { local, project } from "./stack";

describe("reading a stack's config", () => {
  it("fills every default on local", () => {
    const { settings } = project(local());
    const { folder, stated, accept, ...rest } = settings;
    assert.deepEqual(
      { ...rest, compose: rest.compose.map((file) => file.slice(folder.length)) },
      {
        project: "berth",
        stack: "qa",
        cloud: "local",
        shape: "vm",
        compose: ["/compose.yaml"],
        profiles: [],
        location: "europe",
        provider: {},
        machine: "small",
        disk: 40,
        operators: [],
        admins: [],
        listen: { http: 8080, https: 8443 },
        tls: { mode: "off" },
        routes: [],
        variables: {},
        secrets: {},
        volumes: {},
        images: {},
        scale: {},
        databases: {},
        nodes: { min: 2, max: 5 },
        sites: {},
        openPorts: [],
        monitoring: {},
        backups: { schedule: "daily", keep: 7 },
        updates: { reboot: "Sun 04:00" },
        tags: { project: "berth", stack: "qa" },
        timeouts: {},
        protect: false,
      },
    );
    assert.deepEqual([...stated], ["cloud"]);
    assert.equal(accept.size, 0);
  });

  it("takes the short and the long form of a key", () => {
    const { settings } = project(
      local(
        "berth:routes:",
        '  app.example.com: "web:8000"',
        "  app.example.com/api/v1: { to: api, maxBody: 10m, allow: 10.0.0.0/8 }",
        "  old.example.com: { redirect: 'https://app.example.com' }",
        "berth:openPorts: { 25: 'mail:2525', 53/udp: dns, 7000-7001/udp: sfu, 9000-9001: 'sfu:19000-19001' }",
        "berth:databases: { a: container, b: { version: 8.0 }, c: { url: 'mysql://u:p@h/d' } }",
        "berth:scale: { web: 3, worker: { min: 1, max: 9, queue: { service: mq, name: q, length: 5 } } }",
        "berth:accept: ['web.devices: no device there', web.gpus: none either]",
      ).replace("web.gpus: none either", "'web.gpus: none either'"),
    );
    assert.deepEqual(settings.routes, [
      { host: "app.example.com", path: "/", service: "web", port: 8000 },
      {
        host: "app.example.com",
        path: "/api/v1",
        service: "api",
        maxBody: 10 * 2 ** 20,
        allow: ["10.0.0.0/8"],
      },
      { host: "old.example.com", path: "/", service: "", redirect: "https://app.example.com" },
    ]);
    assert.deepEqual(settings.openPorts, [
      { port: 25, protocol: "tcp", service: "mail", target: 2525 },
      { port: 53, protocol: "udp", service: "dns" },
      { port: 7000, protocol: "udp", service: "sfu" },
      { port: 7001, protocol: "udp", service: "sfu" },
      { port: 9000, protocol: "tcp", service: "sfu", target: 19000 },
      { port: 9001, protocol: "tcp", service: "sfu", target: 19001 },
    ]);
    assert.deepEqual(settings.databases, {
      a: { mode: "container" },
      // As it is written: the number would be 8.
      b: { version: "8.0" },
      c: { mode: "url", url: refer("config", "databases.c.url") },
    });
    assert.equal(settings.scale["web"], 3);
    assert.equal(settings.accept.get("web.gpus"), "none either");
    assert.ok(settings.stated.has("databases.c.url"));
  });

  it("lays a stated mapping over its default", () => {
    const { settings } = project(local("berth:nodes: { min: 6 }", "berth:listen: { http: 80 }"));
    assert.deepEqual(settings.nodes, { min: 6, max: 6 });
    assert.deepEqual(settings.listen, { http: 80, https: 8443 });
    assert.deepEqual(project(local("berth:nodes: { max: 3 }")).settings.nodes, { min: 2, max: 3 });
  });

  it("takes one operator in place of a list", () => {
    const { settings } = project(
      "config:\n  berth:cloud: aws\n  berth:operators: 203.0.113.7/32\n",
    );
    assert.deepEqual(settings.operators, ["203.0.113.7/32"]);
  });

  it("knows which leaf is secret from the stack file", () => {
    const { settings, result } = project(
      local("berth:variables:", "  DEBUG: true", "  PASSWORD: { secure: hunter22 }"),
    );
    assert.deepEqual(settings.variables, {
      DEBUG: "true",
      PASSWORD: refer("config", "variables.PASSWORD"),
    });
    assert.deepEqual([...result.values], [["config:variables.PASSWORD", "hunter22"]]);
  });

  it("treats every leaf as secret without a stack file", () => {
    const { settings } = project(
      local(
        "berth:compose: app/c.yaml",
        "berth:variables: { D: true, PASSWORD: { secure: hunter22 } }",
      ),
      {},
      { stack: "elsewhere" },
    );
    assert.ok(hasSecret(settings.variables["D"]!));
    assert.ok(hasSecret(settings.variables["PASSWORD"]!));
  });

  it("does not take a file with the same plain values for the one that has the secret", () => {
    const { settings } = project(
      local("berth:variables: { A: a, PASSWORD: { secure: hunter22 } }"),
      { "Pulumi.dev.yaml": local("berth:variables: { A: a, PASSWORD: hunter22 }") },
      { stack: "elsewhere" },
    );
    assert.ok(hasSecret(settings.variables["PASSWORD"]!));
    assert.equal(settings.variables["A"], "a");
  });

  it("keeps apart what is secret by its nature, encrypted or not", () => {
    const { settings, result } = project(
      local(
        "berth:secrets: { a: hunter22, b: { generate: true } }",
        "berth:registry: { server: r.example, username: u, password: hunter22 }",
        "berth:monitoring: { datadogApiKey: hunter22 }",
        "berth:routes: { a.example.com: { to: web, auth: 'u:hunter22' } }",
        "berth:databases: { db: { url: 'postgres://u:hunter22@h/d' } }",
      ),
    );
    const { stated: _, ...plain } = settings;
    assert.equal(JSON.stringify(plain).includes("hunter22"), false);
    assert.deepEqual(settings.secrets, {
      a: refer("config", "secrets.a"),
      b: { generate: true },
    });
    assert.equal(result.values.get('config:routes["a.example.com"].auth'), "u:hunter22");
  });

  it("reads the authority that a database's URL names", () => {
    const url = "postgres://u:p@h/d?sslrootcert=Pulumi.qa.yaml";
    const { settings } = project(local(`berth:databases: { db: { url: '${url}' } }`));
    assert.match(settings.databases["db"]?.ca ?? "", /^config:/);
    assert.equal(settings.databases["db"]?.mode, "url");
  });

  it("hands the cloud's own keys on, secret ones as references", () => {
    const { settings, result } = project(
      [
        "config:",
        "  berth:cloud: digitalocean",
        "  berth:operators: anywhere",
        "  digitalocean:token: { secure: hunter22 }",
        "  digitalocean:region: ams3",
        "  aws:region: eu-west-1",
        "",
      ].join("\n"),
    );
    assert.equal(settings.region, "ams3");
    assert.equal(settings.operators, "anywhere");
    assert.deepEqual(settings.provider, {
      token: refer("config", "digitalocean:token"),
      region: "ams3",
    });
    assert.equal(result.values.get("config:digitalocean:token"), "hunter22");
  });

  it("lays the stack's config over the baselines, the nearest first", () => {
    const { settings } = project(
      local(
        "berth:extends: client.yaml",
        "berth:variables: { C: stack }",
        "berth:operators: [203.0.113.0/24]",
      ),
      {
        "client.yaml":
          "extends: agency.yaml\nvariables: { B: client, C: client }\nmachine: large\n",
        "agency.yaml":
          "config:\n  berth:machine: medium\n  berth:disk: 80\n  berth:variables: { A: agency, B: agency }\n",
      },
    );
    assert.deepEqual(settings.variables, { A: "agency", B: "client", C: "stack" });
    assert.equal(settings.machine, "large");
    assert.equal(settings.disk, 80);
    assert.ok(settings.stated.has("disk"));
  });
});
