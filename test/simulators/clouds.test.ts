import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { EngineStack, type Run } from "../rig/engine";
import { needsPulumi } from "../rig/pulumi";
import { aws } from "./aws";
import type { CloudOptions } from "./cloud/cloud";
import { World, type Thing } from "./cloud/world";
import { digitalocean } from "./digitalocean";
import { docker } from "./docker";
import { face, type Face } from "./docker/face";
import { gcp } from "./gcp";
import { random } from "./random";
import { serve, type ServedProvider } from "./server";
import type { Simulator } from "./simulator";
import { tls } from "./tls";
import type { Properties } from "./values";

const socket = /^unix:\/\/(.*)$/.exec(process.env.BERTH_DOCKER_HOST ?? "")?.[1];
const repository = resolve(__dirname, "../..");
const address = "127.0.0.77";

interface Shape {
  readonly simulator: (options: CloudOptions) => Simulator;
  readonly machine: string;
  readonly address: RegExp;
  readonly config: Readonly<Record<string, string>>;
  readonly userData: (inputs: Properties) => unknown;
}

const clouds: Readonly<Record<string, Shape>> = {
  digitalocean: {
    simulator: digitalocean,
    machine: "digitalocean:index/droplet:Droplet",
    address: /:ReservedIp$/,
    config: { "digitalocean:token": "t" },
    userData: ({ userData }) => userData,
  },
  aws: {
    simulator: aws,
    machine: "aws:ec2/instance:Instance",
    address: /:Eip$/,
    config: {},
    userData: ({ userData }) => userData,
  },
  gcp: {
    simulator: gcp,
    machine: "gcp:compute/instance:Instance",
    address: /:Address$/,
    config: { "gcp:project": "example-project" },
    userData: ({ metadata }) => (metadata as Properties | undefined)?.["user-data"],
  },
};

const compose = `
name: simulated
services:
  app:
    image: nginx:1.29
    volumes: ["content:/usr/share/nginx/html"]
volumes:
  content: {}
`;

describe("Berth's own program on the simulated clouds", function () {
  this.timeout(300_000);

  for (const [name, shape] of Object.entries(clouds))
    describe(name, () => {
      const world = new World();
      const served: ServedProvider[] = [];
      let folder: string;
      let stack: EngineStack;
      let front: Face | undefined;

      before(async function () {
        needsPulumi(this);
        if (socket === undefined) {
          console.log("      skipped: BERTH_DOCKER_HOST names no socket");
          this.skip();
        }
        folder = mkdtempSync(join(tmpdir(), "berth-clouds-"));
        writeFileSync(join(folder, "compose.yaml"), compose);
        const hook = async (moment: string, { type, inputs }: Thing): Promise<void> => {
          if (type !== shape.machine) return;
          front?.close();
          front = undefined;
          if (moment === "deleting") return;
          front = await face(String(shape.userData(inputs)), address, socket);
        };
        const cloud = shape.simulator({
          world,
          env: {},
          hook,
          address: (type) => (shape.address.test(type) ? address : undefined),
        });
        for (const one of [docker({ env: {}, folder: repository }), cloud, random, tls()])
          served.push(await serve(one));
        const ports = served.map(({ port }) => port);
        stack = await EngineStack.create({
          name: "simulated",
          project: repository,
          config: {
            // No bucket is there.
            backups: false,
            cloud: name,
            compose: join(folder, "compose.yaml"),
            operators: ["127.0.0.0/8"],
            tls: "off",
            protect: false,
            images: { traefik: "traefik:v3.5" },
            ...shape.config,
          },
          providers: { docker: ports[0]!, [name]: ports[1]!, random: ports[2]!, tls: ports[3]! },
        });
      });

      after(async () => {
        if (socket === undefined) return;
        succeeds(await stack.destroy());
        assert.deepEqual(world.things(), []);
        stack.dispose();
        for (const one of served) await one.close();
        front?.close();
        rmSync(folder, { recursive: true });
      });

      const succeeds = (run: Run): Run => {
        assert.equal(run.code, 0, run.stdout + run.stderr);
        return run;
      };
      const steps = (run: Run): string[] =>
        run.steps.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${urn}`);

      it("previews everything and makes nothing", async () => {
        succeeds(await stack.preview());
        assert.deepEqual(world.things(), []);
      });

      it("makes one machine with its containers; a second up changes nothing", async () => {
        succeeds(await stack.up());
        assert.equal(world.things(shape.machine).length, 1);
        assert.deepEqual(steps(succeeds(await stack.up())), []);
      });

      it("finds no drift when nothing changed", async () => {
        succeeds(await stack.refresh());
        assert.deepEqual(steps(succeeds(await stack.up())), []);
      });
    });
});
