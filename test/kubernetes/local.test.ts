import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { EngineStack } from "../rig/engine";
import { needsPulumi } from "../rig/pulumi";
import type { KubernetesObject } from "../rig/kube/api";
import { at } from "../rig/kube/at";
import { provision } from "../rig/kube/provisioner";
import { random } from "../simulators/random";
import { serve, type ServedProvider } from "../simulators/server";
import { tls } from "../simulators/tls";
import { cluster, type Cluster } from "./cluster";
import { surround, type PluginServer } from "./plugin";
import { imagesOf, said } from "./rig";

const repository = resolve(__dirname, "../..");
const configFile = "examples/simpleapp/Pulumi.local.yaml";
const provisioner = "rig.berth/local";

/** What a cluster for one computer has: a class that is the default, and nobody who gives out addresses. */
const storageClass: KubernetesObject = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: {
    name: "standard",
    annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
  },
  provisioner,
  volumeBindingMode: "WaitForFirstConsumer",
};

describe("an application on the Kubernetes of this computer", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "berth-local-"));
  const kubeconfig = join(folder, "config");
  const served: ServedProvider[] = [];
  let rig: Cluster | undefined;
  let surroundings: PluginServer | undefined;
  let stack: EngineStack | undefined;
  let going = true;
  let storage = Promise.resolve();

  /** What `kubectl config use-context` does: the rig's cluster is there under two names. */
  const use = (context: string): void => {
    const { contexts, ...rest } = parse(readFileSync(rig!.kubeconfig, "utf8")) as {
      contexts: { context: object }[];
    };
    const named = ["kind-rig", "client-prod"].map((name) => ({ ...contexts[0], name }));
    writeFileSync(kubeconfig, stringify({ ...rest, "current-context": context, contexts: named }));
  };
  const list = (apiVersion: string, kind: string): Promise<KubernetesObject[]> =>
    rig!.api.list(apiVersion, kind, "simpleapp-local");

  before(async function () {
    needsPulumi(this);
    rig = await cluster(this);
    await rig.api.apply(storageClass);
    const { api } = rig;
    storage = (async () => {
      while (going) {
        await provision(api, provisioner);
        await sleep(200);
      }
    })();
    surroundings = await surround(this, rig.access);
    for (const simulator of [random, tls()]) served.push(await serve(simulator));
    const [randomPort, tlsPort] = served.map(({ port }) => port);
    stack = await EngineStack.create({
      name: "local",
      project: repository,
      configFile: join(repository, configFile),
      config: { shape: "cluster", images: imagesOf(configFile) },
      providers: { random: randomPort!, tls: tlsPort! },
      env: { ...surroundings.env, KUBECONFIG: kubeconfig },
    });
  });

  after(async () => {
    going = false;
    await storage;
    if (rig !== undefined) {
      const { api } = rig;
      await api.delete({
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: "simpleapp-local" },
      });
      await api.delete(storageClass);
    }
    stack?.dispose();
    await surroundings?.close();
    for (const one of served) await one.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is refused on a context that might be a client's, before anything is made", async () => {
    use("client-prod");
    for (const preview of [true, false]) {
      const run = await (preview ? stack!.preview() : stack!.up());
      assert.notEqual(run.code, 0, "it went green");
      assert.match(
        said(run),
        /kubernetes:context: the current context is client-prod, .* write kubernetes:context: client-prod/,
      );
      assert.doesNotMatch(said(run), /\n +at /, "it shows a stack");
      assert.deepEqual(
        run.steps.filter(({ type }) => type !== "pulumi:pulumi:Stack"),
        [],
      );
    }
    assert.deepEqual(await list("v1", "ConfigMap"), []);
  });

  it("comes up on kind's context: every pod ready, volumes of the default class", async () => {
    use("kind-rig");
    const run = await stack!.up();
    assert.equal(run.code, 0, said(run));
    const pods = await list("v1", "Pod");
    assert.ok(pods.length >= 7, `${pods.length} pods`);
    for (const pod of pods) {
      const conditions = at(pod, "status.conditions") as { type: string; status: string }[];
      const ready = conditions.some(({ type, status }) => type === "Ready" && status === "True");
      assert.ok(ready, `${pod.metadata.name}: ${JSON.stringify(conditions)}`);
    }
    const claims = await list("v1", "PersistentVolumeClaim");
    assert.deepEqual(
      claims.map((claim) => [
        claim.metadata.name,
        at(claim, "spec.storageClassName"),
        at(claim, "status.phase"),
      ]),
      [
        ["mysql-data", "standard", "Bound"],
        ["redis-data", "standard", "Bound"],
      ],
    );
    assert.deepEqual(await stack!.outputs(), {
      address: "127.0.0.1",
      portForward:
        "kubectl --context kind-rig --namespace simpleapp-local port-forward service/berth-edge 8080",
      records: [],
      urls: { app: "http://app.localhost:8080/" },
    });
  });

  it("keeps the context and no credential", async () => {
    const { deployment } = await stack!.export({ showSecrets: true });
    const provider = deployment.resources!.find(
      ({ type }) => type === "pulumi:providers:kubernetes",
    );
    assert.equal(provider?.inputs?.["context"], "kind-rig");
    const token = /token: (\S+)/.exec(readFileSync(kubeconfig, "utf8"))?.[1];
    assert.ok(token !== undefined && !JSON.stringify(deployment).includes(token));
  });

  it("changes nothing the second time, also when kubectl uses another context and the config names this one", async () => {
    const again = await stack!.up();
    assert.equal(again.code, 0, said(again));
    assert.deepEqual(Object.keys(again.changes), ["same"], said(again));
    use("client-prod");
    stack!.configure({ "kubernetes:context": "kind-rig" });
    const named = await stack!.up();
    assert.deepEqual(Object.keys(named.changes), ["same"], said(named));
  });

  it("is deleted without protection", async () => {
    const run = await stack!.destroy();
    assert.equal(run.code, 0, said(run));
    assert.deepEqual(await list("v1", "PersistentVolumeClaim"), []);
  });
});
