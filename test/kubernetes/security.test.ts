import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { preview } from "../../cli/preview/run";
import { readStack } from "../../cli/stack";
import { usualCapabilities } from "../../components/plan/checks/baseline";
import type { Plan, Service } from "../../components/plan/plan";
import { dockerHost, needsDocker } from "../docker/rig";
import type { KubernetesObject } from "../rig/kube/api";
import { objectsIn } from "./manifests";
import { podsIn, rights, type Container } from "./security/pod";
import { PodRunner } from "./security/runner";

const run = promisify(execFile);
const repository = resolve(__dirname, "../..");

interface Example {
  readonly plan: Plan;
  readonly objects: readonly KubernetesObject[];
}

/** An example on its prod cluster, every database in a container: the cloud's own have no image. */
async function onCluster(name: string): Promise<Example> {
  const configFile = `examples/${name}/Pulumi.prod.yaml`;
  const managed = (await preview(readStack(repository, { configFile }))).plan.databases;
  const databases = Object.fromEntries(managed.map(({ service }) => [service, "container"]));
  const { plan, recording } = await preview(
    readStack(repository, {
      configFile,
      overrides: [`databases=${JSON.stringify(databases)}`, 'images={"traefik":"traefik:v3.5"}'],
    }),
  );
  return { plan, objects: objectsIn(recording.resources) };
}

/** What one service's pod has in common with another's that runs the same image in the same way. */
function signature({ plan }: Example, runner: PodRunner, { name }: Service): string {
  const { containers, securityContext } = runner.pods.get(name)!;
  return JSON.stringify([
    securityContext,
    containers.map(({ command, args, securityContext: own, volumeMounts = [] }) => [
      command,
      args,
      own,
      volumeMounts
        .map(({ mountPath }) => mountPath)
        .filter((path) => !path.startsWith("/run/secrets")),
    ]),
    imageName(plan, name),
  ]);
}

function imageName(plan: Plan, service: string): string {
  const { image } = plan.services.find(({ name }) => name === service)!;
  return "pull" in image ? image.pull : `berth-pods/${image.name}`;
}

/** What a container's image is called on this Docker: a built one is in no registry. */
function localImages({ plan, objects }: Example): (container: Container) => string {
  const local = new Map<string, string>();
  for (const [, { containers }] of podsIn(objects))
    for (const { name, image } of containers)
      if (plan.services.some((service) => service.name === name))
        local.set(image, imageName(plan, name));
  return ({ image }) => local.get(image) ?? image;
}

const seen = new Set<string>();

/** A server that takes its time, and that the examples' health does not ask for: once is enough. */
const heavy = "elasticsearch";

for (const name of ["bigga", "connesoa", "qwaya", "autoship", "simpleapp"])
  describe(`the images of ${name} under the cluster's security contexts`, function () {
    this.timeout(600_000);
    let example: Example;
    let runner: PodRunner | undefined;
    const running = new Map<string, Promise<void>>();

    before(async function () {
      needsDocker(this);
      example = await onCluster(name);
      const { plan, objects } = example;
      runner = new PodRunner(dockerHost!, name, objects, localImages(example));
      await runner.network();
      const builds = new Map(
        plan.services.flatMap(({ name: service, image }) =>
          "build" in image ? [[imageName(plan, service), image.build]] : [],
        ),
      );
      for (const [tag, { context, dockerfile }] of builds)
        await runner.docker(
          "build",
          "-q",
          "-t",
          tag,
          ...(dockerfile === undefined ? [] : ["-f", resolve(context, dockerfile)]),
          context,
        );
    });

    after(async () => {
      await runner?.end();
    });

    it("work, each in the pod that the cluster would get", async () => {
      const { plan } = example;
      const up = (service: string): Promise<void> => {
        const found = running.get(service) ?? bring(service);
        running.set(service, found);
        return found;
      };
      const bring = async (service: string): Promise<void> => {
        const planned = plan.services.find((one) => one.name === service)!;
        await Promise.all(planned.after.map((one) => up(one.service)));
        await runner!.start(service);
        if (planned.rollout === "job") await runner!.completed(service);
        else await runner!.ready(service);
      };
      const different = plan.services.filter((service) => {
        const key = signature(example, runner!, service);
        const known = seen.has(key);
        seen.add(key);
        if (known && service.name === heavy) running.set(service.name, Promise.resolve());
        return !known;
      });
      await Promise.all(different.map((service) => up(service.name)));
      assert.ok(running.size > 0);
    });

    // One is like the other.
    if (name === "simpleapp")
      it("work as the edge and its page too", async () => {
        for (const pod of ["berth-maintenance", "berth-edge"]) {
          await runner!.start(pod);
          await runner!.ready(pod);
        }
      });
  });

describe("the rights that every container keeps", function () {
  this.timeout(120_000);
  const names: string[] = [];
  const docker = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run("docker", ["--host", dockerHost!, ...args]);
    return stdout.trim();
  };
  /** Runs an image with the usual rights but for those left out, for so many seconds at most. */
  const start = (
    image: string,
    without: readonly string[],
    ...command: string[]
  ): Promise<string> => {
    const name = `pods${process.pid}-rights-${names.length}`;
    names.push(name);
    const add = usualCapabilities.filter((one) => !without.includes(one));
    return docker(
      "run",
      "--detach",
      "--name",
      name,
      ...rights({}, { capabilities: { drop: ["ALL"], add } }),
      image,
      ...command,
    );
  };
  const exitCode = async (id: string): Promise<number> =>
    Number(await docker("inspect", "--format", "{{.State.ExitCode}}", id));

  before(function () {
    needsDocker(this);
  });
  after(async () => {
    if (names.length > 0) await docker("rm", "--force", "--volumes", ...names);
  });

  // The official images hand over to a user of their own, and so do these: else nothing above shows anything.
  for (const [image, right] of [
    ["redis:7", "SETUID"],
    ["redis:7", "SETGID"],
    ["postgres:17", "SETUID"],
    ["rabbitmq:4-management", "SETUID"],
  ] as const)
    it(`are needed: ${image} ends without ${right}`, async () => {
      const id = await start(image, [right]);
      assert.notEqual(await docker("wait", id), "0");
    });

  it("let nginx reload its configuration and stop gracefully, with KILL and without", async () => {
    for (const without of [[], ["KILL"]]) {
      const id = await start("nginx:1.29", without);
      await until(() => docker("exec", id, "curl", "-sf", "http://127.0.0.1/"));
      await docker("exec", id, "nginx", "-s", "reload");
      await until(() => docker("exec", id, "curl", "-sf", "http://127.0.0.1/"));
      await docker("stop", "-t", "20", id);
      assert.equal(await exitCode(id), 0);
    }
  });

  it("let a parent of root's stop a child of another user's, which only KILL does", async () => {
    const script =
      'setpriv --reuid 1000 --clear-groups sleep 1000 & c=$!; trap "kill $c && exit 0" TERM; echo up; while :; do wait $c; done';
    for (const [without, code] of [
      [[], 0],
      [["KILL"], 137],
    ] as const) {
      const id = await start("debian:bookworm-slim", without, "sh", "-c", script);
      await until(async () => {
        assert.equal(await docker("logs", id), "up");
      });
      // The trap is set by then; the child is another user's a moment later.
      await sleep(1000);
      await docker("stop", "-t", "4", id);
      assert.equal(await exitCode(id), code);
    }
  });
});

/** Tries for half a minute. */
async function until(work: () => Promise<unknown>): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await sleep(300);
  }
}
