import assert from "node:assert/strict";
import { catalogs } from "../../components/clouds";
import { plan } from "../../components/plan";
import type { Plan } from "../../components/plan/plan";
import { formatProblem } from "../../components/model/problem";
import type { DatabaseSetting } from "../../components/settings/settings";
import type { CloudName } from "../../components/clouds/list";
import { app, catalog, settings, told } from "./make";

const root = { MONGO_INITDB_ROOT_USERNAME: "app", MONGO_INITDB_ROOT_PASSWORD: "hush" };

const mongo = (tag: string, environment: Record<string, string>) => ({
  restart: "always",
  image: `mongo:${tag}`,
  environment,
});

/** The plan of one MongoDB in a cluster, against what the cloud itself offers. */
const planned = (
  cloud: CloudName,
  setting?: DatabaseSetting,
  tag = "7",
  environment: Record<string, string> = root,
): { plan?: Plan; problems: string[] } => {
  const provider = cloud === "gcp" ? { project: "acme-qa" } : {};
  const { plan: made, problems } = plan(
    app({ mongo: mongo(tag, environment) }),
    settings({
      cloud,
      provider,
      shape: "cluster",
      domain: "example.com",
      databases: setting === undefined ? {} : { mongo: setting },
    }),
    catalogs[cloud](),
  );
  return { ...(made && { plan: made }), problems: problems.map(formatProblem) };
};
const database = (made: Plan | undefined) => {
  const { managed, version, size, highAvailability } = made!.databases[0]!;
  return { managed, version, size, highAvailability };
};

describe("MongoDB", () => {
  it("is managed on digitalocean's cluster shape, where the cloud offers it", () => {
    const { plan: made } = planned("digitalocean");
    assert.deepEqual(database(made), {
      managed: true,
      version: "7.0",
      size: "db-s-1vcpu-2gb",
      highAvailability: true,
    });
    assert.deepEqual(
      told(made!).filter((notice) => notice.includes("mongo")),
      [],
    );
    assert.deepEqual(
      made!.cost.items.filter(({ resource }) => resource === "mongo"),
      [{ resource: "mongo", item: "managed mongodb, 3 × db-s-1vcpu-2gb", monthly: 91.35 }],
    );
  });

  it("is a container where the application has no user, with a notice", () => {
    const { plan: made, problems } = planned("digitalocean", undefined, "7", {});
    assert.deepEqual(problems, []);
    assert.equal(database(made).managed, false);
    assert.match(
      made!.notices.find(({ key }) => key === "environment")!.message,
      /a managed mongodb asks for a user, and the application was given none; set MONGO_INITDB_ROOT_USERNAME/,
    );
  });

  it("is a container on aws, with a notice, unless DocumentDB is asked for by name", () => {
    const { plan: made } = planned("aws");
    assert.equal(database(made).managed, false);
    const [notice] = made!.notices.filter(
      ({ service, key }) => service === "mongo" && key === "image",
    );
    assert.match(
      notice!.message,
      /DocumentDB is not MongoDB.*; set berth:databases\.mongo: managed/,
    );
    const asked = planned("aws", { mode: "managed" }, "8.0");
    assert.deepEqual(database(asked.plan), {
      managed: true,
      version: "8.0",
      size: "db.t4g.medium",
      highAvailability: true,
    });
  });

  it("is asked for by what a container cannot be, too: an image of another major by version", () => {
    const { plan: made } = planned("aws", { version: "5.0" });
    assert.equal(database(made).managed, true);
    assert.equal(database(made).version, "5.0");
    assert.equal(database(planned("aws", { readReplicas: 1 }).plan).managed, false);
  });

  it("is a container on gcp, which has none, with a notice", () => {
    const { plan: made } = planned("gcp");
    assert.equal(database(made).managed, false);
    assert.ok(
      made!.notices.some(({ message }) => message.startsWith("gcp has no managed mongodb")),
    );
    assert.deepEqual(planned("gcp", { mode: "managed" }).problems, [
      "berth:databases.mongo: gcp has no managed mongodb; set it to container (managed here: postgres, mysql, redis)",
    ]);
  });

  it("has the tag's major version exactly, or an error that lists what is offered", () => {
    assert.equal(planned("digitalocean", undefined, "8.0.4").plan?.databases[0]?.version, "8.0");
    const listed = (cloud: string, tag: string, list: string): string =>
      `services.mongo.image: ${cloud} offers no managed mongodb ${tag}; set berth:databases.mongo.version to one of ${list}, or berth:databases.mongo: container`;
    assert.deepEqual(planned("digitalocean", undefined, "6").problems, [
      listed("digitalocean", "6", "8.0, 7.0"),
    ]);
    assert.deepEqual(planned("digitalocean", undefined, "8.2").problems, [
      listed("digitalocean", "8.2", "8.0, 7.0"),
    ]);
    assert.deepEqual(planned("aws", { mode: "managed" }).problems, [
      listed("aws", "7", "8.0, 5.0"),
    ]);
  });

  it("has no read replicas and no chosen storage where the cloud makes none", () => {
    const managed = { mode: "managed" as const };
    const { problems } = planned("digitalocean", { ...managed, readReplicas: 1, storage: 50 });
    assert.deepEqual(problems, [
      "berth:databases.mongo.readReplicas: read replicas of a managed mongodb on digitalocean cannot be made; remove it, or set berth:databases.mongo: container",
      "berth:databases.mongo.storage: the storage of a managed mongodb on digitalocean cannot be chosen: it comes with size, or grows by itself; remove it",
    ]);
    assert.deepEqual(planned("aws", { ...managed, readReplicas: 15 }, "8.0").problems, [
      "berth:databases.mongo.readReplicas: at most 14 read replicas of a managed mongodb on aws can be made; lower it",
    ]);
    assert.deepEqual(planned("aws", { ...managed, readReplicas: 14 }, "8.0").problems, []);
  });
});

describe("a managed MongoDB", () => {
  const problems = (environment: Record<string, string>, mode: "managed" | "container"): string[] =>
    plan(
      app({ mongo: { restart: "always", image: "mongo:8", environment } }),
      settings({ databases: { mongo: { mode } } }),
      {
        ...catalog,
        engines: { mongodb: { ...catalog.engines.postgres!, versions: ["8.0", "8"] } },
      },
    ).problems.map(formatProblem);

  it("asks for the user that a container could do without", () => {
    const asked = [
      "services.mongo.environment: a managed MongoDB asks for a user; set MONGO_INITDB_ROOT_USERNAME and MONGO_INITDB_ROOT_PASSWORD, and use them in the application's URL",
    ];
    assert.deepEqual(problems({}, "managed"), asked);
    assert.deepEqual(problems({ MONGO_INITDB_ROOT_USERNAME: "root" }, "managed"), asked);
    assert.deepEqual(problems(root, "managed"), []);
    assert.deepEqual(problems({}, "container"), []);
  });
});
