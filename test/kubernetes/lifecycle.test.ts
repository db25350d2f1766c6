import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Step } from "../rig/events";
import { at } from "../rig/kube/at";
import { eventually } from "./cluster";
import { ClusterBench, said, shop } from "./rig";

const file = (version: number): string => `
name: shop
services:
  web:
    image: shop/web:${version}
    restart: unless-stopped
    ports: ["8000:8000"]
    environment: { GREETING: hello }
    deploy: { replicas: 2 }
  worker:
    image: shop/worker:1
    restart: unless-stopped
  db:
    image: postgres:17
    restart: unless-stopped
    environment: { POSTGRES_PASSWORD: hush }
    volumes: ["data:/var/lib/postgresql/data"]
volumes: { data: {} }
`;

describe("the life of an application on a cluster", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "berth-cluster-"));
  const compose = join(folder, "compose.yaml");
  let bench: ClusterBench | undefined;

  before(async function () {
    writeFileSync(compose, file(1));
    bench = await ClusterBench.create(this, {
      config: {
        ...shop(compose),
        tls: "off",
        databases: { db: "container" },
        volumes: { data: { size: 20 } },
        scale: { worker: { min: 1, max: 6, cpu: 70 } },
      },
    });
  });

  after(async () => {
    await bench?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const touched = (steps: readonly Step[]): string[] =>
    steps
      .filter(({ op }) => op !== "same")
      .map(({ op, name }) => `${op} ${name.replace("berth-digitalocean-kubernetes-", "")}`)
      .sort();
  const up = async (): Promise<string[]> => {
    const run = await bench!.stack.up();
    assert.equal(run.code, 0, said(run));
    return touched(run.steps);
  };
  const object = async (apiVersion: string, kind: string, name: string) => {
    const metadata = { name, namespace: await bench!.namespace() };
    const found = await bench!.rig.api.get({ apiVersion, kind, metadata });
    assert.ok(found !== undefined, `${kind} ${name}`);
    return found;
  };
  const deployment = (name: string) => object("apps/v1", "Deployment", name);
  const claim = () => object("v1", "PersistentVolumeClaim", "data");

  it("whose first update was killed, a chart half installed, comes up with cancel and up", async () => {
    const { stack } = bench!;
    const running = stack.start("up");
    await running.reached(({ op, type }) => op === "create" && type.endsWith(":Deployment"));
    await running.kill();
    const locked = await stack.up();
    assert.notEqual(locked.code, 0);
    assert.match(said(locked), /pulumi cancel/);
    assert.equal((await stack.cancel()).code, 0);
    // What the docs say of a chart: Helm takes an install that never ended for one that is under way.
    const { api } = bench!.rig;
    const pending = { owner: "helm", status: "pending-install" };
    for (const half of await api.list("v1", "Secret", "kube-system", pending))
      await api.delete(half);
    await up();
    assert.deepEqual(await bench!.unready(), []);
    assert.deepEqual(await up(), []);
  });

  it("is restored after changes made by hand", async () => {
    const { api } = bench!.rig;
    await api.edit(await deployment("web"), { spec: { replicas: 5 } }, "scale");
    const { spec } = await deployment("web");
    const [container] = at(spec, "template.spec.containers") as Record<string, unknown>[];
    const edited = { ...container, image: "shop/web:by-hand" };
    await api.edit(await deployment("web"), {
      spec: { template: { spec: { containers: [edited] } } },
    });
    const refresh = await bench!.stack.refresh();
    assert.equal(refresh.code, 0, said(refresh));
    assert.equal(refresh.changes["update"], 1, said(refresh));
    assert.deepEqual(await up(), ["update web-deployment"]);
    const mended = await deployment("web");
    assert.equal(at(mended, "spec.replicas"), 2);
    assert.match(JSON.stringify(mended.spec), /shop\/web:1"/);
    assert.deepEqual(await bench!.unready(), []);
  });

  it("makes a ConfigMap again that somebody deleted", async () => {
    const maps = await bench!.objects("v1", "ConfigMap");
    const map = maps.find(({ metadata }) => metadata.name.startsWith("web-env-"))!;
    await bench!.rig.api.delete(map);
    const refresh = await bench!.stack.refresh();
    assert.equal(refresh.changes["delete"], 1, said(refresh));
    assert.deepEqual(await up(), ["create web-env"]);
    const again = await object("v1", "ConfigMap", map.metadata.name);
    assert.deepEqual(again.data, map.data);
  });

  it("leaves the number of pods to the autoscaler", async () => {
    await bench!.rig.api.edit(await deployment("worker"), { spec: { replicas: 4 } }, "scale");
    await eventually("4 pods of the worker", async () => {
      const pods = await bench!.objects("v1", "Pod");
      return pods.filter(({ metadata }) => metadata.name.startsWith("worker-")).length === 4;
    });
    const refresh = await bench!.stack.refresh();
    assert.deepEqual(await up(), [], said(refresh));
    assert.equal(at(await deployment("worker"), "spec.replicas"), 4);
  });

  it("replaces a StatefulSet when an immutable field changes, and keeps its claim", async () => {
    const { api } = bench!.rig;
    const { uid } = (await claim()).metadata;
    const { apiVersion, kind, metadata, spec } = await object("apps/v1", "StatefulSet", "db");
    const { name, namespace, labels } = metadata;
    const own = { apiVersion, kind, metadata: { name, namespace: namespace!, labels: labels! } };
    await api.delete(own);
    await eventually("end of the StatefulSet", async () => (await api.get(own)) === undefined);
    await api.apply({ ...own, spec: { ...(spec as object), serviceName: "of-an-older-version" } });
    const refresh = await bench!.stack.refresh();
    assert.equal(refresh.code, 0, said(refresh));
    assert.deepEqual(await up(), [
      "create-replacement db-statefulset",
      "delete-replaced db-statefulset",
      "replace db-statefulset",
    ]);
    const anew = await object("apps/v1", "StatefulSet", "db");
    assert.equal(at(anew, "spec.serviceName"), "db");
    assert.equal((await claim()).metadata.uid, uid);
    assert.deepEqual(await bench!.unready(), []);
  });

  it("grows a claim in place", async () => {
    const { uid } = (await claim()).metadata;
    bench!.stack.configure({ volumes: { data: { size: 30 } } });
    assert.deepEqual(await up(), ["update volume-data"]);
    await eventually("30 GiB", async () => at(await claim(), "status.capacity.storage") === "30Gi");
    assert.equal((await claim()).metadata.uid, uid);
  });

  it("refuses to shrink a claim with one clear line, and keeps it", async () => {
    const { uid } = (await claim()).metadata;
    bench!.stack.configure({ volumes: { data: { size: 10 } } });
    for (const run of [await bench!.stack.preview(), await bench!.stack.up()]) {
      assert.notEqual(run.code, 0, "it went green");
      const lines = run.diagnostics.filter(({ message }) => /only grows/.test(message));
      assert.equal(lines.length, 1, said(run));
      assert.match(lines[0]!.message, /berth:volumes\.data\.size: 10 GiB are less than the 30/);
    }
    assert.equal((await claim()).metadata.uid, uid);
    assert.equal(at(await claim(), "spec.resources.requests.storage"), "30Gi");
    bench!.stack.configure({ volumes: { data: { size: 30 } } });
    assert.deepEqual(await up(), []);
  });

  it("whose release was killed comes up with cancel and up", async () => {
    const { stack } = bench!;
    writeFileSync(compose, file(2));
    bench!.stage.delay("kubernetes:apps/v1:Deployment", 3000);
    const running = stack.start("up");
    await running.reached(({ op, name }) => op === "update" && name.endsWith("-web-deployment"));
    await running.kill();
    bench!.stage.delay("kubernetes:apps/v1:Deployment", 0);
    assert.equal((await stack.cancel()).code, 0);
    await up();
    assert.match(JSON.stringify((await deployment("web")).spec), /shop\/web:2"/);
    assert.deepEqual(await up(), []);
  });

  it("previews what needs the kinds of a chart that is not there yet, and makes it", async () => {
    const { stack } = bench!;
    stack.configure({ tls: undefined });
    const run = await stack.up({ preview: true });
    assert.equal(run.code, 0, said(run));
    assert.equal((await bench!.objects("cert-manager.io/v1", "Certificate")).length, 1);
    assert.deepEqual(await up(), []);
    stack.configure({ tls: "off" });
    await up();
    assert.deepEqual(await bench!.objects("cert-manager.io/v1", "Certificate"), []);
  });

  it("refuses destroy, names what is protected, and deletes nothing", async () => {
    const before = (await bench!.objects("v1", "Pod")).length;
    // With the preview that the CLI does by default: without one, it would find out on the way.
    const run = await bench!.stack.destroy({ preview: true });
    assert.notEqual(run.code, 0);
    assert.match(said(run), /protected/);
    assert.match(said(run), /berth-digitalocean-kubernetes-volume-data/);
    assert.equal((await bench!.objects("v1", "Pod")).length, before);
  });

  it("keeps claim, cluster, balancer and its address with --exclude-protected, and comes back", async () => {
    const { uid } = (await claim()).metadata;
    const { world, stack } = bench!;
    const run = await stack.destroy({ args: ["--exclude-protected"] });
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(await bench!.objects("apps/v1", "Deployment"), []);
    assert.equal((await claim()).metadata.uid, uid);
    const kept = world.things().map(({ type }) => type.split(":").at(-1)!);
    for (const type of ["KubernetesCluster", "LoadBalancer", "Vpc", "Volume"])
      assert.ok(kept.includes(type), type);
    await up();
    assert.deepEqual(await bench!.unready(), []);
    assert.equal((await claim()).metadata.uid, uid);
  });
});
