/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment -- objects differ from kind to kind */
import assert from "node:assert/strict";
import type { Settings } from "../../components/databases/postgres/program/main";
import { refer } from "../../components/model/reference";
import { containerOf, objectsOf, type Result } from "./make";

const postgres = {
  image: "postgres:17",
  restart: "always",
  environment: {
    POSTGRES_USER: "shop",
    POSTGRES_PASSWORD: refer("config", "variables.PASSWORD"),
    POSTGRES_DB: "shop",
  },
};

const shop = (readReplicas = 0): Promise<Result> =>
  objectsOf(
    {
      postgres,
      web: {
        restart: "always",
        environment: { DATABASE_URL: "postgres://shop@postgres:5432/shop" },
        networks: { default: null },
      },
    },
    { databases: { postgres: { readReplicas } } },
    {},
    { "config:variables.PASSWORD": "it's" },
  );

const settingsOf = (content: Readonly<Record<string, string>>): Settings =>
  JSON.parse(content["config.json"]!) as Settings;

describe("a managed database under its Compose name", () => {
  it("answers by a proxy that checks the server's certificate and name", async () => {
    const { one, all } = await shop();
    assert.ok(!all.some(({ kind }) => kind === "StatefulSet"));
    assert.deepEqual(one("Service", "postgres").spec, {
      type: "ClusterIP",
      selector: { "berth.service": "postgres" },
      ports: [{ name: "tcp-5432", port: 5432, targetPort: 5432, protocol: "TCP" }],
    });
    const proxy = one("Deployment", "postgres");
    assert.equal(proxy.spec.replicas, 2);
    assert.deepEqual(containerOf(proxy).command, ["node", "/etc/berth/main.js"]);
    const { content } = one("Secret", /^postgres-proxy-/);
    const config = settingsOf(content);
    assert.deepEqual([config.host, config.port], ["postgres.cloud.example", 25060]);
    assert.deepEqual([config.tls, config.verify, config.listen], [true, "host", 5432]);
    assert.match(config.ca!, /BEGIN CERTIFICATE/);
    // Users log in at the server by themselves.
    assert.deepEqual([config.client, config.server], [undefined, undefined]);
    const labels = proxy.spec.template.metadata.labels;
    assert.equal(labels["berth.network/default"], "true");
    assert.equal(labels["berth.proxy"], "true");
    assert.equal(labels["berth.internet"], undefined);
  });

  it("has what the Compose file asks for before the application starts", async () => {
    const { one } = await shop();
    const job = one("Job", /^postgres-bootstrap-/);
    assert.equal(containerOf(job).image, "postgres:17");
    const { content } = one("Secret", /^postgres-bootstrap-[0-9a-f]{10}$/);
    assert.match(content["bootstrap.sql"]!, /CREATE ROLE "shop" LOGIN/);
    assert.match(content["bootstrap.sql"]!, /PASSWORD ''it''''s''/);
    assert.match(content["bootstrap.sql"]!, /CREATE DATABASE "shop" OWNER "shop"/);
    const env = one("Secret", /^postgres-bootstrap-env-/).content;
    assert.equal(env["ADMIN"], "doadmin");
    assert.equal(env["ADMIN_PASSWORD"], "imposed");
    assert.equal(env["PORT"], "25060");
    const { dependencies } = one("Deployment", "web").resource;
    for (const object of [job, one("Deployment", "postgres"), one("Service", "postgres")])
      assert.ok(dependencies.includes(object.resource.urn), object.name);
  });

  it("has a name for each read replica and one for all", async () => {
    const { one } = await shop(2);
    for (const number of [1, 2]) {
      const name = `postgres-read-${number}`;
      assert.deepEqual(one("Service", name).spec.selector, { "berth.service": name });
      const { content } = one("Secret", new RegExp(`^${name}-proxy-`));
      assert.equal(settingsOf(content).host, `postgres-${number}.cloud.example`);
    }
    assert.deepEqual(one("Service", "postgres-read").spec.selector, {
      "berth.read/postgres": "true",
    });
    const none = await shop(0);
    assert.deepEqual(none.one("Service", "postgres-read").spec.selector, {
      "berth.service": "postgres",
    });
  });

  it("changes nothing but replicas and their wiring with their number", async () => {
    const key = ({ all }: Result): Map<string, string> =>
      new Map(
        all.map(({ kind, name, resource }) => [`${kind} ${name}`, JSON.stringify(resource.inputs)]),
      );
    const [none, three, one] = [key(await shop(0)), key(await shop(3)), key(await shop(1))];
    const changed = (from: Map<string, string>, to: Map<string, string>): string[] =>
      [...new Set([...from.keys(), ...to.keys()])].filter(
        (name) => from.get(name) !== to.get(name),
      );
    // The application is told of them in its environment.
    const wiring = /postgres-read|^ConfigMap web-env-|^Deployment web$/;
    assert.deepEqual(
      changed(none, three).filter((name) => !wiring.test(name)),
      [],
    );
    assert.deepEqual(
      changed(three, one).filter((name) => !wiring.test(name)),
      [],
    );
    assert.ok(changed(three, one).some((name) => name === "Deployment postgres-read-3"));
  });

  it("is somebody else on the server where the cloud keeps the name for itself", async () => {
    const { one } = await objectsOf({
      postgres: {
        image: "postgres:17",
        restart: "always",
        environment: { POSTGRES_PASSWORD: "hush" },
      },
    });
    const { content } = one("Secret", /^postgres-proxy-/);
    const { client, server } = settingsOf(content);
    assert.deepEqual(client, { user: "postgres", password: "hush" });
    assert.deepEqual(server, { user: "app_postgres", password: "hush" });
  });

  it("may be one that exists already, of which nothing is made", async () => {
    const { one, all } = await objectsOf(
      { postgres },
      {
        databases: {
          postgres: { mode: "url", url: refer("config", "databases.postgres.url") },
        },
      },
      {},
      {
        "config:databases.postgres.url": "postgres://me:p%40ss@db.corp.example:6432/x",
        "config:variables.PASSWORD": "hush",
      },
    );
    assert.ok(!all.some(({ kind }) => kind === "Job"));
    const { host, port, client, server } = settingsOf(one("Secret", /^postgres-proxy-/).content);
    assert.deepEqual([host, port], ["db.corp.example", 6432]);
    assert.deepEqual(client, { user: "shop", password: "hush" });
    assert.deepEqual(server, { user: "me", password: "p@ss" });
  });
});
