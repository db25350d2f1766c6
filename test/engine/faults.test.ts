import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Run } from "../rig/engine";
import { needsPulumi } from "../rig/pulumi";
import { CloudStack, said } from "./cloud-stack";
import { changes } from "./site";

const machineTypes = {
  aws: "aws:ec2/instance:Instance",
  gcp: "gcp:compute/instance:Instance",
  digitalocean: "digitalocean:index/droplet:Droplet",
} as const;
type Cloud = keyof typeof machineTypes;
const clouds = Object.keys(machineTypes) as Cloud[];

const compose = (version: string): string => `name: shop
services:
  store:
    image: postgres:17
    environment: { VERSION: ${version}, POSTGRES_PASSWORD: a }
    restart: unless-stopped
    volumes: ["data:/var/lib/postgresql/data"]
    healthcheck: { test: [CMD, pg_isready] }
  web:
    image: nginx:1.29
    restart: unless-stopped
    ports: ["80:80"]
    depends_on: { store: { condition: service_healthy } }
volumes: { data: {} }
`;

/** What deletes the machine on each cloud. */
const remedy: Readonly<Record<Cloud, RegExp>> = {
  aws: /delete it \(aws ec2 terminate-instances --region \S+ --instance-ids i-\w+\)/,
  gcp: /delete it \(gcloud compute instances delete shop-qa-machine --zone \S+\)/,
  digitalocean: /delete it \(doctl compute droplet delete \d+\)/,
};

describe("an update that breaks off, on every cloud", function () {
  this.timeout(600_000);
  const stacks = {} as Record<Cloud, CloudStack>;

  /** The same on all clouds at once: most of the time is the engine's. */
  const each = async (act: (own: CloudStack, cloud: Cloud) => Promise<void>): Promise<void> => {
    await Promise.all(clouds.map((cloud) => act(stacks[cloud], cloud)));
  };
  const succeeds = (run: Run): Run => {
    assert.equal(run.code, 0, said(run));
    return run;
  };
  const write = (own: CloudStack, version: string): void => {
    writeFileSync(join(own.folder, "compose.yaml"), compose(version));
  };
  const finished = async (own: CloudStack): Promise<void> => {
    succeeds(await own.stack.up());
    succeeds(await own.stack.refresh({ args: ["--clear-pending-creates"] }));
    assert.equal((await own.stack.export()).deployment.pending_operations, undefined);
    assert.deepEqual(changes(succeeds(await own.stack.up())), []);
    assert.equal(own.machines().length, 1);
    const names = [...own.daemon.boxes.values()].map(({ name }) => name);
    for (const service of ["store", "web"])
      assert.equal(names.filter((name) => name.startsWith(`shop-qa-${service}-1-`)).length, 1);
    assert.deepEqual(
      names.filter((name) => name.includes("-replaced-")),
      [],
    );
  };
  /** An `up` that says in one line what is left behind, and makes no second machine. */
  const refused = async (own: CloudStack, cloud: Cloud): Promise<void> => {
    const run = await own.stack.up();
    assert.notEqual(run.code, 0);
    const errors = run.diagnostics.filter(({ severity }) => severity === "error");
    const lines = errors.filter(({ message }) => message.includes("left"));
    assert.ok(lines.length > 0, said(run));
    assert.match(lines[0]!.message, remedy[cloud]);
    assert.equal(own.machines().length, 1);
  };
  before(async function () {
    needsPulumi(this);
    await Promise.all(
      clouds.map(async (cloud, index) => {
        const own = await CloudStack.create({ cloud, address: `127.0.35.${index + 1}` });
        stacks[cloud] = own;
        write(own, "one");
        own.stack.configure({
          compose: join(own.folder, "compose.yaml"),
          operators: ["127.0.0.0/8"],
          protect: false,
        });
      }),
    );
  });

  after(async () => {
    for (const own of Object.values(stacks)) await own.dispose();
  });

  it("is finished by the next one when the cloud refused to make the machine", async () => {
    await each(async (own, cloud) => {
      own.cloud.stage.failNext(machineTypes[cloud], "the limit of machines is reached");
      const run = await own.stack.up();
      assert.notEqual(run.code, 0);
      assert.match(said(run), /the limit of machines is reached/);
      assert.equal(own.machines().length, 0);
      succeeds(await own.stack.up());
      assert.equal(own.machines().length, 1);
      assert.deepEqual(changes(succeeds(await own.stack.up())), []);
    });
  });

  it("leaves nothing when it is destroyed", async () => {
    await each(async (own) => {
      succeeds(await own.stack.destroy());
      assert.deepEqual(own.world.things(), []);
      assert.deepEqual([...own.daemon.boxes, ...own.daemon.volumes, ...own.daemon.networks], []);
    });
  });

  it("names the machine that it left behind when it was killed, and then is finished", async () => {
    await each(async (own, cloud) => {
      own.cloud.stage.delay(machineTypes[cloud], 3000);
      const asked = (): number => own.cloud.stage.of("create", machineTypes[cloud]).length;
      const before = asked();
      const running = own.stack.start("up");
      while (asked() === before) await sleep(50);
      await running.kill();
      own.cloud.stage.delay(machineTypes[cloud], 0);
      while (own.machines().length === 0) await sleep(100);
      assert.equal((await own.stack.cancel()).code, 0);
      await refused(own, cloud);
      await refused(own, cloud);
      own.loseMachines();
      await finished(own);
    });
  });

  it("leaves one container when it was killed while it made a database's", async () => {
    await each(async (own) => {
      write(own, "two");
      own.daemon.slow.set("-store-1-", 3000);
      const before = new Set(own.daemon.boxes.keys());
      const running = own.stack.start("up");
      const fresh = (): boolean =>
        [...own.daemon.boxes.values()].some(
          ({ id, name }) => name.includes("-store-1-") && !before.has(id),
        );
      while (!fresh()) await sleep(50);
      await running.kill();
      own.daemon.slow.clear();
      assert.equal((await own.stack.cancel()).code, 0);
      const volumes = [...own.daemon.volumes.keys()];
      await finished(own);
      assert.deepEqual([...own.daemon.volumes.keys()], volumes);
    });
  });

  it("names a machine whose creation failed after it existed", async () => {
    await each(async (own, cloud) => {
      succeeds(await own.stack.destroy());
      own.cloud.stage.failNext(machineTypes[cloud], "the answer was lost", { late: true });
      assert.notEqual((await own.stack.up()).code, 0);
      await refused(own, cloud);
      own.loseMachines();
      await finished(own);
    });
  });
});
