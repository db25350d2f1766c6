import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EngineStack } from "../rig/engine";
import { ask, type Answer } from "../rig/http";
import { needsPulumi } from "../rig/pulumi";
import { World, type Thing } from "../simulators/cloud/world";
import { digitalocean } from "../simulators/digitalocean";
import { docker } from "../simulators/docker";
import { face, type Face } from "../simulators/docker/face";
import { random } from "../simulators/random";
import { serve, type ServedProvider } from "../simulators/server";
import { tls } from "../simulators/tls";

const repository = resolve(__dirname, "../..");
const address = "127.0.0.78";

/** One request through the edge of the machine. */
const get = (host: string, path: string): Promise<Answer> => ask({ address, host, path });

describe("Bigga on DigitalOcean, through the real engine", function () {
  this.timeout(900_000);
  const world = new World();
  const served: ServedProvider[] = [];
  let stack: EngineStack | undefined;
  let front: Face | undefined;

  before(async function () {
    needsPulumi(this);
    const socket = /^unix:\/\/(.*)$/.exec(process.env.BERTH_DOCKER_HOST ?? "")?.[1];
    if (socket === undefined) {
      console.log("      skipped: BERTH_DOCKER_HOST names no socket");
      this.skip();
    }
    // The rig's Docker stands behind the droplet's address, with the certificates of its user-data.
    const hook = async (moment: string, { type, inputs }: Thing): Promise<void> => {
      if (type !== "digitalocean:index/droplet:Droplet") return;
      front?.close();
      front =
        moment === "deleting" ? undefined : await face(String(inputs["userData"]), address, socket);
    };
    const cloud = digitalocean({
      world,
      env: {},
      hook,
      address: (type) => (type.endsWith(":ReservedIp") ? address : undefined),
    });
    for (const one of [docker({ env: {}, folder: repository }), cloud, random, tls()])
      served.push(await serve(one));
    const ports = served.map(({ port }) => port);
    stack = await EngineStack.create({
      name: "cloud",
      project: repository,
      config: {
        // No bucket is there.
        backups: false,
        cloud: "digitalocean",
        compose: join(repository, "examples/bigga/compose.yaml"),
        operators: ["127.0.0.0/8"],
        domain: "localhost",
        tls: "off",
        protect: false,
        images: { traefik: "traefik:v3.5" },
        "digitalocean:token": "t",
      },
      providers: { docker: ports[0]!, digitalocean: ports[1]!, random: ports[2]!, tls: ports[3]! },
    });
  });

  after(async () => {
    if (stack === undefined) return;
    const run = await stack.destroy();
    assert.equal(run.code, 0, run.stdout + run.stderr);
    stack.dispose();
    for (const one of served) await one.close();
    front?.close();
  });

  it("comes up on one droplet with one disk, and every data service answers", async () => {
    const run = await stack!.up();
    assert.equal(run.code, 0, run.stdout + run.stderr);
    const of = (type: string): number => run.steps.filter((step) => step.type === type).length;
    assert.equal(of("digitalocean:index/droplet:Droplet"), 1);
    assert.equal(of("digitalocean:index/volume:Volume"), 1);
    const end = Date.now() + 120_000;
    let deep = await get("api.localhost", "/health/deep");
    while (deep.status !== 200 && Date.now() < end) {
      await sleep(2000);
      deep = await get("api.localhost", "/health/deep");
    }
    assert.equal(deep.status, 200, deep.body);
    const { services } = JSON.parse(deep.body) as { services: Record<string, { ok: boolean }> };
    assert.equal(Object.values(services).filter(({ ok }) => ok).length, 7);
  });

  it("changes nothing the second time", async () => {
    const run = await stack!.up();
    assert.deepEqual(Object.keys(run.changes), ["same"], run.stdout + run.stderr);
  });
});
