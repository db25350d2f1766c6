import assert from "node:assert/strict";
import { Secret } from "../../cli/recording/values";
import { refer } from "../../components/model/reference";
import { planOf, type Loose } from "../plan/make";
import { containerType, deploy, type Deployment } from "./deploy";

const web: Loose = {
  ports: [{ target: 8000, published: "80", protocol: "tcp", mode: "ingress" }],
  healthcheck: { test: ["CMD", "true"], interval: "5s" },
  labels: { "traefik.http.routers.web.rule": "Host(`web.example.com`)" },
};

const last = (urn: string): string => urn.split("::").pop()!;
const inputs = (made: Deployment, name: string): Record<string, unknown> => made.of(name).inputs;

const api: Loose = {
  ...web,
  labels: { "traefik.http.routers.api.rule": "Host(`api.example.com`)" },
};

const otherwise = ["cpus", "hosts", "memorySwap", "networkMode", "platform", "ports", "workingDir"];

describe("a plan on a Docker host", function () {
  this.timeout(120_000);

  it("gives every resource the host's provider, a parent, and the application's name", async () => {
    const made = await deploy(planOf({ web, db: { image: "postgres:17" } }), true);
    const children = made.resources.filter(({ type }) => type.startsWith("docker:"));
    assert.ok(children.length > 10);
    for (const resource of children) {
      assert.equal(last(resource.provider), "box-docker", resource.name);
      assert.match(resource.name, /^box-/);
      assert.notEqual(resource.parent, "", resource.name);
      assert.equal(resource.replacementTrigger, made.of("disk").id, resource.name);
    }
    assert.deepEqual(
      ["guard", "droplet"].filter((name) =>
        made.of("box-docker").dependencies.some((urn) => last(urn) === name),
      ),
      ["guard", "droplet"],
      "Docker is not talked to before the machine is there",
    );
  });

  it("states the order of every container's replacement, and replaces it on any change", async () => {
    const made = await deploy(
      planOf(
        {
          web,
          db: {
            image: "postgres:17",
            volumes: [{ type: "volume", source: "data", target: "/var/lib/postgresql/data" }],
          },
        },
        {},
        { volumes: { data: { name: "shop_data" } } },
      ),
    );
    for (const container of made.ofType(containerType)) {
      const { name, replaceOnChanges, ignoreChanges, deleteBeforeReplace } = container;
      assert.deepEqual(replaceOnChanges, ["*"], name);
      // These alone: what may hold a secret must be compared, as a name has eight bits of it at most.
      assert.deepEqual(ignoreChanges, otherwise, name);
      assert.notEqual(deleteBeforeReplace, undefined, name);
    }
    assert.equal(made.of("box-web-1").deleteBeforeReplace, false);
    assert.equal(made.of("box-db-1").deleteBeforeReplace, true);
    assert.equal(made.of("box-edge-traefik").deleteBeforeReplace, true);
    assert.equal(made.of("box-routes").deleteBeforeReplace, false);
  });

  it("protects volumes as the setting says, and never replaces one for its labels", async () => {
    const services = {
      db: { volumes: [{ type: "volume" as const, source: "data", target: "/data" }] },
    };
    const more = { volumes: { data: { name: "shop_data" } } };
    for (const protect of [true, false]) {
      const volume = (await deploy(planOf(services, { protect }, more))).of("box-volume-data");
      assert.equal(volume.protect, protect);
      assert.deepEqual(volume.ignoreChanges, ["labels"]);
    }
  });

  it("names networks by property, so that a replaced network takes its containers along", async () => {
    const made = await deploy(planOf({ web }));
    assert.ok(
      made
        .of("box-web-1")
        .propertyDependencies["networksAdvanced"]!.map(last)
        .includes("box-network-default"),
    );
    assert.equal(made.of("box-network-default").deleteBeforeReplace, true);
  });

  it("keeps every value with a secret name or a secret part secret", async () => {
    const made = await deploy(
      planOf({
        web: {
          ...web,
          environment: {
            LEVEL: "debug",
            STRIPE_KEY: "sk_live",
            MYSQL_PASSWORD_FILE: "/run/secrets/x",
            DATABASE_URL: `postgres://app:${refer("file", "env:DB")}@db/app`,
            BROKER: "amqp://guest:guest@mq",
          },
        },
      }),
    );
    const envs = inputs(made, "box-web-1")["envs"] as (string | Secret)[];
    const open = envs.filter((env) => typeof env === "string");
    assert.deepEqual(open, ["LEVEL=debug", "MYSQL_PASSWORD_FILE=/run/secrets/x"]);
    assert.equal(envs.length, 5);
  });

  it("gives a container another name with any other input, and the same with the same", async () => {
    const name = async (more: Loose): Promise<unknown> =>
      inputs(await deploy(planOf({ web: { ...web, ...more } })), "box-web-1")["name"];
    const first = await name({});
    assert.match(String(first), /^shop-qa-web-1-[0-9a-f]{10}$/);
    assert.equal(await name({}), first);
    assert.notEqual(await name({ environment: { A: "1" } }), first);
    assert.equal(
      await name({ labels: { ...web.labels, "traefik.http.routers.web.priority": "7" } }),
      first,
      "a route's change is no change of its container",
    );
  });

  it("waits for health where there is a check, and for it alone", async () => {
    const made = await deploy(planOf({ web, plain: {} }, { timeouts: { web: 90 } }));
    const { wait, waitTimeout, healthcheck } = inputs(made, "box-web-1");
    assert.deepEqual([wait, waitTimeout], [true, 90]);
    assert.equal((healthcheck as { interval: string }).interval, "5s");
    assert.equal(inputs(made, "box-plain-1")["wait"], undefined);
  });

  it("creates routes after every container, and has no route in the edge's inputs", async () => {
    const one = await deploy(planOf({ web, api, worker: {} }));
    const after = one.of("box-routes").dependencies.map(last);
    for (const name of ["box-web-1", "box-api-1", "box-worker-1", "box-edge-traefik"])
      assert.ok(after.includes(name), `${name} is not waited for`);
    const two = await deploy(planOf({ web, worker: {} }));
    assert.deepEqual(inputs(one, "box-edge-traefik"), inputs(two, "box-edge-traefik"));
    assert.ok(!JSON.stringify(inputs(one, "box-edge-traefik")).includes("docker.sock"));
    assert.notDeepEqual(inputs(one, "box-routes"), inputs(two, "box-routes"));
  });

  it("joins only routed services to the edge's network, which is internal", async () => {
    const made = await deploy(planOf({ web, worker: {} }));
    const networks = (name: string): string[] =>
      (inputs(made, name)["networksAdvanced"] as { name: string }[]).map((each) => each.name);
    assert.deepEqual(networks("box-web-1"), ["shop-qa-default", "shop-qa-berth-edge"]);
    assert.deepEqual(networks("box-worker-1"), ["shop-qa-default"]);
    assert.equal(inputs(made, "box-edge-network")["internal"], true);
  });

  it("reaches the service that a route asks first, and waits for it", async () => {
    const forwardAuth = { to: "gate:9000/check", responseHeaders: ["X-User"] };
    const route = { host: "a.example", path: "/", service: "web", forwardAuth };
    const made = await deploy(
      planOf({ web, gate: {} }, { routes: [route], stated: new Set(["routes"]) }),
    );
    const networks = inputs(made, "box-gate-1")["networksAdvanced"] as { name: string }[];
    assert.ok(networks.some(({ name }) => name === "shop-qa-berth-edge"));
    const { envs, uploads } = inputs(made, "box-routes") as {
      envs: string[];
      uploads: { content: string }[];
    };
    const [, address = ""] = /address: http:\/\/(.*):9000\/check/.exec(uploads[0]!.content) ?? [];
    assert.notEqual(address, "");
    assert.ok(envs[0]!.includes(`${address}:9000`), envs[0]);
    assert.match(uploads[0]!.content, /authResponseHeaders:\n\s+- X-User/);
  });

  it("makes a one-shot that does not come back, and what waits for it follows it", async () => {
    const made = await deploy(
      planOf({
        web: {
          ...web,
          depends_on: { migrate: { condition: "service_completed_successfully", required: true } },
        },
        migrate: { command: ["migrate"] },
      }),
    );
    const job = made.of("box-migrate-job");
    assert.equal(job.inputs["mustRun"], false);
    assert.equal(job.inputs["restart"], "no");
    assert.equal(job.deleteBeforeReplace, true);
    assert.ok(made.of("box-web-1").dependencies.map(last).includes("box-migrate-job"));
  });

  it("pulls an image once, however many run it, and pins its id", async () => {
    const made = await deploy(planOf({ a: { image: "redis:7" }, b: { image: "redis:7" } }));
    const images = made.ofType("docker:index/remoteImage:RemoteImage");
    const redis = images.filter(({ inputs: { name } }) => name === "redis:7");
    assert.equal(redis.length, 1);
    assert.equal(redis[0]!.inputs["keepLocally"], true);
    assert.equal(redis[0]!.inputs["triggers"], undefined);
    assert.equal(inputs(made, "box-a-1")["image"], redis[0]!.outputs["imageId"]);
    const always = await deploy(planOf({ a: { image: "redis:7", pull_policy: "always" } }));
    assert.deepEqual(always.of("box-image-redis-7-always").inputs["triggers"], { pulled: "now" });
  });

  it("builds an image once, named after who builds it, whoever else runs it and first", async () => {
    const made = await deploy(
      planOf({
        mailer: { image: "portal:latest" },
        site: { image: "portal", build: { context: "git@example.com:site.git" } },
        worker: { image: "docker.io/library/portal", depends_on: {} },
      }),
    );
    const built = made.ofType("docker:index/image:Image");
    assert.deepEqual(
      built.map(({ name }) => name),
      ["box-build-site"],
    );
    for (const name of ["mailer", "site", "worker"])
      assert.equal(inputs(made, `box-${name}-1`)["image"], built[0]!.outputs["repoDigest"]);
  });
});
